package io.gevent4j.resolver;

import io.gevent4j.Config;
import io.gevent4j.Hub;
import io.gevent4j.Waiter;
import io.gevent4j.threadpool.ThreadPool;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Has threads of its own ask the C library. Its answers are the system's, and as many lookups are
 * under way at once as there are threads; the others wait for one of them. What the hosts file has
 * needs no thread: where {@code /etc/nsswitch.conf} names that file first, the C library is asked
 * at once.
 *
 * <p>The threads are made when they are needed, and end after 5 s without a lookup. A lookup that
 * nobody waits for any more keeps its thread until the C library has given up.
 *
 * <p><b>Thread rule:</b> any thread; elsewhere than in its hub it blocks the caller. {@link #close}
 * is for the hub's greenlets.
 *
 * <p>gevent: {@code gevent.resolver.thread.Resolver}, which shares the threads of the hub's pool.
 */
public final class ThreadResolver extends SystemResolver {
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Hub hub = Hub.get();
  private final Runnable closer = this::hubClosed;
  private final ThreadPool pool;
  private final Set<Waiter<Answer>> waiting = new HashSet<>();
  private volatile boolean closed;

  /** In the calling thread's hub, with as many threads as {@link Config#RESOLVER_THREADS} says. */
  public ThreadResolver() {
    this(Config.RESOLVER_THREADS.value());
  }

  /**
   * In the calling thread's hub.
   *
   * @param threads how many there may be
   * @throws IllegalArgumentException if there could be none
   */
  public ThreadResolver(int threads) {
    this(threads, HostsFile.SYSTEM);
  }

  ThreadResolver(int threads, HostsFile hosts) {
    super(hosts);
    if (threads < 1) {
      throw new IllegalArgumentException("cannot look up names with " + threads + " threads");
    }
    this.pool = new ThreadPool(threads, IDLE);
    hub.onClose(closer);
  }

  @Override
  void requireUsable(String operation) {
    if (closed) {
      throw new IllegalStateException("cannot " + operation + ": closed: " + this);
    }
  }

  @Override
  Answer ask(Supplier<Answer> call) {
    if (!hub.isHere()) {
      return call.get();
    }
    Waiter<Answer> waiter = new Waiter<>();
    waiting.add(waiter);
    try {
      pool.execute(() -> work(call, waiter));
      return waiter.get();
    } finally {
      waiting.remove(waiter);
    }
  }

  /** In a thread of the pool. Whoever has waited may have gone. */
  private void work(Supplier<Answer> call, Waiter<Answer> waiter) {
    if (closed) {
      return;
    }
    try {
      Answer answer = call.get();
      hub.runInHub(() -> waiter.switchTo(answer));
    } catch (Throwable thrown) { // most likely there is no memory
      hub.runInHub(() -> waiter.throwInto(thrown));
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (!hub.isHere()) {
      throw new IllegalStateException("only the thread of its hub can close " + this);
    }
    closed = true;
    hub.forgetOnClose(closer);
    for (Waiter<Answer> waiter : waiting) {
      waiter.switchTo(Answer.closed());
    }
    pool.setMaxSize(0); // doesn't wait for those that are at it
  }

  /** Those who waited have been told by the hub. */
  private void hubClosed() {
    closed = true;
  }

  @Override
  public String toString() {
    return "ThreadResolver@"
        + Integer.toHexString(hashCode())
        + "["
        + (closed ? "closed" : pool.maxSize() + " threads")
        + ", "
        + hub.name()
        + "]";
  }
}
