package io.gevent4j.threadpool;

import io.gevent4j.event.Event;
import io.gevent4j.waiting.Seconds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads of a pool: a {@link ThreadPoolExecutor} that is told, with each task, how many
 * threads are of use. So a task goes to a thread that is idle, if there is one, and to a new one
 * only if all are busy.
 *
 * <p><b>Thread rule:</b> any thread; none of this waits.
 */
final class Workers {
  private static final AtomicInteger POOLS = new AtomicInteger();

  private final ThreadPoolExecutor executor;
  private final long keepAlive; // ns
  private final Consumer<Task> starting; // told of each task that the threads are given
  private final Consumer<Task> refused; // and of one that they then couldn't take
  private final ArrayDeque<Task> held = new ArrayDeque<>(); // while there may be no thread at all
  private final Event idle = new Event(); // nothing is unfinished
  private final Event ended = new Event(); // set when a thread has ended
  private int limit; // no more threads than that
  private int unfinished;

  /**
   * No threads yet, and a limit of 0.
   *
   * @param idle after which time without a task a thread ends; null: never
   */
  Workers(Duration idle, Consumer<Task> starting, Consumer<Task> refused) {
    this.keepAlive = idle == null ? Long.MAX_VALUE : Math.max(Seconds.nanos(idle), 1);
    this.starting = starting;
    this.refused = refused;
    this.idle.set();
    String prefix = "threadpool-" + POOLS.incrementAndGet() + "-";
    AtomicInteger threads = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            0,
            1,
            keepAlive,
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            run -> new Worker(prefix + threads.incrementAndGet(), run, ended::set));
    executor.allowCoreThreadTimeOut(idle != null);
  }

  // ---- tasks ----

  /**
   * Has a thread run it, some time.
   *
   * @throws RejectedExecutionException after {@link #shutDown}
   */
  synchronized void execute(Task task) {
    if (executor.isShutdown()) {
      throw new RejectedExecutionException("its hub is closed: " + task);
    }
    if (unfinished++ == 0) {
      idle.clear();
    }
    try {
      if (limit == 0) {
        held.add(task);
      } else {
        start(task);
      }
    } catch (Throwable thrown) {
      finished();
      throw thrown;
    }
  }

  private void start(Task task) {
    useThreads();
    starting.accept(task);
    try {
      executor.execute(task);
    } catch (Throwable thrown) { // there is no thread to be had
      refused.accept(task);
      throw thrown;
    }
  }

  /** The executor makes no more threads than are of use, and all that are. */
  private void useThreads() {
    executor.setCorePoolSize(Math.min(limit, Math.max(executor.getPoolSize(), unfinished)));
  }

  /** One that was executed has come to an end. */
  synchronized void finished() {
    if (--unfinished == 0) {
      idle.set();
    }
  }

  synchronized int unfinished() {
    return unfinished;
  }

  /** Is set while nothing is unfinished. */
  Event idle() {
    return idle;
  }

  // ---- threads ----

  /** How many there are. */
  int size() {
    return executor.getPoolSize();
  }

  /** Is set when a thread has ended, and cleared by whoever waits for it. */
  Event ended() {
    return ended;
  }

  /** From now on there are no more than so many; those that are too many end when they are idle. */
  synchronized void setLimit(int limit) {
    this.limit = limit;
    executor.setCorePoolSize(Math.min(executor.getCorePoolSize(), limit));
    executor.setMaximumPoolSize(Math.max(limit, 1));
    executor.setKeepAliveTime(limit == 0 ? 1 : keepAlive, TimeUnit.NANOSECONDS);
    if (limit > 0 && !executor.isShutdown()) {
      useThreads();
      while (!held.isEmpty()) {
        start(held.poll());
      }
    }
  }

  /** Makes threads, until there are so many. */
  synchronized void grow(int size) {
    executor.setCorePoolSize(size);
    executor.prestartAllCoreThreads();
  }

  /** Threads end when nothing is left to be done. Returns those that no thread has been given. */
  synchronized List<Task> shutDown() {
    executor.shutdown();
    List<Task> left = new ArrayList<>(held);
    held.clear();
    return left;
  }
}
