package io.gevent4j.waiting;

import io.gevent4j.greenlet.Fence;
import io.gevent4j.greenlet.Scheduler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one greenlet or thread at a time change something. The greenlets of one hub, that in which
 * it was made, or else the first that uses it, take turns anyway, so that for them it costs two
 * plain stores, until somebody else wants in; from then on there is a lock.
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

  private final ReentrantLock lock = new ReentrantLock();
  private Scheduler home; // whose greenlets need no lock; null: nobody's yet
  private boolean inside; // one of them
  private boolean shared = true; // all need the lock

  /** For the first hub that comes; if the calling thread has one, that's the one. */
  public Guard() {
    Scheduler here = Fence.LIGHT ? Scheduler.here() : null;
    if (here != null) {
      home = here;
      shared = false;
    }
  }

  /** The hub that it is free for, or was until others came; null if there is none yet. Inside. */
  Scheduler home() {
    return home;
  }

  /**
   * Waits until nobody else is inside. To be followed by a try whose finally leaves.
   *
   * @return what {@link #leave} wants to know
   */
  public boolean enter() {
    if (!(boolean) SHARED.getAcquire(this) && home.isPlainlyHere()) {
      INSIDE.setOpaque(this, true);
      if (!(boolean) SHARED.getOpaque(this)) {
        return true;
      }
      INSIDE.setRelease(this, false);
    }
    return enterSlowly();
  }

  private boolean enterSlowly() {
    if (!(boolean) SHARED.getAcquire(this) && !home.isPlainlyHere() && home.settleHere()) {
      return enter();
    }
    lock.lock();
    if (home == null && adopt()) {
      lock.unlock();
      return true;
    }
    if (!shared) {
      share();
    }
    return false;
  }

  /** With the lock, behind which all others wait: for the first hub that comes it is free. */
  private boolean adopt() {
    Scheduler here = Fence.LIGHT ? Scheduler.here() : null;
    if (here == null || !here.isHere()) {
      return false;
    }
    home = here;
    inside = true;
    SHARED.setVolatile(this, false);
    return true;
  }

  /** With the lock: from now on all need it. Returns when nobody is inside without. */
  private void share() {
    SHARED.setVolatile(this, true);
    Fence.heavy();
    while ((boolean) INSIDE.getAcquire(this)) {
      Thread.yield();
    }
  }

  /** Lets others in. */
  public void leave(boolean free) {
    if (free) {
      INSIDE.setRelease(this, false);
    } else {
      leaveLocked();
    }
  }

  private void leaveLocked() {
    lock.unlock();
  }

  /** Inside: whether no other thread than those of {@link #home} can have a part in it. */
  public boolean isFree() {
    return !shared;
  }
}
