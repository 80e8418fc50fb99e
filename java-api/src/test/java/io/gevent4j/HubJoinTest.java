package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.loop.TimerWatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Waiting until a hub has nothing left to do. Each is done more than once: the hub stays of use.
 * gevent: test__hub_join.py, test__hub_join_timeout.py.
 */
class HubJoinTest extends HubTest {
  private static final int TIMES = 3;

  private static boolean join(Duration timeout) {
    return Hub.get().join(timeout);
  }

  @Test
  void shouldReturnAtOnceWhenThereIsNothing() {
    for (int i = 0; i < TIMES; i++) {
      Hub.get().join();
      assertThat(join(LONG)).isTrue();
      assertThat(join(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void shouldReturnWhenSoManySecondsAreUp() {
    Greenlet<Void> sleeper = Gevent.spawn(() -> Gevent.sleep(LONG));
    assertThat(Hub.get().join(0.01)).isFalse();
    sleeper.kill();
    assertThat(Hub.get().join(LONG.toMillis() / 1e3)).isTrue();
  }

  // gevent: test_callback
  @Test
  void shouldWaitForAGreenlet() {
    for (int i = 0; i < TIMES; i++) {
      Greenlet<Integer> greenlet = Gevent.spawn(() -> 5);
      assertThat(join(LONG)).isTrue();
      assertThat(greenlet.isDead()).isTrue();
      assertThat(greenlet.value()).isEqualTo(5);
    }
  }

  @Test
  void shouldWaitForWhatGreenletsSpawn() {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      Gevent.spawn(
          () -> {
            Gevent.sleep(SHORT);
            Gevent.spawn(() -> Gevent.spawnLater(SHORT, () -> seen.add("grandchild")));
          });
      assertThat(join(LONG)).isTrue();
      assertThat(seen).hasSize(i + 1);
    }
  }

  // gevent: test_later
  @Test
  void shouldWaitForAGreenletThatStartsLater() {
    for (int i = 0; i < TIMES; i++) {
      Greenlet<Integer> greenlet = Gevent.spawnLater(SHORT, () -> 5);
      assertThat(join(LONG)).isTrue();
      assertThat(greenlet.value()).isEqualTo(5);
    }
  }

  // gevent: test_timeout
  @Test
  void shouldReturnFalseWhenTheTimeIsUp() {
    for (int i = 0; i < TIMES; i++) {
      Greenlet<Void> greenlet = spawnSleeping();
      long start = System.nanoTime();
      assertThat(join(SHORT)).isFalse();
      assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos() / 2);
      assertThat(greenlet.ready()).isFalse();
      greenlet.kill();
    }
    assertThat(join(LONG)).isTrue();
  }

  @Test
  void shouldReturnFalseWhenTheTimeIsUpAndGreenletsNeverPause() {
    Greenlet<Void> spinner =
        Gevent.spawn(
            () -> {
              for (; ; ) {
                Gevent.sleep(0);
              }
            });
    for (int i = 0; i < TIMES; i++) {
      assertThat(join(SHORT)).isFalse();
      assertThat(join(Duration.ZERO)).isFalse();
    }
    spinner.kill();
  }

  @Test
  void shouldWaitForWatchersAndCallbacks() {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      Hub.get().loop().runCallback(() -> seen.add("callback"));
      TimerWatcher timer = Hub.get().loop().timer(SHORT);
      timer.start(() -> seen.add("timer"));
      assertThat(join(LONG)).isTrue();
      assertThat(seen).hasSize(2 * (i + 1)).endsWith("callback", "timer");
      timer.close();
    }
  }

  // gevent: test_ref_arg, test_ref_attribute
  @Test
  void shouldNotWaitForAWatcherWithoutRef() {
    for (int i = 0; i < TIMES; i++) {
      try (TimerWatcher timer = Hub.get().loop().timer(LONG)) {
        timer.setRef(false);
        timer.start(() -> {});
        assertThat(join(LONG.dividedBy(2))).isTrue();
        timer.setRef(true);
        assertThat(join(SHORT)).isFalse();
        timer.setRef(false);
        assertThat(join(LONG.dividedBy(2))).isTrue();
      }
    }
  }

  @Test
  void shouldNotWaitForASleepWithoutRef() {
    Greenlet<Void> sleeper = Gevent.spawn(() -> Gevent.sleep(LONG, false));
    for (int i = 0; i < TIMES; i++) {
      assertThat(join(LONG.dividedBy(2))).isTrue();
    }
    assertThat(sleeper.ready()).isFalse();
  }

  @Test
  void shouldNotWaitForATimeoutWithoutRef() {
    for (int i = 0; i < TIMES; i++) {
      try (Timeout pending = Timeout.startNew(new Timeout(LONG).setRef(false))) {
        assertThat(join(LONG.dividedBy(2))).isTrue();
        assertThat(pending.isPending()).isTrue();
      }
    }
  }

  @Test
  void shouldNotWaitForASignalHandler() {
    try (SignalHandler handler = Gevent.signalHandler("WINCH", () -> {})) {
      for (int i = 0; i < TIMES; i++) {
        assertThat(join(LONG.dividedBy(2))).isTrue();
        handler.setRef(true);
        assertThat(join(SHORT)).isFalse();
        handler.setRef(false);
      }
    }
  }

  // gevent: test_event
  @Test
  void shouldNotWaitForThoseThatNothingCanWake() {
    Waiter<String> waiter = new Waiter<>();
    Greenlet<String> greenlet = Gevent.spawn(() -> waiter.get());
    for (int i = 0; i < TIMES; i++) {
      assertThat(join(LONG)).isTrue();
      assertThat(greenlet.ready()).isFalse();
    }
    waiter.switchTo("value");
    assertThat(join(LONG)).isTrue();
    assertThat(greenlet.value()).isEqualTo("value");
  }

  @Test
  void shouldWaitForThoseThatAreAway() {
    for (int i = 0; i < TIMES; i++) {
      Greenlet<String> greenlet =
          Gevent.spawn(
              () ->
                  Hub.get()
                      .blocking(
                          () -> {
                            Thread.sleep(SHORT.toMillis());
                            return "value";
                          }));
      assertThat(join(LONG)).isTrue();
      assertThat(greenlet.value()).isEqualTo("value");
    }
  }

  // gevent: test__hub_join.py, wait() in a greenlet
  @Test
  void shouldRefuseGreenlets() {
    Greenlet<Object> greenlet = Gevent.spawn(() -> thrownBy(() -> Hub.get().join()));
    greenlet.join();
    assertThat(greenlet.value())
        .isInstanceOf(IllegalStateException.class)
        .extracting(thrown -> ((Throwable) thrown).getMessage())
        .asString()
        .contains("only main");
  }

  @Test
  void shouldThrowWhatIsThrownInMainMeanwhile() {
    for (int i = 0; i < TIMES; i++) {
      SystemExit exit = new SystemExit(i);
      Greenlet<Object> greenlet = spawnFailing(exit);
      assertThat(thrownBy(() -> join(LONG))).isSameAs(exit);
      assertThat(greenlet.exception()).isSameAs(exit);
    }
    assertThat(join(LONG)).isTrue();
  }

  @Test
  void shouldLeaveALaterDeadlockToBeFound() {
    assertThat(join(LONG)).isTrue();
    assertThatThrownBy(() -> new Waiter<Void>().get()).isInstanceOf(LoopExit.class);
    assertThat(join(LONG)).isTrue();
  }

  @Test
  void shouldBeWhatWaitingForAllWithoutNamesDoes() {
    Greenlet<Integer> greenlet = Gevent.spawnLater(SHORT, () -> 5);
    Gevent.waitAll();
    assertThat(greenlet.value()).isEqualTo(5);
  }
}
