package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import io.gevent4j.Linkable;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.greenlet.GreenletExit;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What an executor was given, and what came of it: a FutureTask that greenlets can wait for.
 * Cancelled while it runs, the greenlet that runs it is killed, or the thread interrupted. One that
 * a {@link GreenletExit} ends counts as cancelled.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub.
 */
class Job<T> implements RunnableFuture<T>, Linkable {
  private final AsyncResult<T> outcome = new AsyncResult<>();
  private final Hub home; // which isn't idle while this is under way
  private Callable<T> call; // null once it runs, or was cancelled
  private Runner runner; // null unless it runs

  Job(Hub home, Callable<T> call) {
    this.home = home;
    this.call = Objects.requireNonNull(call, "call");
  }

  Job(Hub home, Runnable run, T value) {
    this(home, Executors.callable(run, value));
  }

  // ---- running ----

  @Override
  public void run() {
    Callable<T> taken = begin(false);
    if (taken == null) {
      return;
    }
    T value = null;
    Throwable thrown = null;
    try {
      value = taken.call();
    } catch (Throwable t) {
      thrown = t;
    }
    end(true, value, thrown);
  }

  /**
   * For jobs that are run again and again.
   *
   * @return whether it may run once more: it was neither cancelled, nor did it throw
   */
  final boolean runAndReset() {
    Callable<T> taken = begin(true);
    if (taken == null) {
      return false;
    }
    Throwable thrown = null;
    try {
      taken.call();
    } catch (Throwable t) {
      thrown = t;
    }
    return !end(thrown != null, null, thrown);
  }

  private synchronized Callable<T> begin(boolean keep) {
    if (runner != null || isDone()) {
      return null;
    }
    runner = Runner.here();
    Callable<T> taken = call;
    call = keep ? call : null;
    return taken;
  }

  /** Returns whether it is done. */
  private boolean end(boolean last, T value, Throwable thrown) {
    synchronized (this) {
      runner = null;
      if (!last || isDone()) {
        return isDone();
      }
      call = null;
      if (thrown == null) {
        outcome.set(value);
      } else if (thrown instanceof GreenletExit) {
        outcome.cancel(false);
      } else {
        outcome.setException(thrown);
      }
    }
    done();
    return true;
  }

  /** It won't run, because of this. */
  final void fail(Throwable thrown) {
    end(true, null, thrown);
  }

  /** It won't run any more. Called once, by whoever makes it so. */
  void done() {}

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    synchronized (this) {
      if (!outcome.cancel(false)) {
        return false;
      }
      call = null;
      if (runner != null && mayInterruptIfRunning) {
        runner.stop();
      }
    }
    done();
    return true;
  }

  // ---- asking ----

  @Override
  public boolean isDone() {
    return outcome.isDone();
  }

  @Override
  public boolean isCancelled() {
    return outcome.isCancelled();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    Hub waiting = Waits.begin(home);
    try {
      return outcome.get();
    } finally {
      Waits.end(waiting);
    }
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return outcome.get(timeout, unit);
  }

  /** Whether it has ended without an exception. */
  final boolean successful() {
    return outcome.successful();
  }

  /** What came of it, which is known. */
  final T outcome() throws ExecutionException {
    try {
      return outcome.getNowait();
    } catch (TimeoutException e) {
      throw new IllegalStateException("not ended: " + this, e);
    }
  }

  // ---- links ----

  @Override
  public boolean ready() {
    return isDone();
  }

  @Override
  public void rawLink(Consumer<? super Linkable> callback) {
    outcome.rawLink(new Relay(this, callback));
  }

  @Override
  public void unlink(Consumer<?> callback) {
    outcome.unlink(new Relay(this, callback));
  }

  /** Tells a callback of the job, where the outcome would tell it of itself. */
  private record Relay(Job<?> job, Consumer<?> callback) implements Consumer<Linkable> {
    @Override
    @SuppressWarnings("unchecked")
    public void accept(Linkable ignored) {
      ((Consumer<Linkable>) callback).accept(job);
    }
  }

  @Override
  public String toString() {
    String state =
        isCancelled() ? "cancelled" : successful() ? "done" : isDone() ? "failed" : "not done";
    return getClass().getSimpleName()
        + "@"
        + Integer.toHexString(System.identityHashCode(this))
        + "["
        + state
        + "]";
  }
}
