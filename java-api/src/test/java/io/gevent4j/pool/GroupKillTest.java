package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Killing all members of a group, or one. */
class GroupKillTest extends HubTest {
  private final Group group = new Group();
  private final List<Object> seen = new ArrayList<>();

  private Greenlet<Void> spawnSleeper() {
    return group.spawn(() -> Gevent.sleep(LONG));
  }

  /** A member that survives whatever is thrown into it. */
  private Greenlet<Void> addUndead(List<Throwable> caught) {
    Greenlet<Void> undead = spawnUndead(caught);
    group.add(undead);
    return undead;
  }

  @Test
  void shouldEndAllAndWait() {
    Greenlet<Void> running = spawnSleeper();
    turn();
    Greenlet<Void> unstarted = spawnSleeper();
    Greenlet<Object> never = new Greenlet<>(() -> seen.add("ran"));
    group.add(never);
    group.kill();
    assertThat(List.of(running, unstarted, never)).allMatch(Greenlet::isCancelled);
    assertThat(group).isEmpty();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldReturnWhenThereIsNobody() {
    group.kill();
    group.kill(exit(), true, SHORT);
    group.kill(exit(), false, null);
    assertThat(group).isEmpty();
  }

  @Test
  void shouldThrowWhatItIsGiven() {
    IOException failure = new IOException("of the test");
    Greenlet<Void> member = spawnSleeper();
    turn();
    group.kill(failure);
    assertThat(member.exception()).isSameAs(failure);
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldNotWaitWhenAskedNotTo() {
    Greenlet<Void> member = spawnSleeper();
    turn();
    group.kill(exit(), false, null);
    assertThat(member.ready()).isFalse();
    assertThat(group.join(LONG)).isTrue();
    assertThat(member.isCancelled()).isTrue();
  }

  @Test
  void shouldWaitForThoseThatTakeTheirTimeToEnd() {
    group.spawn(
        () -> {
          try {
            Gevent.sleep(LONG);
          } finally {
            Gevent.sleep(SHORT);
            seen.add("ended");
          }
        });
    turn();
    group.kill();
    assertThat(seen).containsExactly("ended");
    assertThat(group).isEmpty();
  }

  /** Each of the first generations spawns another when it is killed. */
  private void spawnHydra(int generations) {
    group.spawn(
        () -> {
          try {
            Gevent.sleep(LONG);
          } catch (GreenletExit exit) {
            seen.add(generations);
            if (generations > 0) {
              spawnHydra(generations - 1);
            }
            Gevent.sleep(SHORT);
            throw exit;
          }
        });
    turn();
  }

  @Test
  void shouldKillUntilNobodyIsLeftEachOnce() {
    spawnHydra(3);
    group.kill();
    assertThat(seen).containsExactly(3, 2, 1, 0);
    assertThat(group).isEmpty();
  }

  @Test
  void shouldThrowInAMemberOnceHoweverOftenTheGroupIsKilled() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = addUndead(caught);
    GreenletExit exit = exit();
    group.kill(exit, true, SHORT);
    group.kill(exit(), true, SHORT);
    group.kill(exit(), false, null);
    group.killOne(undead, exit(), true, SHORT);
    turns();
    assertThat(caught).containsExactly(exit);
    assertThat(group).containsExactly(undead);
  }

  @Test
  void shouldReturnWhenTheTimeIsUpThoughSomeAreUndead() {
    addUndead(new ArrayList<>());
    Greenlet<Void> mortal = spawnSleeper();
    turn();
    long start = System.nanoTime();
    group.kill(exit(), true, SHORT);
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
    assertThat(mortal.isCancelled()).isTrue();
    assertThat(group.size()).isEqualTo(1);
  }

  @Test
  void shouldLetAnotherTimeoutThrough() {
    addUndead(new ArrayList<>());
    Timeout outer = new Timeout(SHORT);
    assertThat(thrownBy(() -> outer.run(() -> group.kill(exit(), true, LONG)))).isSameAs(outer);
  }

  @Test
  void shouldKillAgainOneThatWasDiscardedAndAdded() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = addUndead(caught);
    group.kill(exit(), true, SHORT);
    group.discard(undead);
    group.add(undead);
    group.kill(exit(), true, SHORT);
    assertThat(caught).hasSize(2);
  }

