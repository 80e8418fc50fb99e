package io.gevent4j.waiting;

import io.gevent4j.greenlet.Fence;
import io.gevent4j.greenlet.Scheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one greenlet or thread at a time change something. The greenlets of the hub in which it was
 * made take turns anyway, so that for them it costs two plain stores, until somebody else wants in
 * for the first time; from then on there is a lock.
 *
 * <p>The two sides meet as in Dekker's algorithm, the hub's over a {@link Fence} that costs it
 * nothing.
 *
 * <p>Nobody waits, switches or calls foreign code between {@link #enter} and {@link #leave}.
 */
public final class Guard {
  private static final VarHandle INSIDE;
  private static final VarHandle SHARED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      INSIDE = lookup.findVarHandle(Guard.class, "inside", boolean.class);
      SHARED = lookup.findVarHandle(Guard.class, "shared", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Scheduler home; // whose greenlets need no lock; null: nobody's
  private boolean inside; // one of them
  private boolean shared; // there is a lock, which all need
  private ReentrantLock lock; // written before shared

  /** Free of charge for the calling thread's hub, if it has one. */
  public Guard() {
    home = Fence.LIGHT ? Scheduler.here() : null;
    if (home == null) {
      lock = new ReentrantLock();
      shared = true;
    }
  }

  /**
   * Waits until nobody else is inside. To be followed by a try whose finally leaves.
   *
   * @return what {@link #leave} wants to know
   */
  public boolean enter() {
    if (!(boolean) SHARED.getOpaque(this) && home.isHere()) {
      INSIDE.setOpaque(this, true);
      if (!(boolean) SHARED.getOpaque(this)) {
        return true;
      }
      INSIDE.setRelease(this, false);
    }
    lock();
    return false;
  }

  /** Lets others in. */
  public void leave(boolean free) {
    if (free) {
      INSIDE.setRelease(this, false);
    } else {
      lock.unlock();
    }
  }

  /** Inside: whether only the greenlets of {@link #home} have ever been. */
  public boolean isFree() {
    return !shared;
  }

  private void lock() {
    if (!(boolean) SHARED.getAcquire(this)) {
      share();
    }
    lock.lock();
  }

  private synchronized void share() {
    if (!shared) {
      lock = new ReentrantLock();
      SHARED.setVolatile(this, true);
      Fence.heavy();
      while ((boolean) INSIDE.getAcquire(this)) {
        Thread.yield();
      }
    }
  }
}
