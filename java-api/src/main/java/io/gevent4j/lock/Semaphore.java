package io.gevent4j.lock;

import io.gevent4j.event.AbstractLinkable;
import io.gevent4j.waiting.Interrupts;
import io.gevent4j.waiting.Place;
import io.gevent4j.waiting.Relay;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Turnstile;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * A counter that is taken from and given back to; who finds it at zero waits. Nobody owns what was
 * taken: any greenlet or thread may give it back.
 *
 * <p>Those who wait have their turn in their order. Within one hub a greenlet that finds the
 * counter free takes it even if others wait: one that gives back and takes again without a switch
 * between starves them, as in gevent. As soon as one of another hub, or a plain thread, waits, what
 * is given back goes to the first in the line, so that nobody starves.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub. A wait, in a hub, does not count as one
 * for ever while the program has other threads, for they might give back.
 *
 * <p>gevent: {@code gevent.lock.Semaphore}.
 */
public class Semaphore extends AbstractLinkable {
  private final Turnstile turnstile = new Turns();
  private final Relay relay = new Relay();
  private int counter;

  /** That one can take. */
  public Semaphore() {
    this(1);
  }

  /**
   * That so many can take.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Semaphore(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("a semaphore can't begin at " + value);
    }
    this.counter = value;
  }

  @Override
  protected final boolean isReady() {
    return counter > 0;
  }

  // ---- taking ----

  /** Takes one; waits until there is one. */
  public void acquire() {
    acquire(Waiting.FOREVER, false);
  }

  /**
   * As {@link #acquire()}, for at most so long.
   *
   * @param timeout null: as long as it takes. Zero: others have their turn.
   * @return false when the time is up
   */
  public boolean acquire(Duration timeout) {
    return acquire(Timeouts.nanos(timeout), false);
  }

  /** As {@link #acquire(Duration)}, in seconds. */
  public boolean acquire(double seconds) {
    return acquire(Seconds.nanos(seconds), false);
  }

  /** As {@link #acquire()}, unless the calling thread is, or gets, interrupted. */
  public void acquireInterruptibly() throws InterruptedException {
    tryAcquire(Waiting.FOREVER);
  }

  /** Takes one if there is one. gevent: {@code acquire(blocking=False)}. */
  public boolean tryAcquire() {
    boolean free = guard.enter();
    try {
      return takeOne();
    } finally {
      guard.leave(free);
    }
  }

  /** As {@link java.util.concurrent.Semaphore#tryAcquire(long, TimeUnit)}. */
  public boolean tryAcquire(long timeout, TimeUnit unit) throws InterruptedException {
    long nanos = unit.toNanos(timeout);
    if (nanos > 0) {
      return tryAcquire(nanos);
    }
    Interrupts.requireNone();
    return tryAcquire();
  }

  private boolean tryAcquire(long nanos) throws InterruptedException {
    Interrupts.requireNone();
    return acquire(nanos, true);
  }

  private boolean takeOne() {
    if (counter == 0) {
      return false;
    }
    counter--;
    return true;
  }

  private boolean acquire(long nanos, boolean interruptibly) {
    Waiting waiting;
    boolean free = guard.enter();
    try {
      if (takeOne()) {
        return true;
      }
      waiting = line.join();
    } finally {
      guard.leave(free);
    }
    return turnstile.await(waiting, nanos, interruptibly) != null;
  }

  private final class Turns extends Turnstile {
    Turns() {
      super(guard, line);
    }

    @Override
    protected Object pass(Waiting waiting) {
      return waiting.isGranted() || takeOne() ? waiting : null;
    }

    @Override
    protected void left() {
      serve(false);
    }

    @Override
    protected void giveBack(Waiting waiting) {
      counter++;
    }
  }

  // ---- giving back ----

  /** Gives one back, or adds one. */
  public void release() {
    boolean free = guard.enter();
    try {
      requireTaken(counter);
      counter++;
      serve(true);
    } finally {
      guard.leave(free);
    }
  }

  /** Throws if one more can't be given back. */
  void requireTaken(int counter) {
    if (counter == Integer.MAX_VALUE) {
      throw new IllegalStateException("released too often: " + name());
    }
  }

  /**
   * Tells who can have one. Within one hub they tell each other.
   *
   * @param begin whether it is nobody who was told himself
   */
  private void serve(boolean begin) {
    if (!guard.isFree() && (line.hasForeign() || !line.isHome())) {
      grant();
    } else {
      while (counter > 0 && line.claims() == 0 && (begin ? relay.start(line) : relay.next(line))) {}
    }
  }

  /** Where not all are of one hub, each gets one of his own. */
  private void grant() {
    Place next;
    for (Place place = line.first(); place != null && counter > 0; place = next) {
      next = line.after(place);
      if (!(place instanceof Waiting)) {
        line.notify(place, false);
      } else if (((Waiting) place).grant()) {
        counter--;
        line.notify(place, false);
      }
    }
  }

  // ---- asking ----

  /** How many can be taken now. gevent: {@code counter}. */
  public int counter() {
    boolean free = guard.enter();
    try {
      return counter;
    } finally {
      guard.leave(free);
    }
  }

  /** Whether none can be taken now. */
  public boolean locked() {
    return counter() == 0;
  }

  /**
   * Waits until one could be taken, and doesn't. Returns the {@link #counter}. gevent: {@code
   * wait}.
   */
  public int await() {
    return await(null);
  }

  /** As {@link #await()}, for at most so long (null: as long as it takes); then 0. */
  public int await(Duration timeout) {
    return acquire(timeout) ? releaseAndCount() : 0;
  }

  private int releaseAndCount() {
    boolean free = guard.enter();
    try {
      counter++;
      serve(true);
      return counter;
    } finally {
      guard.leave(free);
    }
  }

  /** A lock without an owner: whoever unlocks it gives one back. It has no conditions. */
  public Lock asLock() {
    return new SemaphoreLock(this);
  }

  @Override
  public String toString() {
    return describe("counter " + counter());
  }
}
