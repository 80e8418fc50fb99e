package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import io.gevent4j.lock.Semaphore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Several tasks, of which the first one that succeeds counts; the others are then cancelled. */
final class First<T> {
  private final Hub home;
  private final List<Job<T>> jobs = new ArrayList<>();
  private final ConcurrentLinkedQueue<Job<T>> ended = new ConcurrentLinkedQueue<>();
  private final Semaphore arrivals = new Semaphore(0);

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
      arrivals.release();
    }
  }

  /** Waits as long as it takes. */
  T get(Executor executor) throws InterruptedException, ExecutionException {
    Hub waiting = Waits.begin(home);
    try {
      return get(executor, arrivals::acquireInterruptibly);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    } finally {
      Waits.end(waiting);
    }
  }

  T get(Executor executor, long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    long end = System.nanoTime() + nanos;
    return get(
        executor,
        () -> {
          if (!arrivals.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("none has succeeded in time");
          }
        });
  }

  private interface Wait {
    void await() throws InterruptedException, TimeoutException;
  }

  private T get(Executor executor, Wait wait)
      throws InterruptedException, ExecutionException, TimeoutException {
    ExecutionException failure = null;
    try {
      jobs.forEach(executor::execute);
      for (int left = jobs.size(); left > 0; left--) {
        wait.await();
        try {
          return ended.poll().outcome();
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
