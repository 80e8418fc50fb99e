package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ScheduledExecutorService} promises, with what a ScheduledThreadPoolExecutor does
 * where nothing else is said: after shutdown, one-time tasks still run and periodic ones don't.
 */
abstract class ScheduledExecutorServiceContract extends DelayContract {
  ScheduledExecutorServiceContract(World world) {
    super(world);
  }

  // ---- again and again ----

  @Test
  void shouldRunAtAFixedRate() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          long start = System.nanoTime();
          ScheduledFuture<?> future = executor.scheduleAtFixedRate(clock, 8, 4, MILLISECONDS);
          until(() -> clock.runs() >= 6, "the sixth run");
          assertThat(future.isDone()).isFalse();
          future.cancel(false);
          for (int i = 0; i < 6; i++) {
            assertThat(clock.times.get(i) - start)
                .isGreaterThanOrEqualTo(MILLISECONDS.toNanos(8 + 4L * i));
          }
        });
  }

  /** Runs that are late follow at once, but never two at the same time. */
  @Test
  void shouldCatchUpWhenARunWasSlow() throws Throwable {
    withScheduled(
        executor -> {
          AtomicInteger inside = new AtomicInteger();
          AtomicInteger runs = new AtomicInteger();
          AtomicInteger overlaps = new AtomicInteger();
          long start = System.nanoTime();
          executor.scheduleAtFixedRate(
              () -> {
                if (inside.incrementAndGet() > 1) {
                  overlaps.incrementAndGet();
                }
                if (runs.getAndIncrement() == 0) {
                  thrownBy(
                      () ->
                          until(
                              () -> System.nanoTime() - start > MILLISECONDS.toNanos(400),
                              "the end of the slow run"));
                }
                inside.decrementAndGet();
              },
              0,
              10,
              MILLISECONDS);
          until(() -> runs.get() >= 30, "the thirtieth run");
          assertThat(System.nanoTime() - start)
              .as("nanoseconds for 30 runs, one of 400 ms")
              .isLessThan(MILLISECONDS.toNanos(400 + 290));
          assertThat(overlaps.get()).isZero();
        });
  }

  @Test
  void shouldRunWithAFixedDelay() throws Throwable {
    withScheduled(
        executor -> {
          List<Long> ends = Collections.synchronizedList(new ArrayList<>());
          Clock clock = new Clock();
          ScheduledFuture<?> future =
              executor.scheduleWithFixedDelay(
                  () -> {
                    clock.run();
                    thrownBy(() -> world.pause());
                    ends.add(System.nanoTime());
                  },
                  0,
                  5,
                  MILLISECONDS);
          until(() -> ends.size() >= 5, "the fifth run");
          future.cancel(false);
          for (int i = 1; i < 5; i++) {
            assertThat(clock.times.get(i) - ends.get(i - 1))
                .isGreaterThanOrEqualTo(MILLISECONDS.toNanos(5));
          }
        });
  }

  @Test
  void shouldStopRunningWhenItThrows() throws Throwable {
    withScheduled(
        executor -> {
          for (boolean rate : new boolean[] {true, false}) {
            IllegalStateException cause = new IllegalStateException("of the test");
            AtomicInteger runs = new AtomicInteger();
            Runnable run =
                () -> {
                  if (runs.incrementAndGet() == 3) {
                    throw cause;
                  }
                };
            ScheduledFuture<?> future =
                rate
                    ? executor.scheduleAtFixedRate(run, 0, 2, MILLISECONDS)
                    : executor.scheduleWithFixedDelay(run, 0, 2, MILLISECONDS);
            assertThat(thrownBy(future::get))
                .isInstanceOf(ExecutionException.class)
                .hasCause(cause);
            assertThat(future.isDone()).isTrue();
            assertThat(future.isCancelled()).isFalse();
            executor.schedule(NOTHING, SHORT, MILLISECONDS).get();
            assertThat(runs.get()).isEqualTo(3);
          }
        });
  }

  @Test
  void shouldStopRunningWhenItIsCancelled() throws Throwable {
    withScheduled(
        executor -> {
          for (boolean rate : new boolean[] {true, false}) {
            Clock clock = new Clock();
            ScheduledFuture<?> future =
                rate
                    ? executor.scheduleAtFixedRate(clock, 0, 2, MILLISECONDS)
                    : executor.scheduleWithFixedDelay(clock, 0, 2, MILLISECONDS);
            until(() -> clock.runs() >= 2, "the second run");
            assertThat(future.cancel(false)).isTrue();
            assertThat(future.isCancelled()).isTrue();
            assertThrows(CancellationException.class, future::get);
            executor.schedule(NOTHING, SHORT, MILLISECONDS).get(); // one may have been under way
            int runs = clock.runs();
            executor.schedule(NOTHING, SHORT, MILLISECONDS).get();
            assertThat(clock.runs()).isEqualTo(runs);
          }
        });
  }

  @Test
  void shouldBeCancelledFromWithin() throws Throwable {
    withScheduled(
        executor -> {
          AtomicInteger runs = new AtomicInteger();
          AtomicInteger last = new AtomicInteger();
          List<ScheduledFuture<?>> self = Collections.synchronizedList(new ArrayList<>());
          self.add(
              executor.scheduleAtFixedRate(
                  () -> {
                    int run = runs.incrementAndGet();
                    if (!self.isEmpty() && last.compareAndSet(0, run)) {
                      self.get(0).cancel(false);
                    }
                  },
                  SHORT,
                  2,
                  MILLISECONDS));
          assertThrows(CancellationException.class, () -> self.get(0).get());
          executor.schedule(NOTHING, SHORT, MILLISECONDS).get();
          assertThat(runs.get()).isEqualTo(last.get());
        });
  }

  // ---- shutting down ----

  @Test
  void shouldStillRunDelayedTasksAfterShutdown() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          ScheduledFuture<String> future =
              executor.schedule((Callable<String>) clock, 10 * SHORT, MILLISECONDS);
          executor.shutdown();
          assertThat(executor.isShutdown()).isTrue();
          assertThat(executor.isTerminated()).isFalse();
          assertThrows(
              RejectedExecutionException.class,
              () -> executor.schedule(NOTHING, 1, MILLISECONDS),
              () -> executor.schedule(() -> "late", 1, MILLISECONDS),
              () -> executor.scheduleAtFixedRate(NOTHING, 1, 1, MILLISECONDS),
              () -> executor.scheduleWithFixedDelay(NOTHING, 1, 1, MILLISECONDS));
          assertThat(future.get()).isEqualTo("value");
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(executor.isTerminated()).isTrue();
        });
  }

  @Test
  void shouldEndPeriodicTasksByShutdown() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          ScheduledFuture<?> future = executor.scheduleAtFixedRate(clock, 0, 2, MILLISECONDS);
          ScheduledFuture<?> other = executor.scheduleWithFixedDelay(NOTHING, 1, 1, HOURS);
          until(() -> clock.runs() >= 2, "the second run");
          executor.shutdown();
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(future.isCancelled()).isTrue();
          assertThat(other.isCancelled()).isTrue();
          assertThrows(CancellationException.class, future::get, other::get);
        });
  }

  @Test
  void shouldForgetCancelledTasksWhenItShutsDown() throws Throwable {
    withScheduled(
        executor -> {
          executor.schedule(NOTHING, 1, HOURS).cancel(false);
          executor.shutdown();
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
        });
  }

  @Test
  void shouldGiveBackDelayedTasks() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          executor.schedule((Runnable) clock, 1, HOURS);
          executor.schedule((Callable<String>) clock, 1, HOURS);
          executor.scheduleAtFixedRate(clock, 1, 1, HOURS);
          executor.scheduleWithFixedDelay(clock, 1, 1, HOURS);
          assertThat(executor.shutdownNow()).hasSize(4).doesNotContainNull();
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(clock.runs()).isZero();
        });
  }
}
