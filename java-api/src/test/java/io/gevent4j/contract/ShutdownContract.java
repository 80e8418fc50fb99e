package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What an {@link ExecutorService} promises about its end. */
abstract class ShutdownContract extends SubmitContract {
  ShutdownContract(World world) {
    super(world);
  }

  // ---- shutting down ----

  @Test
  void shouldEndWhatItHasAndRefuseWhatComes() throws Throwable {
    withLimited(
        1,
        executor -> {
          assertThat(executor.isShutdown()).isFalse();
          assertThat(executor.isTerminated()).isFalse();
          Sleeper sleeper = occupy(executor);
          AtomicInteger runs = new AtomicInteger();
          Future<String> queued = executor.submit(() -> "queued");
          executor.execute(runs::incrementAndGet);
          executor.shutdown();
          executor.shutdown();
          assertThat(executor.isShutdown()).isTrue();
          assertThat(executor.isTerminated()).isFalse();
          assertThrows(
              RejectedExecutionException.class,
              () -> executor.execute(runs::incrementAndGet),
              () -> executor.submit((Runnable) runs::incrementAndGet),
              () -> executor.submit(() -> "late"),
              () -> executor.submit(runs::incrementAndGet, "late"),
              () -> executor.invokeAll(List.of(() -> "late")),
              () -> executor.invokeAny(List.of(() -> "late")));
          assertThrows(NullPointerException.class, () -> executor.execute(null));
          assertThat(takes(SHORT, () -> executor.awaitTermination(SHORT, MILLISECONDS))).isFalse();
          sleeper.gate.open();
          assertThat(queued.get()).isEqualTo("queued");
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(executor.isTerminated()).isTrue();
          assertThat(executor.awaitTermination(0, MILLISECONDS)).isTrue();
          assertThat(runs.get()).isEqualTo(1);
        });
  }

  @Test
  void shouldTerminateAtOnceWhenIdle() throws Throwable {
    for (boolean used : new boolean[] {false, true}) {
      withExecutor(
          executor -> {
            if (used) {
              executor.submit(() -> "value").get();
            }
            assertThat(executor.awaitTermination(0, MILLISECONDS)).isFalse();
            assertThat(executor.awaitTermination(-1, MILLISECONDS)).isFalse();
            executor.shutdown();
            assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
            assertThat(executor.isTerminated()).isTrue();
            assertThat(executor.shutdownNow()).isEmpty();
          });
    }
  }

  @Test
  void shouldGiveBackWhatItHasNotStarted() throws Throwable {
    withLimited(
        1,
        executor -> {
          Sleeper sleeper = occupy(executor);
          AtomicInteger runs = new AtomicInteger();
          executor.execute(runs::incrementAndGet);
          executor.submit(runs::incrementAndGet);
          Future<String> queued = executor.submit(() -> "queued");
          assertThat(executor.shutdownNow()).hasSize(3).doesNotContainNull();
          assertThat(executor.isShutdown()).isTrue();
          sleeper.untilStopped();
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(executor.isTerminated()).isTrue();
          assertThat(runs.get()).isZero();
          assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
          assertThat(queued.cancel(true) || queued.isDone()).as("nobody need wait").isTrue();
        });
  }

  @Test
  void shouldStopAllThatRun() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper submitted = occupy(executor);
          Sleeper other = occupy(executor);
          assertThat(executor.shutdownNow()).isEmpty();
          submitted.untilStopped();
          other.untilStopped();
          assertThat(executor.awaitTermination(LONG, MILLISECONDS)).isTrue();
          assertThat(executor.shutdownNow()).isEmpty();
        });
  }

  @Test
  void shouldWakeThoseThatAwaitItsEnd() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper sleeper = occupy(executor);
          Task<Boolean> waiter =
              spawnWaiting(() -> executor.awaitTermination(Long.MAX_VALUE, TimeUnit.SECONDS));
          Task<Boolean> other = spawnWaiting(() -> executor.awaitTermination(LONG, MILLISECONDS));
          executor.shutdown();
          assertWaits(waiter);
          sleeper.gate.open();
          assertThat(join(waiter)).isTrue();
          assertThat(join(other)).isTrue();
        });
  }

  @Test
  void shouldStopAwaitingWhenInterrupted() throws Throwable {
    withExecutor(
        executor -> {
          assertRefusesInterrupted(() -> executor.awaitTermination(LONG, MILLISECONDS));
          assertStopsInterrupted(() -> executor.awaitTermination(LONG, MILLISECONDS));
          assertThat(executor.isShutdown()).isFalse();
        });
  }

  /** Since Java 19. */
  @Test
  void shouldWaitForItsTasksWhenClosed() throws Throwable {
    withExecutor(
        executor -> {
          assumeTrue(AutoCloseable.class.isInstance(executor), "executors have no close before 19");
          Sleeper sleeper = occupy(executor);
          Task<Void> closer = spawnWaiting(() -> AutoCloseable.class.cast(executor).close());
          assertThat(executor.isShutdown()).isTrue();
          sleeper.gate.open();
          join(closer);
          assertThat(executor.isTerminated()).isTrue();
          assertThat(sleeper.ended.get()).as("what stopped the task").isNull();
        });
  }
}
