package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What an {@link ExecutorService} promises for several tasks at once. */
abstract class ExecutorServiceContract extends ShutdownContract {
  ExecutorServiceContract(World world) {
    super(world);
  }

  @Test
  void shouldRefuseNullsAmongTheTasks() throws Throwable {
    List<Callable<String>> fine = List.of(() -> "value");
    List<Callable<String>> withNull = Arrays.asList(() -> "value", null);
    withExecutor(
        executor ->
            assertThrows(
                NullPointerException.class,
                () -> executor.invokeAll(null),
                () -> executor.invokeAll(withNull),
                () -> executor.invokeAll(null, LONG, MILLISECONDS),
                () -> executor.invokeAll(withNull, LONG, MILLISECONDS),
                () -> executor.invokeAll(fine, LONG, null),
                () -> executor.invokeAny(null),
                () -> executor.invokeAny(Collections.singletonList(null)),
                () -> executor.invokeAny(null, LONG, MILLISECONDS),
                () -> executor.invokeAny(fine, LONG, null)));
  }

  // ---- all ----

  @Test
  void shouldInvokeAllInOrder() throws Throwable {
    withExecutor(
        executor -> {
          IOException cause = new IOException();
          List<Callable<String>> tasks =
              List.of(
                  () -> {
                    world.pause();
                    return "slow";
                  },
                  () -> "fast",
                  throwing(cause));
          for (boolean timed : new boolean[] {false, true}) {
            List<Future<String>> futures =
                timed ? executor.invokeAll(tasks, LONG, MILLISECONDS) : executor.invokeAll(tasks);
            assertThat(futures).hasSize(3).allMatch(Future::isDone).noneMatch(Future::isCancelled);
            assertThat(futures.get(0).get()).isEqualTo("slow");
            assertThat(futures.get(1).get()).isEqualTo("fast");
            assertThat(thrownBy(futures.get(2)::get)).hasCause(cause);
          }
          List<Callable<String>> none = List.of();
          assertThat(executor.invokeAll(none)).isEmpty();
          assertThat(executor.invokeAll(none, LONG, MILLISECONDS)).isEmpty();
        });
  }

  @Test
  void shouldInvokeMoreThanRunAtTheSameTime() throws Throwable {
    withLimited(
        1,
        executor -> {
          List<Callable<Integer>> tasks = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            int number = i;
            tasks.add(() -> number);
          }
          int expected = 0;
          for (Future<Integer> future : executor.invokeAll(tasks)) {
            assertThat(future.get()).isEqualTo(expected++);
          }
        });
  }

  @Test
  void shouldCancelThoseThatHaveNotEndedInTime() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper sleeper = new Sleeper();
          List<Callable<String>> tasks = List.of(() -> "fast", sleeper);
          List<Future<String>> futures =
              takes(10 * SHORT, () -> executor.invokeAll(tasks, 10 * SHORT, MILLISECONDS));
          assertThat(futures.get(0).get()).isEqualTo("fast");
          assertThat(futures.get(1).isDone()).isTrue();
          assertThat(futures.get(1).isCancelled()).isTrue();
          sleeper.untilStopped();
        });
  }

  @Test
  void shouldCancelAllWhoeverInvokesThemIsInterrupted() throws Throwable {
    withExecutor(
        executor -> {
          for (boolean timed : new boolean[] {false, true}) {
            Sleeper sleeper = new Sleeper();
            List<Callable<String>> tasks = List.of(() -> "fast", sleeper);
            Task<Void> invoker =
                spawn(
                    () -> {
                      if (timed) {
                        executor.invokeAll(tasks, LONG, MILLISECONDS);
                      } else {
                        executor.invokeAll(tasks);
                      }
                    });
            sleeper.untilStarted();
            world.untilWaiting(invoker);
            invoker.interrupt();
            assertInterrupted(invoker);
            sleeper.untilStopped();
          }
        });
  }

  // ---- any ----

  @Test
  void shouldRefuseToInvokeAnyOfNone() throws Throwable {
    List<Callable<String>> none = List.of();
    withExecutor(
        executor ->
            assertThrows(
                IllegalArgumentException.class,
                () -> executor.invokeAny(none),
                () -> executor.invokeAny(none, LONG, MILLISECONDS)));
  }

  @Test
  void shouldGiveTheValueOfOneThatSucceeds() throws Throwable {
    withExecutor(
        executor -> {
          List<Callable<String>> tasks =
              List.of(throwing(new IOException()), () -> "value", throwing(new AssertionError()));
          assertThat(executor.invokeAny(tasks)).isEqualTo("value");
          assertThat(executor.invokeAny(tasks, LONG, MILLISECONDS)).isEqualTo("value");
        });
  }

  @Test
  void shouldStopTheOthersWhenOneHasSucceeded() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper sleeper = new Sleeper();
          Callable<String> fast =
              () -> {
                sleeper.untilStarted();
                return "fast";
              };
          assertThat(executor.invokeAny(List.of(sleeper, fast))).isEqualTo("fast");
          sleeper.untilStopped();
        });
  }

  @Test
  void shouldThrowWhenNoneSucceeds() throws Throwable {
    withExecutor(
        executor -> {
          IOException cause = new IOException();
          List<Callable<String>> tasks = List.of(throwing(cause), throwing(cause));
          for (Throwable thrown :
              List.of(
                  thrownBy(() -> executor.invokeAny(tasks)),
                  thrownBy(() -> executor.invokeAny(tasks, LONG, MILLISECONDS)))) {
            assertThat(thrown).isInstanceOf(ExecutionException.class).hasCause(cause);
          }
        });
  }

  @Test
  void shouldThrowWhenNoneHasEndedInTime() throws Throwable {
    withExecutor(
        executor -> {
          Sleeper sleeper = new Sleeper();
          List<Callable<String>> tasks = List.of(sleeper);
          Throwable thrown =
              takes(
                  10 * SHORT,
                  () -> thrownBy(() -> executor.invokeAny(tasks, 10 * SHORT, MILLISECONDS)));
          assertThat(thrown).isInstanceOf(TimeoutException.class);
          if (sleeper.started.get()) {
            sleeper.untilStopped();
          }
        });
  }
}
