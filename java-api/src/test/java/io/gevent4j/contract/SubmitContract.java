package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What an {@link ExecutorService} promises for single tasks. */
abstract class SubmitContract extends WorldTest {
  SubmitContract(World world) {
    super(world);
  }

  // ---- what a subclass says ----

  /** Runs at least four tasks at the same time. */
  abstract ExecutorService executor();

  /** Runs so many tasks at the same time, the others later in order; null if there is none such. */
  abstract ExecutorService limited(int limit);

  // ---- what the tests use ----

  interface Use {
    void accept(ExecutorService executor) throws Throwable;
  }

  /** Nothing of it is left running after the test. */
  final void with(ExecutorService executor, Use use) throws Throwable {
    try {
      use.accept(executor);
    } finally {
      executor.shutdownNow();
    }
  }

  final void withExecutor(Use use) throws Throwable {
    with(executor(), use);
  }

  final void withLimited(int limit, Use use) throws Throwable {
    ExecutorService executor = limited(limit);
    assumeTrue(executor != null, "this executor has no limit");
    with(executor, use);
  }

  static Callable<String> throwing(Throwable thrown) {
    return () -> {
      if (thrown instanceof Error) {
        throw (Error) thrown;
      }
      throw (Exception) thrown;
    };
  }

  /** A task that waits, and knows what ended it. */
  final class Sleeper implements Callable<String>, Runnable {
    final Gate gate = new Gate();
    final AtomicBoolean started = new AtomicBoolean();
    final AtomicReference<Throwable> ended = new AtomicReference<>();

    @Override
    public String call() throws Exception {
      started.set(true);
      try {
        gate.await();
        return "slept";
      } catch (Throwable thrown) {
        ended.set(thrown);
        throw thrown;
      }
    }

    @Override
    public void run() {
      try {
        call();
      } catch (Exception thrown) {
        throw new IllegalStateException(thrown);
      }
    }

    void untilStarted() throws InterruptedException {
      until(started::get, "the start of the task");
    }

    void untilStopped() throws InterruptedException {
      until(() -> ended.get() != null, "the early end of the task");
    }
  }

  /** Has one task run, which holds the only place there is. */
  final Sleeper occupy(ExecutorService executor) throws InterruptedException {
    Sleeper sleeper = new Sleeper();
    executor.submit((Callable<String>) sleeper);
    sleeper.untilStarted();
    return sleeper;
  }

  // ---- nulls ----

  @Test
  void shouldRefuseNulls() throws Throwable {
    withExecutor(
        executor ->
            assertThrows(
                NullPointerException.class,
                () -> executor.execute(null),
                () -> executor.submit((Runnable) null),
                () -> executor.submit((Callable<String>) null),
                () -> executor.submit(null, "value"),
                () -> executor.awaitTermination(1, null)));
  }

  // ---- running ----

  @Test
  void shouldRunWhatItIsGiven() throws Throwable {
    withExecutor(
        executor -> {
          AtomicInteger runs = new AtomicInteger();
          executor.execute(runs::incrementAndGet);
          until(() -> runs.get() == 1, "the run");
          assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
          assertThat(executor.submit(() -> "value").get(LONG, MILLISECONDS)).isEqualTo("value");
          Runnable run = runs::incrementAndGet;
          assertThat((Object) executor.submit(run).get()).isNull();
          assertThat(executor.submit(run, "result").get()).isEqualTo("result");
          assertThat((Object) executor.submit(run, null).get()).isNull();
          assertThat(runs.get()).isEqualTo(4);
        });
  }

