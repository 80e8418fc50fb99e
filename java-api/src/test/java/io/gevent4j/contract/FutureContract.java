package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a {@link Future} promises to those who ask, once and while it is being completed. */
abstract class FutureContract extends WorldTest {
  FutureContract(World world) {
    super(world);
  }

  /** A future, and the other end of it. */
  interface Promise {
    Future<String> future();

    void complete(String value);

    void fail(Throwable thrown);
  }

  abstract Promise promise();

  private static List<Callable<String>> gets(Future<String> future) {
    return List.of(
        future::get,
        () -> future.get(LONG, MILLISECONDS),
        () -> future.get(Long.MAX_VALUE, MILLISECONDS));
  }

  /** For a future that may have to be told so by its hub first. */
  private void untilDone(Future<?> future) throws Exception {
    until(future::isDone, "the end of the future");
  }

  private static void assertEnded(Future<?> future, boolean cancelled) {
    assertThat(future.isDone()).isTrue();
    assertThat(future.isCancelled()).isEqualTo(cancelled);
  }

  // ---- pending ----

  @Test
  void shouldNotBeDoneAtFirst() throws Exception {
    Future<String> future = promise().future();
    assertThat(future.isDone()).isFalse();
    assertThat(future.isCancelled()).isFalse();
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThrows(TimeoutException.class, () -> future.get(time, MILLISECONDS));
    }
    takes(
        SHORT,
        () -> {
          assertThrows(TimeoutException.class, () -> future.get(SHORT, MILLISECONDS));
          return null;
        });
    assertThrows(NullPointerException.class, () -> future.get(1, null));
    assertThat(future.isDone()).isFalse();
  }

  // ---- ended ----

  @Test
  void shouldGiveItsValue() throws Exception {
    for (String value : new String[] {"value", null}) {
      Promise promise = promise();
      promise.complete(value);
      untilDone(promise.future());
      assertEnded(promise.future(), false);
      for (Callable<String> get : gets(promise.future())) {
        assertThat(get.call()).isEqualTo(value);
      }
      assertThat(promise.future().get(0, MILLISECONDS)).isEqualTo(value);
      assertThat(promise.future().get(-1, MILLISECONDS)).isEqualTo(value);
    }
  }

  @Test
  void shouldWrapWhatFailedIt() throws Exception {
    for (Throwable cause : new Throwable[] {new IOException("a"), new AssertionError("b")}) {
      Promise promise = promise();
      promise.fail(cause);
      untilDone(promise.future());
      assertEnded(promise.future(), false);
      for (Callable<String> get : gets(promise.future())) {
        Throwable thrown = thrownBy(get::call);
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        assertThat(thrown.getCause()).isSameAs(cause);
      }
      assertThrows(ExecutionException.class, () -> promise.future().get(0, MILLISECONDS));
    }
  }

  @Test
  void shouldTellThatItWasCancelled() throws Exception {
    for (boolean interrupt : new boolean[] {false, true}) {
      Promise promise = promise();
      Future<String> future = promise.future();
      assertThat(future.cancel(interrupt)).isTrue();
      untilDone(future);
      assertEnded(future, true);
      for (Callable<String> get : gets(future)) {
        assertThrows(CancellationException.class, get::call);
      }
      assertThrows(CancellationException.class, () -> future.get(0, MILLISECONDS));
      future.cancel(interrupt);
      assertEnded(future, true);
    }
  }

  @Test
  void shouldStayCancelledWhateverComesLater() throws Exception {
    Promise promise = promise();
    assertThat(promise.future().cancel(true)).isTrue();
    thrownBy(() -> promise.complete("late")); // may or may not be refused
    thrownBy(() -> promise.fail(new IOException("late")));
    untilDone(promise.future());
    assertEnded(promise.future(), true);
    assertThrows(CancellationException.class, () -> promise.future().get());
  }

  @Test
  void shouldNotBeCancelledWhenItHasEnded() throws Exception {
    Promise completed = promise();
    completed.complete("value");
    untilDone(completed.future());
    assertThat(completed.future().cancel(true)).isFalse();
    assertThat(completed.future().cancel(false)).isFalse();
    assertEnded(completed.future(), false);
    assertThat(completed.future().get()).isEqualTo("value");
    Promise failed = promise();
    failed.fail(new IOException());
    untilDone(failed.future());
    assertThat(failed.future().cancel(true)).isFalse();
    assertEnded(failed.future(), false);
    assertThrows(ExecutionException.class, () -> failed.future().get());
  }

  // ---- waiting ----

  @Test
  void shouldGiveItsValueToAllWhoWait() throws Exception {
    Promise promise = promise();
    List<Task<String>> waiters = new ArrayList<>();
    for (Callable<String> get : gets(promise.future())) {
      waiters.add(spawnWaiting(get));
      waiters.add(spawnWaiting(get));
    }
    promise.complete("value");
    assertThat(joinAll(waiters)).containsOnly("value");
  }

  @Test
  void shouldTellAllWhoWaitWhatFailedIt() throws Exception {
    Promise promise = promise();
    List<Task<String>> waiters = new ArrayList<>();
    for (Callable<String> get : gets(promise.future())) {
      waiters.add(spawnWaiting(get));
    }
    IOException cause = new IOException("of the test");
    promise.fail(cause);
    for (Task<String> waiter : waiters) {
      untilDone(waiter);
      assertThat(waiter.thrown()).isInstanceOf(ExecutionException.class);
      assertThat(waiter.thrown().getCause()).isSameAs(cause);
    }
  }

  @Test
  void shouldTellAllWhoWaitThatItWasCancelled() throws Exception {
    Promise promise = promise();
    List<Task<String>> waiters = new ArrayList<>();
    for (Callable<String> get : gets(promise.future())) {
      waiters.add(spawnWaiting(get));
    }
    promise.future().cancel(true);
    for (Task<String> waiter : waiters) {
      untilDone(waiter);
      assertThat(waiter.thrown()).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void shouldServeTheOthersWhenTheTimeOfOneIsUp() throws Exception {
    Promise promise = promise();
    Task<String> tired = spawn(() -> promise.future().get(SHORT, MILLISECONDS));
    Task<String> waiter = spawnWaiting(() -> promise.future().get());
    untilDone(tired);
    assertThat(tired.thrown()).isInstanceOf(TimeoutException.class);
    promise.complete("value");
    assertThat(join(waiter)).isEqualTo("value");
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    Promise promise = promise();
    for (Callable<String> get : gets(promise.future())) {
      assertRefusesInterrupted(get::call);
    }
    assertThat(promise.future().isDone()).isFalse();
    promise.complete("value");
    assertThat(promise.future().get()).isEqualTo("value");
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    Promise promise = promise();
    for (Callable<String> get : gets(promise.future())) {
      assertStopsInterrupted(get::call);
    }
    assertThat(promise.future().isDone()).as("only the waiting has ended").isFalse();
    promise.complete("value");
    assertThat(promise.future().get()).isEqualTo("value");
  }
}
