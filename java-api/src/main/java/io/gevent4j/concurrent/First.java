package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import io.gevent4j.queue.SimpleQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Several tasks, of which the first one that succeeds counts; the others are then cancelled. */
final class First<T> {
  private final Hub home;
  private final List<Job<T>> jobs = new ArrayList<>();
  private final SimpleQueue<Job<T>> ended = new SimpleQueue<>();

  First(Hub home, Collection<? extends Callable<T>> tasks) {
    this.home = home;
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("none of no tasks can succeed");
    }
    for (Callable<T> task : tasks) {
      jobs.add(new Racer(Objects.requireNonNull(task, "task")));
    }
  }

  private final class Racer extends Job<T> {
    Racer(Callable<T> call) {
      super(home, call);
    }

    @Override
    void done() {
      ended.add(this);
    }
  }

  /** Waits as long as it takes. */
  T get(Executor executor) throws InterruptedException, ExecutionException {
    Hub waiting = Waits.begin(home);
    try {
      return get(executor, Long.MAX_VALUE);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    } finally {
      Waits.end(waiting);
    }
  }

  T get(Executor executor, long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    long start = System.nanoTime();
    ExecutionException failure = null;
    try {
      jobs.forEach(executor::execute);
      for (int left = jobs.size(); left > 0; left--) {
        Job<T> job = ended.poll(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
        if (job == null) {
          throw new TimeoutException("none has succeeded in time");
        }
        try {
          return job.outcome();
        } catch (ExecutionException e) {
          failure = e;
        } catch (RuntimeException e) { // it was cancelled
          failure = new ExecutionException(e);
        }
      }
      throw failure;
    } finally {
      jobs.forEach(job -> job.cancel(true));
    }
  }
}