  @Test
  void shouldKillTheCallerToo() {
    Greenlet<Void> other = spawnSleeper();
    Greenlet<Void> caller =
        group.spawn(
            () -> {
              group.kill();
              seen.add("went on");
            });
    assertThat(group.join(LONG)).isTrue();
    assertThat(caller.isCancelled()).isTrue();
    assertThat(other.isCancelled()).isTrue();
    assertThat(seen).isEmpty();
  }

  // ---- raw ones ----

  @Test
  void shouldKillRawOnesAndForgetThem() {
    RawGreenlet running = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    RawGreenlet dead = Gevent.spawnRaw(() -> {});
    turn();
    group.add(running);
    group.add(dead);
    group.kill();
    assertThat(group).isEmpty();
    assertThat(running.isDead()).isTrue();
  }

  @Test
  void shouldKillAMixtureOfRawOnesAndOthers() {
    RawGreenlet raw = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    group.add(raw);
    Greenlet<Void> member = spawnSleeper();
    turn();
    group.kill(exit(), false, null);
    assertThat(group.join(LONG)).isTrue();
    assertThat(raw.isDead()).isTrue();
    assertThat(member.isCancelled()).isTrue();
  }

  @Test
  void shouldNotWaitForARawOneThatSurvives() {
    RawGreenlet raw =
        Gevent.spawnRaw(
            () -> {
              try {
                Gevent.sleep(LONG);
              } catch (GreenletExit exit) {
                seen.add(exit);
                Gevent.sleep(SHORT);
              }
            });
    turn();
    group.add(raw);
    group.kill();
    assertThat(seen).hasSize(1);
    assertThat(group).containsExactly(raw);
    assertThat(raw.isDead()).isFalse();
  }

  // ---- one ----

  @Test
  void shouldKillOneMemberAndLeaveTheOthers() {
    Greenlet<Void> one = spawnSleeper();
    Greenlet<Void> two = spawnSleeper();
    turn();
    group.killOne(one);
    assertThat(one.isCancelled()).isTrue();
    assertThat(group).containsExactly(two);
    group.killOne(two, exit(), false, null);
    assertThat(two.ready()).isFalse();
    group.join();
    assertThat(two.isCancelled()).isTrue();
  }

  @Test
  void shouldNotKillOneThatIsNoMember() {
    Greenlet<Void> stranger = spawnSleeping();
    group.killOne(stranger);
    turns();
    assertThat(stranger.ready()).isFalse();
    stranger.kill();
  }

  @Test
  void shouldWaitForOneOnlySoLong() {
    Greenlet<Void> undead = addUndead(new ArrayList<>());
    group.killOne(undead, exit(), true, SHORT);
    assertThat(undead.ready()).isFalse();
  }

  // gevent: test__pool.py test_terminate
  @Test
  void shouldFreeAllSlotsOfAPoolAndLetWaitingSpawnersHaveThem() {
    Pool pool = new Pool(2);
    Greenlet<List<Void>> mapping =
        pool.mapAsync(
            ignored -> {
              Gevent.sleep(SHORT);
              return null;
            },
            List.of(1, 2, 3, 4, 5));
    turn();
    pool.kill();
    assertThat(pool.freeCount()).isEqualTo(2);
    assertThat(mapping.join(LONG)).isTrue();
    assertThat(pool.freeCount()).isEqualTo(2);
    assertThat(pool.waitAvailable(Duration.ZERO)).isEqualTo(2);
    takeErrors();
  }
}
