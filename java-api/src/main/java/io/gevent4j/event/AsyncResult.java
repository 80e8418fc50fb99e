package io.gevent4j.event;

import io.gevent4j.Greenlet;
import io.gevent4j.Linkable;
import io.gevent4j.waiting.Interrupts;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A value, or an exception, that is set once and waited for by any number of greenlets and threads.
 * A second set replaces the first. As a link it takes over how a greenlet has ended: {@code
 * greenlet.link(result)}.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub. A wait, in a hub, does not count as one
 * for ever while the program has other threads, for they might set it.
 *
 * <p>gevent: {@code gevent.event.AsyncResult}.
 */
public final class AsyncResult<T> extends Signal implements Future<T>, Consumer<Linkable> {
  private T value;
  private Throwable exception; // a Cancelled: it was cancelled

  /** Not set. */
  public AsyncResult() {}

  /** One that gets the outcome of a stage. */
  public static <T> AsyncResult<T> of(CompletionStage<? extends T> stage) {
    AsyncResult<T> result = new AsyncResult<>();
    stage.whenComplete((value, thrown) -> result.settle(value, asHere(unwrapped(thrown))));
    return result;
  }

  /** To a stage, who throws a CancellationException is cancelled. */
  private static Throwable asHere(Throwable thrown) {
    return thrown instanceof CancellationException ? new Cancelled(thrown) : thrown;
  }

  /** As {@link CompletableFuture#get} does it. */
  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : null;
    return cause == null ? thrown : cause;
  }

  /** A future that gets the outcome of this. Cancelling it does nothing to this. */
  public CompletableFuture<T> toCompletableFuture() {
    CompletableFuture<T> future = new CompletableFuture<>();
    if (ready()) { // at once: the caller may be about to block its hub
      complete(future);
    } else {
      rawLink(ready -> complete(future));
    }
    return future;
  }

  private void complete(CompletableFuture<T> future) {
    if (exception() != null) {
      future.completeExceptionally(exception());
    } else if (isCancelled()) {
      future.cancel(false);
    } else {
      future.complete(value());
    }
  }

  /** Tells a result that was cancelled from one whose exception happens to be of this class. */
  private static final class Cancelled extends CancellationException {
    private static final long serialVersionUID = 1L;

    Cancelled(Throwable cause) {
      initCause(cause);
    }
  }

  private static CancellationException cancelled(Throwable cause) {
    CancellationException cancelled =
        new CancellationException(cause == null ? null : cause.getMessage());
    cancelled.initCause(cause);
    return cancelled;
  }

  // ---- setting ----

  /** Sets the value, and lets all who wait go on. Does nothing if it was cancelled. */
  public void set(T value) {
    settle(value, null);
  }

  /**
   * Has all who {@link #get} it throw this, in an ExecutionException. gevent: {@code
   * set_exception}.
   */
  public void setException(Throwable exception) {
    settle(null, Objects.requireNonNull(exception, "exception"));
  }

  private boolean settle(T newValue, Throwable newException) {
    boolean free = guard.enter();
    try {
      if (exception instanceof Cancelled) {
        return false;
      }
      value = newValue;
      exception = newException;
      announce();
      return true;
    } finally {
      guard.leave(free);
    }
  }

  /** Takes over the outcome of something that is ready; of what has none, null. */
  @Override
  @SuppressWarnings("unchecked")
  public void accept(Linkable source) {
    if (source instanceof Greenlet) {
      Greenlet<T> greenlet = (Greenlet<T>) source;
      settle(
          greenlet.value(),
          greenlet.exit() != null ? new Cancelled(greenlet.exit()) : greenlet.exception());
    } else if (source instanceof AsyncResult) {
      AsyncResult<T> other = (AsyncResult<T>) source;
      settle(other.value(), other.isCancelled() ? new Cancelled(null) : other.exception());
    } else {
      settle(null, null);
    }
  }

  /**
   * As {@link Future} has it; there is nothing that could be interrupted.
   *
   * @return false if it was set or cancelled before
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean free = guard.enter();
    try {
      if (isReady()) {
        return false;
      }
      exception = new Cancelled(null);
      announce();
      return true;
    } finally {
      guard.leave(free);
    }
  }

  // ---- asking ----

  /** The value; null if it isn't set, or is an exception. */
  public T value() {
    boolean free = guard.enter();
    try {
      return value;
    } finally {
      guard.leave(free);
    }
  }

  /** The exception; null if it isn't set, or is a value, or was cancelled. */
  public Throwable exception() {
    Throwable set = anyException();
    return set instanceof Cancelled ? null : set;
  }

  private Throwable anyException() {
    boolean free = guard.enter();
    try {
      return exception;
    } finally {
      guard.leave(free);
    }
  }

  /** Whether a value is set. */
  public boolean successful() {
    boolean free = guard.enter();
    try {
      return isReady() && exception == null;
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public boolean isDone() {
    return ready();
  }

  @Override
  public boolean isCancelled() {
    return anyException() instanceof Cancelled;
  }

  // ---- waiting ----

  /**
   * Waits until it is set.
   *
   * @return the value
   * @throws ExecutionException with the exception that was set as its cause
   * @throws CancellationException if it was cancelled
   */
  @Override
  public T get() throws InterruptedException, ExecutionException {
    Interrupts.requireNone();
    if (!ready()) {
      awaitReady(Waiting.FOREVER, true);
    }
    return outcome();
  }

  /**
   * As {@link #get()}, for at most so long.
   *
   * @param timeout null: as long as it takes
   */
  public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
    return get(Timeouts.nanos(timeout));
  }

  /** As {@link #get(Duration)}, in seconds. */
  public T get(double seconds) throws InterruptedException, ExecutionException, TimeoutException {
    return get(Seconds.nanos(seconds));
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return get(Math.max(unit.toNanos(timeout), 0));
  }

  private T get(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
    Interrupts.requireNone();
    if (!ready() && !awaitReady(nanos, true)) {
      throw new TimeoutException("not set within " + nanos / 1e9 + " s: " + this);
    }
    return outcome();
  }

  /** As {@link #get()}, without waiting. gevent: {@code get_nowait}. */
  public T getNowait() throws ExecutionException, TimeoutException {
    if (!ready()) {
      throw new TimeoutException("not set: " + this);
    }
    return outcome();
  }

  /** Waits until it is set. Returns the value, or null for an exception. gevent: {@code wait}. */
  public T await() {
    awaitReady(Waiting.FOREVER, false);
    return value();
  }

  /** As {@link #await()}, for at most so long (null: as long as it takes); then null. */
  public T await(Duration timeout) {
    awaitReady(Timeouts.nanos(timeout), false);
    return value();
  }

  /** As {@link #await(Duration)}, in seconds. */
  public T await(double seconds) {
    awaitReady(Seconds.nanos(seconds), false);
    return value();
  }

  private T outcome() throws ExecutionException {
    boolean free = guard.enter();
    try {
      if (exception == null) {
        return value;
      }
      if (exception instanceof Cancelled) {
        throw cancelled(exception.getCause());
      }
      throw new ExecutionException(exception);
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public String toString() {
    return describe(
        !ready()
            ? "not set"
            : isCancelled() ? "cancelled" : successful() ? "" + value() : "" + exception());
  }
}
