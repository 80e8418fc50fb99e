package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who is a member of a group, and waiting until nobody is. */
class GroupTest extends HubTest {
  private final Group group = new Group();

  // ---- members ----

  @Test
  void shouldHaveNoMembersAtFirst() {
    assertThat(group.size()).isZero();
    assertThat(group.isEmpty()).isTrue();
    assertThat(group.full()).isFalse();
    assertThat(group.waitAvailable()).isPositive();
    assertThat(group.waitAvailable(0.0)).isPositive();
    assertThat(group).isEmpty();
    assertThat(group.join()).isTrue();
  }

  @Test
  void shouldHaveWhatItSpawnsAsMembersInThatOrder() {
    Greenlet<Integer> one = group.spawn(() -> 1);
    Greenlet<Void> two = group.spawn(() -> {});
    assertThat(group).containsExactly(one, two);
    assertThat(group.contains(one)).isTrue();
    assertThat(group.size()).isEqualTo(2);
    assertThat(group.isEmpty()).isFalse();
    assertThat(group.join()).isTrue();
    assertThat(group).isEmpty();
    assertThat(one.value()).isEqualTo(1);
    assertThat(two.successful()).isTrue();
  }

  @Test
  void shouldKeepAMemberUntilATurnAfterItsEnd() {
    List<Boolean> seen = new ArrayList<>();
    Greenlet<Void> member = group.spawn(() -> {});
    Gevent.spawn(() -> seen.add(member.ready() && group.contains(member)));
    turns();
    assertThat(seen).containsExactly(true);
    assertThat(group).isEmpty();
  }

  @Test
  void shouldStartWhatItIsGiven() {
    Greenlet<String> greenlet = new Greenlet<>(() -> "done");
    group.start(greenlet);
    assertThat(group).containsExactly(greenlet);
    group.join();
    assertThat(greenlet.value()).isEqualTo("done");
  }

  @Test
  void shouldTakeThoseThatItIsMadeWith() {
    Greenlet<Void> one = spawnSleeping();
    Greenlet<Void> two = spawnSleeping();
    Group made = new Group(List.of(one, two));
    assertThat(made).containsExactly(one, two);
    made.kill();
    assertThat(made).isEmpty();
    assertThat(two.isCancelled()).isTrue();
  }

  @Test
  void shouldTakeARunningOne() {
    Greenlet<Void> running = Gevent.spawn(() -> Gevent.sleep(SHORT));
    turn();
    group.add(running);
    assertThat(group.join()).isTrue();
    assertThat(running.ready()).isTrue();
  }

  @Test
  void shouldTakeADeadOneForATurn() {
    Greenlet<Integer> dead = Gevent.spawn(() -> 1);
    dead.join();
    group.add(dead);
    assertThat(group).containsExactly(dead);
    turn();
    assertThat(group).isEmpty();
    assertThat(group.join()).isTrue();
  }

  @Test
  void shouldTakeAMemberOnce() {
    Greenlet<Void> member = spawnSleeping();
    group.add(member);
    group.add(member);
    assertThat(group.size()).isEqualTo(1);
    group.discard(member);
    assertThat(group).isEmpty();
    assertThat(member.hasLinks()).isFalse();
    member.kill();
  }

  @Test
  void shouldKeepARawOneUntilItIsDiscarded() {
    RawGreenlet raw = Gevent.spawnRaw(() -> {});
    group.add(raw);
    turns();
    assertThat(raw.isDead()).isTrue();
    assertThat(group).containsExactly(raw);
    group.discard(raw);
    assertThat(group.join()).isTrue();
  }

  @Test
  void shouldForgetWhatIsDiscardedAndLetItRunOn() {
    Greenlet<Void> member = group.spawn(() -> Gevent.sleep(SHORT));
    group.discard(member);
    group.discard(member);
    assertThat(group).isEmpty();
    assertThat(group.join()).isTrue();
    assertThat(member.ready()).isFalse();
    member.join();
    assertThat(member.successful()).isTrue();
  }

  @Test
  void shouldLetMembersComeAndGoWhileTheyAreIterated() {
    for (int i = 0; i < 3; i++) {
      group.spawn(() -> Gevent.sleep(LONG));
    }
    for (RawGreenlet member : group) {
      group.discard(member);
      group.spawn(() -> {});
    }
    assertThat(group.size()).isEqualTo(3);
    group.kill();
  }

  @Test
  void shouldMakeGreenletsOfAKindOfTheUsersOwn() {
    class Own<T> extends Greenlet<T> {
      Own(Callable<? extends T> call) {
        super(call);
      }
    }
    Group own =
        new Group() {
          @Override
          protected <T> Greenlet<T> newGreenlet(Callable<? extends T> call) {
            return new Own<>(call);
          }
        };
    assertThat(own.spawn(() -> 1)).isInstanceOf(Own.class);
    own.join();
  }

