package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the executors have in common: whoever waits here is a greenlet, or a thread, that lets the
 * others run.
 */
abstract class CrewExecutorService extends AbstractExecutorService implements AutoCloseable {
  final Hub hub;
  final Crew crew;

  CrewExecutorService(Hub hub, int limit) {
    this.hub = Objects.requireNonNull(hub, "hub");
    if (limit <= 0) {
      throw new IllegalArgumentException("nothing can be done by " + limit + " greenlets");
    }
    if (hub.isClosed()) {
      throw new IllegalStateException("closed: " + hub);
    }
    this.crew = new Crew(hub, limit, this::start, backlog(), this::terminating);
  }

  /** What the crew has to wait for besides its line. Called once, by the constructor. */
  Crew.Backlog backlog() {
    return Crew.NOTHING;
  }

  /** Has somebody do this. Any thread; must not wait. */
  abstract void start(Crew.Turn turn);

  /** It has terminated. Any thread; must not wait. */
  void terminating() {}

  /** Whose greenlets run the tasks, or wait for them. */
  public final Hub hub() {
    return hub;
  }

  @Override
  public void execute(Runnable command) {
    crew.execute(Objects.requireNonNull(command, "command"));
  }

  @Override
  protected final <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
    return new Job<>(hub, callable);
  }

  @Override
  protected final <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
    return new Job<>(hub, runnable, value);
  }

  @Override
  public final <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    return new First<T>(hub, tasks).get(this);
  }

  @Override
  public final <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return new First<T>(hub, tasks).get(this, unit.toNanos(timeout));
  }

  // ---- the end ----

  @Override
  public void shutdown() {
    crew.shutDown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    return crew.shutDownNow();
  }

  @Override
  public final boolean isShutdown() {
    return crew.isShutDown();
  }

  @Override
  public final boolean isTerminated() {
    return crew.isTerminated();
  }

  @Override
  public final boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return crew.awaitTermination(timeout, unit);
  }

  /** Shuts it down and waits for its tasks; when that is interrupted, stops them. */
  @Override
  public final void close() {
    shutdown();
    boolean interrupted = false;
    while (!isTerminated()) {
      try {
        awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
        shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "@"
        + Integer.toHexString(System.identityHashCode(this))
        + "["
        + hub.name()
        + (isTerminated() ? " terminated]" : isShutdown() ? " shut down]" : "]");
  }
}
