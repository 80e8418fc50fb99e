package io.gevent4j.lock;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.greenlet.Scheduler;
import io.gevent4j.waiting.Interrupts;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Throwables;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * A lock that its owner, a greenlet or a thread without a hub, may take again, and has to give back
 * as often.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub; those who wait have their turn as
 * {@link Semaphore} says.
 *
 * <p>gevent: {@code gevent.lock.RLock}.
 */
public final class RLock implements Lock {
  private final Semaphore block = new Semaphore();
  private volatile Object owner; // a greenlet, or a thread for those without, and for main
  private int count; // the owner's

  /** Nobody's. */
  public RLock() {}

  private static Object caller() {
    RawGreenlet current = RawGreenlet.getCurrentIfAny();
    return current == null ? Thread.currentThread() : current;
  }

  // ---- taking ----

  /** Takes it; waits until it is nobody's. gevent: {@code acquire}. */
  @Override
  public void lock() {
    Object caller = caller();
    if (owner != caller) {
      block.acquire();
    }
    own(caller);
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    Object caller = caller();
    if (owner != caller) {
      block.acquireInterruptibly();
    } else {
      Interrupts.requireNone();
    }
    own(caller);
  }

  @Override
  public boolean tryLock() {
    Object caller = caller();
    return (owner == caller || block.tryAcquire()) && own(caller);
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    Interrupts.requireNone();
    Object caller = caller();
    return (owner == caller || block.tryAcquire(time, unit)) && own(caller);
  }

  /**
   * As {@link #lock}, for at most so long. gevent: {@code acquire(timeout=)}.
   *
   * @param timeout null: as long as it takes
   * @return false when the time is up
   */
  public boolean tryLock(Duration timeout) {
    Object caller = caller();
    return (owner == caller || block.acquire(timeout)) && own(caller);
  }

  /** As {@link #tryLock(Duration)}, in seconds. */
  public boolean tryLock(double seconds) {
    return tryLock(Seconds.of(seconds));
  }

  private boolean own(Object caller) {
    if (count == Integer.MAX_VALUE) {
      throw new IllegalStateException("taken too often: " + this);
    }
    owner = caller;
    count++;
    return true;
  }

  // ---- giving back ----

  /**
   * Gives it back once. gevent: {@code release}.
   *
   * @throws IllegalMonitorStateException unless it is the caller's
   */
  @Override
  public void unlock() {
    requireOwned();
    if (--count == 0) {
      owner = null;
      block.release();
    }
  }

  void requireOwned() {
    if (owner != caller()) {
      throw new IllegalMonitorStateException("not the caller's: " + this);
    }
  }

  /** Gives it back altogether. Returns what {@link #takeAll} wants to know. */
  int releaseAll() {
    int taken = count;
    count = 0;
    owner = null;
    block.release();
    return taken;
  }

  /**
   * Whatever is thrown meanwhile is thrown once the lock is the caller's, if it can be so still.
   */
  void takeAll(int taken) {
    Throwable thrown = null;
    for (boolean acquired = false; !acquired; ) {
      try {
        block.acquire();
        acquired = true;
      } catch (Throwable t) {
        Scheduler here = Scheduler.here();
        if (here == null || !here.isOpen()) {
          throw t;
        }
        thrown = thrown == null ? t : thrown;
      }
    }
    owner = caller();
    count = taken;
    if (thrown != null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
  }

  // ---- asking ----

  /** Whether it is somebody's. */
  public boolean isLocked() {
    return owner != null;
  }

  /** Whether it is the calling greenlet's or thread's. */
  public boolean isHeldByCaller() {
    return owner == caller();
  }

  @Override
  public Condition newCondition() {
    return new Condition(this);
  }

  @Override
  public String toString() {
    Object whose = owner;
    return "RLock@"
        + Integer.toHexString(hashCode())
        + (whose == null ? "[nobody's]" : "[taken " + count + " times by " + whose + "]");
  }
}
