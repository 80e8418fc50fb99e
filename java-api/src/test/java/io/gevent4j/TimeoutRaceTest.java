package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.loop.AsyncWatcher;
import io.gevent4j.loop.IoWatcher;
import io.gevent4j.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A timeout and something else that comes at the same time. */
class TimeoutRaceTest extends HubTest {
  /** Long enough for what comes first to have begun, even on a busy machine. */
  private static final Duration SOON = Duration.ofMillis(100);

  private static final Duration LATER = Duration.ofMillis(110);

  /** Computes, and so waits for nothing. */
  private static void spin(Duration span) {
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  // gevent: test__sleep0.py
  @Test
  void shouldBeThrownInsideAnEndlessSleepOfZero() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(
            thrownBy(
                () -> {
                  for (; ; ) {
                    Gevent.sleep(0);
                  }
                }))
        .isSameAs(timeout);
  }

  @Test
  void shouldBeThrownWhileOthersSleepZeroForEver() {
    List<Greenlet<Void>> spinners = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      spinners.add(
          Gevent.spawn(
              () -> {
                for (; ; ) {
                  Gevent.sleep(0);
                }
              }));
    }
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(timeout);
    Gevent.killAll(spinners);
  }

  @Test
  void shouldBeThrownWhileACallbackAddsItselfForEver() {
    Loop loop = Hub.get().loop();
    boolean[] over = new boolean[1];
    Runnable again =
        new Runnable() {
          @Override
          public void run() {
            if (!over[0]) {
              loop.runCallback(this);
            }
          }
        };
    loop.runCallback(again);
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(timeout);
    over[0] = true;
  }

  // gevent: issue 97
  @Test
  void shouldCountFromItsStartAfterALongComputation() {
    Gevent.sleep(0.001);
    spin(Duration.ofMillis(100));
    try (Timeout timeout = Timeout.startNew(Duration.ofMillis(80))) {
      Gevent.sleep(0.001);
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldNotBeThrownInCodeThatComputes() {
    try (Timeout timeout = Timeout.startNew(SHORT)) {
      spin(SHORT.multipliedBy(3));
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldLoseAgainstADescriptorThatIsReadyInTheSameTurn() throws Exception {
    try (Pipe pipe = new Pipe();
        IoWatcher readable = Hub.get().loop().io(pipe.fd(), Loop.READ);
        Timeout timeout = Timeout.startNew(SOON)) {
      pipe.write('x');
      spin(LATER);
      assertThat(Hub.get().waitFor(readable)).isEqualTo(Loop.READ);
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldLoseAgainstAnotherThreadsNewsOfTheSameTurn() {
    try (AsyncWatcher news = Hub.get().loop().async();
        Timeout timeout = Timeout.startNew(SOON)) {
      Greenlet<Void> sender =
          Gevent.spawn(
              () -> {
                news.send();
                spin(LATER);
              });
      Hub.get().waitFor(news);
      assertThat(sender.ready()).isTrue();
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldLoseAgainstAWaiterThatIsReadyInTheSameTurn() {
    Waiter<String> waiter = new Waiter<>();
    try (Timeout timeout = Timeout.startNew(SOON)) {
      Gevent.spawn(
          () -> {
            spin(LATER);
            waiter.switchTo("value");
          });
      assertThat(waiter.get()).isEqualTo("value");
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldLoseAgainstAGreenletThatHasEndedInTheSameTurn() throws Exception {
    try (Timeout timeout = Timeout.startNew(SOON)) {
      Greenlet<String> greenlet =
          Gevent.spawn(
              () -> {
                spin(LATER);
                return "value";
              });
      assertThat(greenlet.get()).isEqualTo("value");
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldBeThrownInTheNextWaitWhenItLost() {
    Waiter<String> waiter = new Waiter<>();
    Timeout timeout = Timeout.startNew(SOON);
    Gevent.spawn(
        () -> {
          spin(LATER);
          waiter.switchTo("value");
        });
    assertThat(waiter.get()).isEqualTo("value");
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(timeout);
  }

  @Test
  void shouldNotLeaveANewsBehindThatWakesTheNextWait() throws Exception {
    try (Pipe pipe = new Pipe();
        IoWatcher readable = Hub.get().loop().io(pipe.fd(), Loop.READ)) {
      for (int i = 0; i < 20; i++) {
        Timeout timeout = Timeout.startNew(Duration.ofNanos(100_000));
        Gevent.spawnLater(Duration.ofNanos(100_000), () -> pipe.write('x'));
        Throwable thrown = thrownBy(() -> Hub.get().waitFor(readable));
        assertThat(thrown == null || thrown == timeout).as("" + thrown).isTrue();
        timeout.cancel();
        long start = System.nanoTime();
        Gevent.sleep(0.002);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
        pipe.read();
      }
    }
  }
}