  @Test
  void shouldRunManyAtTheSameTime() throws Throwable {
    withExecutor(
        executor -> {
          AtomicInteger inside = new AtomicInteger();
          List<Future<Integer>> futures = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            int number = i;
            futures.add(
                executor.submit(
                    () -> {
                      inside.incrementAndGet();
                      until(() -> inside.get() == 4, "the others");
                      return number;
                    }));
          }
          for (int i = 0; i < 4; i++) {
            assertThat(futures.get(i).get()).isEqualTo(i);
          }
        });
  }

  @Test
  void shouldRunAllOfMany() throws Throwable {
    withExecutor(
        executor -> {
          AtomicInteger sum = new AtomicInteger();
          List<Future<?>> futures = new ArrayList<>();
          for (int i = 0; i < 300; i++) {
            int number = i;
            futures.add(executor.submit(() -> sum.addAndGet(number)));
          }
          for (Future<?> future : futures) {
            future.get();
          }
          assertThat(sum.get()).isEqualTo(300 * 299 / 2);
        });
  }

  @Test
  void shouldRunWhatTasksOfItSubmit() throws Throwable {
    withExecutor(
        executor ->
            assertThat(executor.submit(() -> executor.submit(() -> "inner").get()).get())
                .isEqualTo("inner"));
  }

  @Test
  void shouldRunNoMoreAtTheSameTimeThanItsLimit() throws Throwable {
    withLimited(
        2,
        executor -> {
          AtomicInteger inside = new AtomicInteger();
          AtomicInteger most = new AtomicInteger();
          List<Future<?>> futures = new ArrayList<>();
          for (int i = 0; i < 12; i++) {
            futures.add(
                executor.submit(
                    () -> {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      world.pause();
                      return inside.decrementAndGet();
                    }));
          }
          for (Future<?> future : futures) {
            future.get();
          }
          assertThat(most.get()).isBetween(1, 2);
        });
  }

  @Test
  void shouldRunOneAfterTheOtherInOrder() throws Throwable {
    withLimited(
        1,
        executor -> {
          List<Integer> order = new ArrayList<>();
          List<Future<?>> futures = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            int number = i;
            futures.add(
                executor.submit(
                    () -> {
                      if (number % 3 == 0) {
                        world.pause();
                      }
                      return order.add(number);
                    }));
          }
          for (Future<?> future : futures) {
            future.get();
          }
          assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        });
  }

  // ---- failing ----

  @Test
  void shouldTellByTheFutureWhatWasThrown() throws Throwable {
    withExecutor(
        executor -> {
          for (Throwable cause :
              new Throwable[] {new IOException(), new RuntimeException(), new AssertionError()}) {
            Future<String> future = executor.submit(throwing(cause));
            Throwable thrown = thrownBy(future::get);
            assertThat(thrown).isInstanceOf(ExecutionException.class);
            assertThat(thrown.getCause()).isSameAs(cause);
            assertThat(future.isDone()).isTrue();
            assertThat(future.isCancelled()).isFalse();
          }
          assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
        });
  }

  @Test
  void shouldSurviveWhatExecutedTasksThrow() throws Throwable {
    world.expectUncaught();
    withLimited(
        1,
        executor -> {
          for (int i = 0; i < 3; i++) {
            executor.execute(
                () -> {
                  throw new IllegalStateException("of the test");
                });
          }
          assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
        });
  }

  // ---- cancelling ----

  @Test
  void shouldNeverRunWhatWasCancelledBefore() throws Throwable {
    withLimited(
        1,
        executor -> {
          Sleeper sleeper = occupy(executor);
          AtomicInteger runs = new AtomicInteger();
          Future<?> cancelled = executor.submit(runs::incrementAndGet);
          Future<String> last = executor.submit(() -> "last");
          assertThat(cancelled.cancel(false)).isTrue();
          until(cancelled::isDone, "the end of the cancelled one");
          assertThat(cancelled.isCancelled()).isTrue();
          assertThrows(CancellationException.class, cancelled::get);
          sleeper.gate.open();
          assertThat(last.get()).isEqualTo("last");
          assertThat(runs.get()).isZero();
        });
  }

  @Test
  void shouldStopWhatIsCancelledWhileItRuns() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper sleeper = new Sleeper();
          Future<String> future = executor.submit((Callable<String>) sleeper);
          sleeper.untilStarted();
          assertThat(future.cancel(true)).isTrue();
          sleeper.untilStopped();
          until(future::isDone, "the end of the future");
          assertThat(future.isCancelled()).isTrue();
          assertThrows(CancellationException.class, future::get);
          assertThat(future.cancel(true)).isFalse();
          assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
        });
  }

  @Test
  void shouldHaveThePlaceOfACancelledTask() throws Throwable {
    withLimited(
        1,
        executor -> {
          Sleeper sleeper = new Sleeper();
          Future<String> future = executor.submit((Callable<String>) sleeper);
          sleeper.untilStarted();
          future.cancel(true);
          assertThat(executor.submit(() -> "value").get(LONG, MILLISECONDS)).isEqualTo("value");
        });
  }
}
