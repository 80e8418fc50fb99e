package io.gevent4j.threadpool;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.HubTest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** What the tests of thread pools share. */
abstract class PoolTest extends HubTest {
  /** Holds threads, until it is opened. */
  static final class Gate {
    private final CountDownLatch latch = new CountDownLatch(1);

    void open() {
      latch.countDown();
    }

    /** In a thread of a pool. */
    void pass() {
      try {
        assertThat(latch.await(LONG.toSeconds(), SECONDS)).as("the gate was opened").isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** For something that other threads bring about. */
  static void until(BooleanSupplier condition, String what) {
    for (long start = System.nanoTime(); !condition.getAsBoolean(); Gevent.sleep(0.001)) {
      assertThat(System.nanoTime() - start).as("ns for %s", what).isLessThan(LONG.toNanos());
    }
  }

  /** Runs it in a thread without a hub. Returns what it throws, or null. */
  static Throwable thrownInThread(Body body) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(thrownBy(body)));
    thread.start();
    thread.join(LONG.toMillis());
    assertThat(thread.isAlive()).as("the thread still runs").isFalse();
    return thrown.get();
  }

  static void untilFreed(List<WeakReference<Object>> references) {
    until(
        () -> {
          System.gc();
          List<Object> left = new ArrayList<>();
          references.forEach(
              each -> {
                if (each.get() != null) {
                  left.add("kept");
                }
              });
          return left.isEmpty();
        },
        "the collector to free all");
  }

  static boolean isInPool() {
    return Thread.currentThread() instanceof Worker;
  }
}
