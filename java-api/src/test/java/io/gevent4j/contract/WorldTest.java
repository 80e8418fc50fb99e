package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** What the contracts share: each test runs in a world of its own, and starts its tasks there. */
@ExtendWith(WorldTest.InWorld.class)
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
abstract class WorldTest {
  /** Milliseconds that are never waited for to their end. */
  static final long LONG = 30_000;

  /** Milliseconds that are waited for to their end. */
  static final long SHORT = 12;

  /** No event takes so long, not even on a busy machine. */
  private static final long LIMIT = SECONDS.toNanos(10);

  final World world;

  WorldTest(World world) {
    this.world = world;
  }

  static final class InWorld implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
        Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
        throws Throwable {
      ((WorldTest) context.getRequiredTestInstance()).world.run(test::proceed);
    }

    @Override
    public void interceptTestTemplateMethod(
        Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
        throws Throwable {
      interceptTestMethod(test, method, context);
    }
  }

  // ---- tasks ----

  final <T> Task<T> spawn(Callable<T> call) {
    Task<T> task = new Task<>(call);
    world.start(task);
    return task;
  }

  final Task<Void> spawn(World.Body body) {
    return spawn(callable(body));
  }

  /** Has begun, and waits, when this returns. */
  final <T> Task<T> spawnWaiting(Callable<T> call) throws Exception {
    Task<T> task = spawn(call);
    world.untilWaiting(task);
    return task;
  }

  final Task<Void> spawnWaiting(World.Body body) throws Exception {
    return spawnWaiting(callable(body));
  }

  private static Callable<Void> callable(World.Body body) {
    return () -> {
      try {
        body.run();
      } catch (Exception | Error thrown) {
        throw thrown;
      } catch (Throwable thrown) {
        throw new AssertionError(thrown);
      }
      return null;
    };
  }

  /** Waits for its end. Returns its value, or fails with what it threw. */
  final <T> T join(Task<T> task) throws Exception {
    untilDone(task);
    if (task.thrown() != null) {
      throw new AssertionError(task.toString(), task.thrown());
    }
    return task.value();
  }

  /** Of all of them, in their order. */
  final <T> List<T> joinAll(List<Task<T>> tasks) throws Exception {
    List<T> values = new ArrayList<>();
    for (Task<T> task : tasks) {
      values.add(join(task));
    }
    return values;
  }

  final void untilDone(Task<?> task) throws Exception {
    until(task::isDone, "the end of the task");
  }

  /** Waits until the condition holds. */
  final void until(BooleanSupplier condition, String what) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LIMIT) {
        throw new AssertionError("has not come: " + what);
      }
      world.pause();
    }
  }

  /** Still waits, although others have had their chance to run. */
  final void assertWaits(Task<?> task) throws Exception {
    world.untilWaiting(task);
    assertThat(task.isDone()).as("%s has ended", task).isFalse();
  }

  /** Something to wait for in any world. */
  final class Gate {
    private volatile boolean open;

    void open() {
      open = true;
    }

    void await() throws InterruptedException {
      until(() -> open, "the opening of the gate");
    }
  }

  // ---- interruption ----

  /** Runs it with the interrupt status set: throws InterruptedException, and takes it back. */
  final void assertRefusesInterrupted(World.Body body) throws Exception {
    assertInterrupted(
        spawn(
            () -> {
              Thread.currentThread().interrupt();
              body.run();
            }));
  }

  /** Interrupts it while it waits: throws InterruptedException, and takes the status back. */
  final void assertStopsInterrupted(World.Body body) throws Exception {
    Task<?> task = spawnWaiting(body);
    task.interrupt();
    assertInterrupted(task);
  }

  /** Ended, or will, by an InterruptedException. */
  final void assertInterrupted(Task<?> task) throws Exception {
    untilDone(task);
    assertThat(task.thrown()).as("%s", task).isInstanceOf(InterruptedException.class);
    assertThat(task.wasLeftInterrupted()).as("the status is still set").isFalse();
  }

  // ---- time ----

  /** Takes no less than so many milliseconds, and not absurdly longer. */
  static <T> T takes(long millis, Callable<T> call) throws Exception {
    long start = System.nanoTime();
    T value = call.call();
    long nanos = System.nanoTime() - start;
    assertThat(nanos).isBetween(MILLISECONDS.toNanos(millis), LIMIT);
    return value;
  }

  // ---- failures ----

  /** What the body throws, or null. */
  static Throwable thrownBy(World.Body body) {
    try {
      body.run();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  static void assertThrows(Class<? extends Throwable> type, World.Body... bodies) {
    for (int i = 0; i < bodies.length; i++) {
      assertThat(thrownBy(bodies[i])).as("the call number %d", i + 1).isInstanceOf(type);
    }
  }
}
