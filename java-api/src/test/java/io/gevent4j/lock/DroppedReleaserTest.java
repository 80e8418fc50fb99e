package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A greenlet that nobody holds any more, and that ends just when somebody begins to wait for it.
 */
class DroppedReleaserTest extends HubTest {
  private static WeakReference<RawGreenlet> startAndDrop(Semaphore semaphore) {
    RawGreenlet greenlet =
        new RawGreenlet(
            ignored -> {
              try {
                return RawGreenlet.getCurrent().getParent().switchTo();
              } finally {
                semaphore.release();
                Gevent.sleep(0);
              }
            });
    greenlet.switchTo();
    return new WeakReference<>(greenlet);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldWakeWhoWasAboutToWait(boolean limited) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      Semaphore semaphore = new Semaphore(0);
      WeakReference<RawGreenlet> dropped = startAndDrop(semaphore);
      while (dropped.get() != null) {
        System.gc();
      }
      Thread.sleep(10); // until its end is known to be due, and not at hand
      assertThat(limited ? semaphore.acquire(Duration.ofSeconds(20)) : acquire(semaphore)).isTrue();
    }
  }

  /** On a busy machine nobody knows yet that it has been dropped. */
  private static boolean acquire(Semaphore semaphore) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    for (; ; ) {
      try {
        return semaphore.acquire(null);
      } catch (LoopExit e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.sleep(1);
      }
    }
  }
}