  @Test
  void shouldNotKeepAMemberThatCouldNotStart() {
    Consumer<Greenlet<?>> refusing =
        greenlet -> {
          throw new IllegalStateException("refused");
        };
    Greenlet.addSpawnCallback(refusing);
    try {
      assertThatThrownBy(() -> group.spawn(() -> 1)).hasMessage("refused");
    } finally {
      Greenlet.removeSpawnCallback(refusing);
    }
    assertThat(group).isEmpty();
    assertThat(group.join()).isTrue();
  }

  // ---- whose it is ----

  @Test
  void shouldRefuseNull() {
    assertThatThrownBy(() -> group.add(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.spawn((Runnable) null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.kill(null)).isInstanceOf(NullPointerException.class);
    assertThat(group).isEmpty();
  }

  @Test
  void shouldRefuseOneOfAnotherHubAndCallersFromElsewhere() throws InterruptedException {
    group.spawn(() -> {});
    group.join();
    AtomicReference<Greenlet<?>> foreign = new AtomicReference<>();
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                foreign.set(new Greenlet<>(() -> 1));
                thrown.add(thrownBy(() -> group.add(foreign.get())));
                thrown.add(thrownBy(() -> group.spawn(() -> 1)));
                thrown.add(thrownBy(group::kill));
              }
            });
    thread.start();
    thread.join();
    assertThat(thrown).hasSize(3).allMatch(each -> each instanceof IllegalStateException);
    assertThat(thrown.get(0)).hasMessageContaining(group.toString());
    assertThatThrownBy(() -> group.add(foreign.get()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(foreign.get().toString());
    assertThat(group).isEmpty();
  }

  @Test
  void shouldBelongToTheHubThatUsesItFirstAndToAnotherOnceThatIsClosed() throws Exception {
    Pool pool = new Pool(1);
    List<Object> results = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              for (int i = 0; i < 2; i++) {
                try (Hub hub = Hub.get()) {
                  results.addAll(pool.map(each -> each, List.of(1, 2)));
                  pool.join();
                }
              }
            });
    thread.start();
    thread.join();
    assertThat(pool.<Integer>apply(() -> 3)).isEqualTo(3);
    assertThat(results).containsExactly(1, 2, 1, 2);
  }

  @Test
  void shouldLetAPlainThreadJoin() throws InterruptedException {
    group.spawn(() -> Gevent.sleep(SHORT));
    List<Boolean> joined = new ArrayList<>();
    Thread thread = new Thread(() -> joined.add(group.join(LONG)));
    thread.start();
    group.join();
    thread.join();
    assertThat(joined).containsExactly(true);
  }

  // ---- joining ----

  @Test
  void shouldJoinAlsoThoseThatMembersSpawn() {
    List<String> seen = new ArrayList<>();
    group.spawn(
        () -> {
          Gevent.sleep(SHORT);
          group.spawn(
              () -> {
                Gevent.sleep(SHORT);
                seen.add("grandchild");
              });
        });
    assertThat(group.join()).isTrue();
    assertThat(seen).containsExactly("grandchild");
  }

  @Test
  void shouldReturnFromJoinThoughThereAreMembersAgain() {
    Greenlet<Void> first = group.spawn(() -> {});
    first.rawLink(ended -> group.spawn(() -> Gevent.sleep(LONG)));
    assertThat(group.join(LONG)).isTrue();
    assertThat(group.size()).isEqualTo(1);
    group.kill();
  }

  @Test
  void shouldNotThrowWhatMembersThrowUnlessAsked() {
    IOException failure = new IOException("of the test");
    group.add(spawnFailing(failure));
    assertThat(group.join()).isTrue();
    group.add(spawnFailing(failure));
    assertThat(thrownBy(() -> group.join(null, true))).isSameAs(failure);
    assertThat(group.join(null, true)).isTrue();
    takeErrors();
  }

  @Test
  void shouldNotTakeAKillForAnError() {
    Greenlet<Void> member = group.spawn(() -> Gevent.sleep(LONG));
    Gevent.spawn(() -> member.kill());
    assertThat(group.join(LONG, true)).isTrue();
  }

  @Test
  void shouldSayThatNobodyWillEverEnd() {
    Group sleepers = new Group();
    Greenlet<Void> main = sleepers.spawn(() -> Gevent.getHub().switchOut());
    assertThat(thrownBy(sleepers::join)).isInstanceOf(LoopExit.class);
    main.kill();
  }

  @Test
  void shouldNameItselfAndItsMembers() {
    Greenlet<Void> member = group.spawn(() -> {});
    assertThat(group.toString()).startsWith("Group@").contains(member.name());
    group.join();
  }
}
