package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Waiting for greenlets to end. */
class JoinTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  /** Ends after so many turns, which is exact where times are not. */
  private static Greenlet<Integer> spawnTaking(int turns) {
    return Gevent.spawn(
        () -> {
          take(turns);
          return turns;
        });
  }

  private static void take(int turns) {
    for (int i = 0; i < turns; i++) {
      turn();
    }
  }

  private static Greenlet<Object> spawnFailing(int turns, Throwable thrown) {
    return Gevent.spawn(
        () -> {
          take(turns);
          throw raise(thrown);
        });
  }

  // ---- one ----

  @Test
  void shouldReturnWhenItHasEnded() {
    Greenlet<Integer> greenlet = spawnTaking(5);
    assertThat(greenlet.join()).isTrue();
    assertThat(greenlet.value()).isEqualTo(5);
    assertThat(greenlet.join()).isTrue();
  }

  @Test
  void shouldNotSwitchWhenItHasEndedBefore() {
    Greenlet<Integer> ended = spawnTaking(0);
    ended.join();
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertThat(ended.join()).isTrue();
    assertThat(ended.join(Duration.ZERO)).isTrue();
    assertThat(other.ready()).isFalse();
  }

  @Test
  void shouldNotThrowWhenItHasFailed() {
    Greenlet<Object> greenlet = spawnFailing(1, new IOException());
    assertThat(greenlet.join()).isTrue();
    assertThat(takeErrors()).hasSize(1);
  }

  @Test
  void shouldReturnFalseWhenTheTimeIsUp() {
    Greenlet<Void> sleeper = spawnSleeping();
    assertThat(sleeper.join(SHORT)).isFalse();
    assertThat(sleeper.join(0.001)).isFalse();
    assertThat(sleeper.join(Duration.ZERO)).isFalse();
    assertThat(sleeper.join(-1)).isFalse();
    assertThat(sleeper.hasLinks()).as("it is forgotten").isFalse();
    assertThat(sleeper.isDead()).isFalse();
  }

  @Test
  void shouldLetATimeoutThroughWhileItWaits() {
    Greenlet<Void> sleeper = spawnSleeping();
    Timeout timeout = new Timeout(SHORT);
    assertThat(thrownBy(() -> timeout.run(sleeper::join))).isSameAs(timeout);
    Timeout another = new Timeout(SHORT);
    assertThat(thrownBy(() -> another.run(() -> sleeper.join(LONG)))).isSameAs(another);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldLetSeveralWaitForTheSame() {
    Greenlet<Integer> greenlet = spawnTaking(5);
    for (int i = 0; i < 3; i++) {
      int number = i;
      Gevent.spawn(
          () -> {
            greenlet.join();
            seen.add(number);
          });
    }
    Gevent.waitAll();
    assertThat(seen).containsExactly(0, 1, 2);
  }

  @Test
  void shouldTellMainWhenItWouldWaitForEver() {
    Greenlet<Void> unstarted = new Greenlet<>(() -> {});
    assertThat(thrownBy(unstarted::join)).isInstanceOf(LoopExit.class);
    unstarted.start();
    assertThat(unstarted.join()).as("the hub can be used on").isTrue();
  }

  @Test
  void shouldTellMainWhoWaitsWhenItWouldWaitForEver() {
    Greenlet<Void> unstarted = new Greenlet<>(() -> {});
    Greenlet<Boolean> waiting = Gevent.spawn(() -> unstarted.join());
    waiting.setName("the one that waits");
    assertThat(thrownBy(waiting::join))
        .isInstanceOf(LoopExit.class)
        .hasMessageContaining("the one that waits")
        .hasMessageContaining("main");
    assertThat(waiting.isDead()).isFalse();
  }

  // ---- all ----

  @Test
  void shouldGiveThemInTheOrderOfTheirEnd() {
    Greenlet<Integer> slow = spawnTaking(30);
    Greenlet<Integer> fast = spawnTaking(5);
    Greenlet<Integer> middle = spawnTaking(15);
    assertThat(Gevent.joinAll(slow, fast, middle)).isEqualTo(List.of(fast, middle, slow));
  }

  @Test
  void shouldGiveNothingWhenThereIsNothing() {
    assertThat(Gevent.joinAll()).isEmpty();
    assertThat(Gevent.joinAll(List.of(), SHORT)).isEmpty();
  }

  @Test
  void shouldGiveOneAsOftenAsItIsInTheList() {
    Greenlet<Integer> twice = spawnTaking(5);
    Greenlet<Integer> once = spawnTaking(10);
    assertThat(Gevent.joinAll(twice, once, twice)).isEqualTo(List.of(twice, twice, once));
    assertThat(Gevent.joinAll(twice, twice)).isEqualTo(List.of(twice, twice));
  }

  @Test
  void shouldGiveThoseThatHadEndedFirst() {
    Greenlet<Integer> ended = spawnTaking(0);
    ended.join();
    Greenlet<Integer> other = spawnTaking(5);
    assertThat(Gevent.joinAll(other, ended)).isEqualTo(List.of(ended, other));
  }

  @Test
  void shouldGiveThoseThatHaveEndedWhenTheTimeIsUp() {
    Greenlet<Void> sleeper = spawnSleeping();
    Greenlet<Integer> fast = spawnTaking(1);
    assertThat(Gevent.joinAll(List.of(sleeper, fast), Duration.ofMillis(50)))
        .isEqualTo(List.of(fast));
    assertThat(sleeper.hasLinks()).isFalse();
    assertThat(sleeper.isDead()).isFalse();
  }

  @Test
  void shouldGiveThoseThatHaveEndedWhenThereIsNoTime() {
    Greenlet<Void> sleeper = spawnSleeping();
    Greenlet<Integer> ended = spawnTaking(0);
    ended.join();
    assertThat(Gevent.joinAll(List.of(sleeper, ended), Duration.ZERO)).isEqualTo(List.of(ended));
  }

  @Test
  void shouldWaitForSoManyWhenThereIsACount() {
    Greenlet<Integer> slow = spawnTaking(30);
    Greenlet<Integer> fast = spawnTaking(5);
    Greenlet<Integer> middle = spawnTaking(15);
    List<Greenlet<Integer>> all = List.of(slow, fast, middle);
    assertThat(Gevent.joinAll(all, null, false, 0)).isEmpty();
    assertThat(Gevent.joinAll(all, null, false, 1)).isEqualTo(List.of(fast));
    assertThat(slow.isDead()).isFalse();
    assertThat(Gevent.joinAll(all, null, false, 2)).isEqualTo(List.of(fast, middle));
    assertThat(slow.isDead()).isFalse();
    assertThat(Gevent.joinAll(all, null, false, 99)).isEqualTo(List.of(fast, middle, slow));
  }

  @Test
  void shouldThrowTheFirstErrorInTheOrderOfTheirEnd() {
    IOException late = new IOException("late");
    IOException early = new IOException("early");
    Greenlet<Object> lateOne = spawnFailing(20, late);
    Greenlet<Object> earlyOne = spawnFailing(5, early);
    Greenlet<Integer> good = spawnTaking(1);
    Throwable thrown = thrownBy(() -> Gevent.joinAll(List.of(lateOne, earlyOne, good), null, true));
    assertThat(thrown).isSameAs(early);
    assertThat(lateOne.isDead()).isFalse();
    assertThat(lateOne.hasLinks()).as("it is forgotten").isFalse();
    Gevent.waitAll();
    assertThat(takeThrown()).containsExactly(early, late);
  }

  @Test
  void shouldNotThrowErrorsOfThoseItDoesNotWaitForWhenThereIsACount() {
    Greenlet<Integer> good = spawnTaking(1);
    Greenlet<Object> failing = spawnFailing(10, new IOException());
    assertThat(Gevent.joinAll(List.of(failing, good), null, true, 1)).isEqualTo(List.of(good));
    Gevent.waitAll();
    takeErrors();
  }

  @Test
  void shouldNotThrowWhenNotAskedTo() {
    Greenlet<Object> failing = spawnFailing(1, new IOException());
    assertThat(Gevent.joinAll(failing)).isEqualTo(List.of(failing));
    takeErrors();
  }

  @Test
  void shouldNotTakeAnExitForAnError() {
    Greenlet<Void> killed = spawnSleeping();
    killed.kill(false);
    assertThat(Gevent.joinAll(List.of(killed), null, true)).isEqualTo(List.of(killed));
  }

  @Test
  void shouldLetATimeoutThroughWhileItWaitsForAll() {
    Greenlet<Void> sleeper = spawnSleeping();
    Timeout timeout = new Timeout(SHORT);
    assertThat(thrownBy(() -> timeout.run(() -> Gevent.joinAll(List.of(sleeper), LONG))))
        .isSameAs(timeout);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldWaitInAnyGreenlet() throws Exception {
    Greenlet<Integer> fast = spawnTaking(1);
    Greenlet<Integer> slow = spawnTaking(5);
    Greenlet<List<Greenlet<?>>> joiner = Gevent.spawn(() -> Gevent.joinAll(slow, fast));
    assertThat(joiner.get()).isEqualTo(List.of(fast, slow));
  }

  @Test
  void shouldWaitForAThousand() {
    List<Greenlet<?>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(spawnTaking(i % 10));
    }
    assertThat(Gevent.joinAll(all)).hasSize(1000).containsExactlyInAnyOrderElementsOf(all);
  }

  // ---- anything ----

  @Test
  void shouldWaitForAnyOfThem() {
    Greenlet<Integer> slow = spawnTaking(30);
    Greenlet<Integer> fast = spawnTaking(5);
    assertThat(Gevent.waitAny(List.of(slow, fast), null)).isSameAs(fast);
    assertThat(slow.hasLinks()).isFalse();
    assertThat(Gevent.waitAny(List.of(spawnSleeping()), SHORT)).isNull();
    assertThat(Gevent.waitAny(List.<Greenlet<?>>of(), null)).isNull();
  }

  @Test
  void shouldWaitForAllOfThem() {
    Greenlet<Integer> slow = spawnTaking(10);
    Greenlet<Integer> fast = spawnTaking(5);
    assertThat(Gevent.waitAll(List.of(slow, fast))).isEqualTo(List.of(fast, slow));
    assertThat(Gevent.waitAll(List.of(slow, fast), null, 1)).hasSize(1);
    assertThat(Gevent.waitAll(List.<Greenlet<?>>of())).isEmpty();
  }

  @Test
  void shouldWaitForEverythingWhenNothingIsNamed() {
    Greenlet<Integer> one = spawnTaking(10);
    Greenlet<Integer> two = Gevent.spawnLater(SHORT, () -> 2);
    Gevent.waitAll();
    assertThat(List.of(one, two)).allMatch(Greenlet::successful);
    Gevent.waitAll();
  }
}
