package io.gevent4j.pool;

import io.gevent4j.Greenlet;
import io.gevent4j.Linkable;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.lock.DummySemaphore;
import io.gevent4j.lock.Semaphore;
import java.time.Duration;

/**
 * A group of limited size: who wants to {@link #spawn}, {@link #start} or {@link #add} where no
 * slot is free waits for one, and those who wait have their turn in their order. A slot becomes
 * free one turn of the loop after its greenlet has ended.
 *
 * <p>gevent: {@code gevent.pool.Pool}.
 */
public class Pool extends Group {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final int maxSize;
  private final Semaphore slots;

  /** Of any number of greenlets. gevent: {@code Pool()}. */
  public Pool() {
    maxSize = UNLIMITED;
    slots = new DummySemaphore();
  }

  /**
   * Of at most so many greenlets. With 0 {@link #spawn} waits for ever.
   *
   * @throws IllegalArgumentException if that is negative
   */
  public Pool(int maxSize) {
    if (maxSize < 0) {
      throw new IllegalArgumentException("a pool can't have " + maxSize + " slots");
    }
    this.maxSize = maxSize;
    this.slots = new Semaphore(maxSize);
  }

  /** How many greenlets there can be; {@link Integer#MAX_VALUE}: any number. */
  public int maxSize() {
    return maxSize;
  }

  /** How many more there can be; at least 1 if their number isn't limited. */
  public int freeCount() {
    return maxSize == UNLIMITED ? 1 : Math.max(0, maxSize - size());
  }

  /**
   * What is ready while a slot is free: who is linked to it is told of the next one. gevent: {@code
   * pool._semaphore}.
   */
  public Linkable slots() {
    return slots;
  }

  @Override
  public boolean full() {
    return freeCount() == 0;
  }

  /**
   * Waits until a slot is free, and leaves it so. gevent: {@code wait_available}.
   *
   * @param timeout null: as long as it takes
   * @return how many are free, at least; 0 when the time is up
   */
  @Override
  public int waitAvailable(Duration timeout) {
    return slots.await(timeout);
  }

  /** As {@link #start(Greenlet, boolean, Duration)}, for as long as it takes. */
  @Override
  public void start(Greenlet<?> greenlet) {
    start(greenlet, true, null);
  }

  /** Makes this greenlet, which isn't started, a member as {@link #add} does, and starts it. */
  public void start(Greenlet<?> greenlet, boolean block, Duration timeout) {
    add(greenlet, block, timeout);
    startMember(greenlet);
  }

  /** As {@link #add(RawGreenlet, boolean, Duration)}, for as long as it takes. */
  @Override
  public void add(RawGreenlet greenlet) {
    add(greenlet, true, null);
  }

  /**
   * Makes this greenlet a member, as soon as a slot is free; one that is started may be over by
   * then. Harmless if it is a member.
   *
   * @param block whether to wait for a slot
   * @param timeout for how long; null: as long as it takes
   * @throws PoolFull if there is no slot, or none within this time
   * @throws IllegalArgumentException if it is of another hub
   */
  public void add(RawGreenlet greenlet, boolean block, Duration timeout) {
    requireOurs(greenlet);
    if (contains(greenlet)) {
      return;
    }
    if (!(block ? slots.acquire(timeout) : slots.tryAcquire())) {
      throw new PoolFull(this);
    }
    boolean inserted = false;
    try {
      inserted = insert(greenlet);
    } finally {
      if (!inserted) {
        slots.release();
      }
    }
  }

  @Override
  boolean remove(RawGreenlet greenlet) {
    boolean removed = super.remove(greenlet);
    if (removed) {
      slots.release();
    }
    return removed;
  }
}
