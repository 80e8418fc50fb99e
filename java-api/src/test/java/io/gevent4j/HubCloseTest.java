package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.TimerWatcher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is freed with a hub, its loop or a watcher, while somebody waits on it. */
class HubCloseTest extends HubTest {
  private static final Duration LONG = Duration.ofSeconds(100);

  @Test
  void shouldEndARawGreenletThatWaitsInTheHubItCloses() {
    RawGreenlet raw =
        new RawGreenlet(
            value -> {
              Gevent.sleep(LONG);
              return null;
            });
    Gevent.spawn(() -> raw.switchTo());
    Gevent.sleep(0);
    Hub.get().close();
    assertThat(raw.isDead()).isTrue();
  }

  @Test
  void shouldRefuseToCloseTheLoopOfAHub() {
    Gevent.sleep(0);
    assertThatThrownBy(() -> Hub.get().loop().close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot close");
    Gevent.sleep(0);
  }

  @Test
  void shouldEndAWaitWhoseWatcherIsClosed() {
    TimerWatcher timer = Hub.get().loop().timer(LONG);
    Greenlet<Integer> waiting = Gevent.spawn(() -> Hub.get().waitFor(timer));
    Gevent.sleep(0);
    timer.close();
    assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    assertThat(waiting.exception()).isNotNull();
    assertThat(takeErrors()).hasSize(1);
  }

  @Test
  void shouldEndForOtherThreadsWhatNeverStartedAsItsThreadEnded() throws Exception {
    AtomicReference<List<Greenlet<?>>> made = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> made.set(List.of(Gevent.spawn(() -> {}), Gevent.spawnLater(LONG, () -> {}))));
    thread.start();
    thread.join();
    for (Greenlet<?> greenlet : made.get()) {
      assertThat(greenlet.join(Duration.ofSeconds(10))).isTrue();
      assertThat(greenlet.isCancelled()).isTrue();
    }
  }

  @Test
  void shouldTellAWaitOfAnotherHubWhenTheThreadEnds() throws Exception {
    AtomicReference<Greenlet<?>> made = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              made.set(Gevent.spawn(() -> Gevent.sleep(LONG)));
              Gevent.sleep(0);
            });
    thread.start();
    thread.join();
    assertThat(Gevent.waitAll(List.of(made.get()), Duration.ofSeconds(10))).hasSize(1);
  }
}
