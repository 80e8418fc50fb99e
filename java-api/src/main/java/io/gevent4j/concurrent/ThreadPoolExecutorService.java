package io.gevent4j.concurrent;

import io.gevent4j.Gevent;
import io.gevent4j.threadpool.ThreadPool;
import java.util.Objects;

/**
 * Runs tasks in the threads of a {@link ThreadPool}.
 *
 * <p>{@code execute} and {@code submit} never wait: what no thread is free for waits in a line. A
 * future that {@code submit} returns is a {@link io.gevent4j.Linkable}, so that {@link
 * io.gevent4j.Gevent#waitAll} takes it, and the hub isn't idle while it is under way. Cancelling it
 * with {@code true}, and {@link #shutdownNow}, interrupt threads. What a submitted task throws is
 * told by its future only; of one given to {@code execute}, it goes to the hub's error handler.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub.
 *
 * <p>gevent: {@code gevent.threadpool.ThreadPoolExecutor}, whose {@code submit} may wait.
 */
public final class ThreadPoolExecutorService extends CrewExecutorService {
  private final ThreadPool pool;
  private final boolean own;

  /**
   * With so many threads at most, of a pool in the calling thread's hub that ends with this.
   *
   * @throws IllegalArgumentException unless the number is positive
   */
  public ThreadPoolExecutorService(int maxSize) {
    this(newPool(maxSize), true);
  }

  /** With the threads of a pool, which goes on when this is shut down. */
  public ThreadPoolExecutorService(ThreadPool pool) {
    this(pool, false);
  }

  private ThreadPoolExecutorService(ThreadPool pool, boolean own) {
    super(Objects.requireNonNull(pool, "pool").hub(), Integer.MAX_VALUE);
    this.pool = pool;
    this.own = own;
  }

  private static ThreadPool newPool(int maxSize) {
    if (maxSize <= 0) {
      throw new IllegalArgumentException("nothing can be done by " + maxSize + " threads");
    }
    return new ThreadPool(maxSize);
  }

  /** Whose threads run the tasks. */
  public ThreadPool pool() {
    return pool;
  }

  @Override
  void start(Crew.Turn turn) {
    pool.execute(
        () -> {
          try {
            turn.run();
          } finally {
            turn.over(null);
          }
        });
  }

  @Override
  void terminating() {
    if (own && !hub.isClosed()) {
      hub.runInHub(() -> Gevent.spawnRaw(pool::kill));
    }
  }
}
