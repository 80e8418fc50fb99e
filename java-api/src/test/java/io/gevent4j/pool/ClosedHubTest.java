package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A group's hub may be closed while it has members. */
class ClosedHubTest extends HubTest {
  private static void onThread(Runnable run) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(run);
    thread.setUncaughtExceptionHandler((who, what) -> thrown.set(what));
    thread.start();
    thread.join();
    assertThat(thrown.get()).isNull();
  }

  @Test
  void shouldHaveAllItsSlotsInTheNextHub() throws Exception {
    Pool pool = new Pool(1);
    onThread(
        () -> {
          pool.spawn(() -> Gevent.sleep(LONG));
          Gevent.sleep(0);
          Hub.get().close();
          assertThat(pool.size()).isZero();
          assertThat(pool.freeCount()).isEqualTo(1);
          pool.spawn(() -> {}).join();
          Hub.get().close();
        });
  }

  @Test
  void shouldNotKeepThoseWhoJoin() throws Exception {
    Group group = new Group();
    onThread(
        () -> {
          group.spawn(() -> Gevent.sleep(LONG));
          Gevent.sleep(0);
          Hub.get().close();
        });
    group.join();
    assertThat(group.size()).isZero();
  }
}
