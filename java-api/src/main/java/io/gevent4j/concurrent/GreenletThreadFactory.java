package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes Thread objects that are greenlets of a hub, as far as that goes: see {@link
 * GreenletAsThread}. For code that starts a thread for each thing to do. The JDK's thread pools are
 * of no use with it, for their threads wait for tasks in ways that stop the whole hub: {@link
 * GreenletExecutorService} is there instead.
 *
 * <p><b>Thread rule:</b> any thread.
 */
public final class GreenletThreadFactory implements ThreadFactory {
  private final Hub hub;
  private final String prefix;
  private final AtomicInteger number = new AtomicInteger();

  /** In the calling thread's hub. */
  public GreenletThreadFactory() {
    this(Hub.get());
  }

  /** In this hub. */
  public GreenletThreadFactory(Hub hub) {
    this(hub, "greenlet-thread-");
  }

  /** In this hub, with names that begin so and end with a number. */
  public GreenletThreadFactory(Hub hub, String prefix) {
    this.hub = Objects.requireNonNull(hub, "hub");
    this.prefix = Objects.requireNonNull(prefix, "prefix");
  }

  @Override
  public GreenletAsThread newThread(Runnable run) {
    return new GreenletAsThread(
        hub, Objects.requireNonNull(run, "run"), prefix + number.incrementAndGet());
  }
}
