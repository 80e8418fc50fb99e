package io.gevent4j.local;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.HubTest;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/** What the tests of locals share. */
abstract class LocalTest extends HubTest {
  /** What it gives in a greenlet of its own, when that has ended. */
  static <T> T inGreenlet(Callable<T> call) throws Exception {
    return Gevent.spawn(call).get();
  }

  /** What it gives in a plain thread, when that has ended. */
  static <T> T inThread(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.start();
    thread.join(LONG.toMillis());
    assertThat(thread.isAlive()).as("it still runs").isFalse();
    return task.get();
  }

  /** Collects garbage until the condition holds. */
  static void untilCollected(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(NANOSECONDS.toSeconds(System.nanoTime() - start))
          .as("seconds waited for: " + what)
          .isLessThan(LONG.toSeconds());
      System.gc();
      turn();
    }
  }
}
