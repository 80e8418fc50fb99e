package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a {@link ScheduledExecutorService} promises for tasks that run once, later. */
abstract class DelayContract extends ExecutorServiceContract {
  DelayContract(World world) {
    super(world);
  }

  abstract ScheduledExecutorService scheduled();

  @Override
  final ExecutorService executor() {
    return scheduled();
  }

  interface ScheduledUse {
    void accept(ScheduledExecutorService executor) throws Throwable;
  }

  final void withScheduled(ScheduledUse use) throws Throwable {
    ScheduledExecutorService executor = scheduled();
    with(executor, same -> use.accept(executor));
  }

  /** Notes when it ran. */
  static final class Clock implements Runnable, Callable<String> {
    final List<Long> times = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void run() {
      times.add(System.nanoTime());
    }

    @Override
    public String call() {
      run();
      return "value";
    }

    int runs() {
      return times.size();
    }
  }

  static final Runnable NOTHING = () -> {};

  // ---- bad arguments ----

  @Test
  void shouldRefuseNullsToSchedule() throws Throwable {
    withScheduled(
        executor ->
            assertThrows(
                NullPointerException.class,
                () -> executor.schedule((Runnable) null, 1, MILLISECONDS),
                () -> executor.schedule((Callable<String>) null, 1, MILLISECONDS),
                () -> executor.schedule(NOTHING, 1, null),
                () -> executor.schedule(() -> "value", 1, null),
                () -> executor.scheduleAtFixedRate(null, 1, 1, MILLISECONDS),
                () -> executor.scheduleAtFixedRate(NOTHING, 1, 1, null),
                () -> executor.scheduleWithFixedDelay(null, 1, 1, MILLISECONDS),
                () -> executor.scheduleWithFixedDelay(NOTHING, 1, 1, null)));
  }

  @Test
  void shouldRefusePeriodsThatAreNone() throws Throwable {
    withScheduled(
        executor -> {
          for (long bad : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThrows(
                IllegalArgumentException.class,
                () -> executor.scheduleAtFixedRate(NOTHING, 0, bad, MILLISECONDS),
                () -> executor.scheduleWithFixedDelay(NOTHING, 0, bad, MILLISECONDS));
          }
        });
  }

  // ---- once ----

  @Test
  void shouldRunAfterTheDelay() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          long start = System.nanoTime();
          ScheduledFuture<String> future =
              executor.schedule((Callable<String>) clock, SHORT, MILLISECONDS);
          assertThat(future.get()).isEqualTo("value");
          assertThat(clock.times.get(0) - start)
              .isGreaterThanOrEqualTo(MILLISECONDS.toNanos(SHORT));
          ScheduledFuture<?> run = executor.schedule((Runnable) clock, SHORT, MILLISECONDS);
          assertThat((Object) run.get(LONG, MILLISECONDS)).isNull();
          assertThat(clock.runs()).isEqualTo(2);
          assertThat(run.isDone()).isTrue();
        });
  }

  @Test
  void shouldRunAtOnceWithoutDelay() throws Throwable {
    withScheduled(
        executor -> {
          for (long delay : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThat(executor.schedule(() -> "value", delay, MILLISECONDS).get())
                .isEqualTo("value");
          }
        });
  }

  @Test
  void shouldRunInTheOrderOfTheDelays() throws Throwable {
    withScheduled(
        executor -> {
          List<Integer> order = Collections.synchronizedList(new ArrayList<>());
          for (int delay : new int[] {3, 1, 2}) {
            executor.schedule(() -> order.add(delay), 5 * SHORT * delay, MILLISECONDS);
          }
          until(() -> order.size() == 3, "the last");
          assertThat(order).containsExactly(1, 2, 3);
        });
  }

  @Test
  void shouldTellTheTimeLeft() throws Throwable {
    withScheduled(
        executor -> {
          ScheduledFuture<?> near = executor.schedule(NOTHING, 1, HOURS);
          assertThat(near.isDone()).isFalse();
          ScheduledFuture<?> far = executor.schedule(NOTHING, 2, HOURS);
          long left = near.getDelay(NANOSECONDS);
          assertThat(left).isLessThanOrEqualTo(HOURS.toNanos(1)).isGreaterThan(0);
          assertThat(near.getDelay(TimeUnit.MINUTES)).isEqualTo(59);
          assertThrows(TimeoutException.class, () -> near.get(SHORT, MILLISECONDS));
          assertThat(near.getDelay(NANOSECONDS)).isLessThan(left);
          assertThat(near.compareTo(far)).isNegative();
          assertThat(far.compareTo(near)).isPositive();
          assertThat(near.compareTo(near)).isZero();
          ScheduledFuture<?> done = executor.schedule(NOTHING, 0, HOURS);
          done.get();
          assertThat(done.getDelay(NANOSECONDS)).isLessThanOrEqualTo(0);
        });
  }

  @Test
  void shouldNeverRunWhatWasCancelledInTime() throws Throwable {
    withScheduled(
        executor -> {
          Clock clock = new Clock();
          ScheduledFuture<?> future = executor.schedule((Runnable) clock, 5 * SHORT, MILLISECONDS);
          assertThat(future.cancel(false)).isTrue();
          assertThat(future.isCancelled()).isTrue();
          assertThrows(CancellationException.class, future::get);
          executor.schedule(NOTHING, 6 * SHORT, MILLISECONDS).get();
          assertThat(clock.runs()).isZero();
        });
  }

  @Test
  void shouldTellWhatAScheduledTaskThrew() throws Throwable {
    withScheduled(
        executor -> {
          IOException cause = new IOException();
          ScheduledFuture<String> future = executor.schedule(throwing(cause), 1, MILLISECONDS);
          assertThat(thrownBy(future::get)).isInstanceOf(ExecutionException.class).hasCause(cause);
          assertThat(executor.schedule(() -> "value", 1, MILLISECONDS).get()).isEqualTo("value");
        });
  }
}
