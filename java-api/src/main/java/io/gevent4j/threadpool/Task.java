package io.gevent4j.threadpool;

/**
 * Something for a thread of a pool to do, once; afterwards the pool's hub hears of it.
 *
 * <p>gevent: {@code gevent.threadpool.ThreadResult}.
 */
abstract class Task implements Runnable {
  private final ThreadPool pool;
  private volatile boolean done;

  Task(ThreadPool pool) {
    this.pool = pool;
  }

  /** In a thread of the pool. */
  @Override
  public final void run() {
    try {
      work();
    } finally {
      done = true;
      pool.arrive(this);
    }
  }

  /** Whether the work is done. */
  final boolean isDone() {
    return done;
  }

  /** Whether it has one of the places that {@link ThreadPool#spawn} waits for. */
  abstract boolean hasPlace();

  /** In a thread of the pool. It must not throw. */
  abstract void work();

  /** In the hub; or anywhere, if that is closed: the work is done, or never will be. */
  abstract void deliver();
}
