package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.HubTest;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.WeakReference;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A greenlet that nobody holds any more, and that ends just when somebody begins to wait for it.
 */
class DroppedSetterTest extends HubTest {
  private static WeakReference<RawGreenlet> startAndDrop(Event event) {
    RawGreenlet greenlet =
        new RawGreenlet(
            ignored -> {
              try {
                return RawGreenlet.getCurrent().getParent().switchTo();
              } finally {
                event.set();
              }
            });
    greenlet.switchTo();
    return new WeakReference<>(greenlet);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldWakeWhoWasAboutToWait(boolean limited) throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      Event event = new Event();
      WeakReference<RawGreenlet> dropped = startAndDrop(event);
      while (dropped.get() != null) {
        System.gc();
      }
      Thread.sleep(10); // until its end is known to be due, and not at hand
      assertThat(limited ? event.await(Duration.ofSeconds(20)) : event.await()).isTrue();
    }
  }
}
