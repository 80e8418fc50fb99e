package io.gevent4j.waiting;

import io.gevent4j.greenlet.Scheduler;
import java.util.concurrent.locks.LockSupport;

/**
 * The place of one greenlet, or of one thread that isn't a hub's, for one wait.
 *
 * <p>gevent: {@code Waiter}, in the lists of links, putters and getters.
 */
public final class Waiting extends Place implements Runnable {
  /** As long as it takes. */
  public static final long FOREVER = -1;

  private Scheduler hub; // null: a thread that parks
  private long ticket; // of the greenlet
  private Thread thread;
  private boolean waits; // for its own hub
  private boolean early; // it was told by its own greenlet, before it waited
  private boolean granted;
  private Object item;

  Waiting() {}

  /** For the calling greenlet of this hub; null: for the calling thread. */
  void begin(Scheduler hub) {
    this.hub = hub;
    if (hub == null) {
      thread = Thread.currentThread();
    } else {
      ticket = hub.ticket();
    }
  }

  /** As {@link #begin}, for one who is plainly here, if it was used there before. */
  boolean beginAgain(Scheduler hub) {
    if (this.hub != hub || !hub.isInstalled()) {
      return false;
    }
    ticket = hub.plainTicket();
    return true;
  }

  /** For another wait. */
  void renew() {
    granted = false;
    if (item != null) {
      item = null;
    }
    notified = false;
  }

  /**
   * Inside: what it waits for is its own, and it needn't look. Returns false if it was so before.
   */
  public boolean grant() {
    boolean before = granted;
    granted = true;
    return !before;
  }

  /** Inside: whether it was. */
  public boolean isGranted() {
    return granted;
  }

  /** Inside: larger for those who came later. */
  public long position() {
    return position;
  }

  /** Inside: what it brings, or is given. */
  public void setItem(Object item) {
    this.item = item;
  }

  /** Inside: what was set. */
  public Object item() {
    return item;
  }

  @Override
  boolean claims() {
    return true;
  }

  @Override
  boolean call(boolean next) {
    if (hub == null || hub.isHere()) {
      callHere(next);
    } else {
      hub.runInHub(this); // if there is none any more, who waits is about to leave
    }
    return true;
  }

  /** As {@link #call}, for one of the calling hub, or of none. */
  void callHere(boolean next) {
    if (waits) {
      hub.post(ticket, next);
    } else {
      callEarly();
    }
  }

  private void callEarly() {
    if (hub == null) {
      LockSupport.unpark(thread);
    } else {
      early = true;
    }
  }

  /** In its hub: another thread has called. */
  @Override
  public void run() {
    if (waits) {
      hub.makeReady(ticket);
    }
  }

  /**
   * Suspends the caller until it is notified. Outside the guard.
   *
   * @param nanos at most; negative: as long as it takes
   * @param interruptibly whether it throws InterruptedException, which the caller is to declare,
   *     when the calling thread gets interrupted
   * @return whether it was notified
   */
  public boolean await(long nanos, boolean interruptibly) {
    if (nanos >= 0 || hub == null || isNotified()) {
      return awaitOtherwise(nanos, interruptibly);
    }
    waits = true;
    try {
      do {
        hub.switchOutForAnybody(interruptibly);
        if (interruptibly && !isNotified() && Thread.interrupted()) {
          throw Interrupts.interrupted();
        }
      } while (!isNotified());
      return true;
    } finally {
      waits = false;
    }
  }

  private boolean awaitOtherwise(long nanos, boolean interruptibly) {
    if (isNotified()) {
      if (early) {
        early = false;
        hub.switchOutReady(); // its turn comes after those who are ready
      }
      return true;
    }
    if (hub == null) {
      return park(nanos, interruptibly);
    }
    waits = true;
    try {
      return awaitInHub(nanos, interruptibly);
    } finally {
      waits = false;
    }
  }

  private boolean awaitInHub(long nanos, boolean interruptibly) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left >= 0; left = end - System.nanoTime()) {
      hub.switchOutForAnybody(left, interruptibly);
      if (isNotified()) {
        return true;
      }
      if (interruptibly && Thread.interrupted()) {
        throw Interrupts.interrupted();
      }
    }
    return false;
  }

  private boolean park(long nanos, boolean interruptibly) {
    boolean interrupted = false;
    long end = nanos < 0 ? 0 : System.nanoTime() + nanos;
    for (long left = nanos;
        !isNotified() && (nanos < 0 || left > 0);
        left = end - System.nanoTime()) {
      parkOnce(nanos < 0 ? FOREVER : left);
      if (!isNotified() && Thread.interrupted()) { // or it would not park again
        if (interruptibly) {
          throw Interrupts.interrupted();
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return isNotified();
  }

  private void parkOnce(long nanos) {
    if (nanos < 0) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
