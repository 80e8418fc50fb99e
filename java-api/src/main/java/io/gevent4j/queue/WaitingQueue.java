package io.gevent4j.queue;

import io.gevent4j.waiting.Interrupts;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * All the ways in which one puts and gets, gevent's and the JDK's, out of two.
 *
 * <p>The methods of {@link BlockingQueue} that wait throw InterruptedException, {@link #put}
 * without declaring it; gevent's, {@link #get} and {@link #put(Object, Duration)}, wait on.
 */
abstract class WaitingQueue<E> extends AbstractQueue<E> implements BlockingQueue<E> {
  /** Returns whether it could, within so many ns (negative: as long as it takes). */
  abstract boolean put(E item, long nanos, boolean interruptibly);

  /** Returns null if there was nothing within so many ns (negative: as long as it takes). */
  abstract E get(long nanos, boolean interruptibly);

  /** As {@link #poll}, but throws what {@link #get} would. */
  E pollOrThrow() {
    return poll();
  }

  /** For messages. */
  abstract String name();

  // ---- putting ----

  private boolean putItem(E item, long nanos, boolean interruptibly) {
    return put(Objects.requireNonNull(item, "item"), nanos, interruptibly);
  }

  /**
   * Puts an item in; waits until that can be. Throws InterruptedException, which is declared only
   * by {@link BlockingQueue#put}, when the thread is interrupted before or meanwhile.
   *
   * @throws ShutDown if it is, or gets, shut down
   */
  @Override
  public void put(E item) {
    Interrupts.requireNone();
    putItem(item, Waiting.FOREVER, true);
  }

  /**
   * As {@link #put(Object)}, for at most so long, and not interruptibly.
   *
   * @param timeout null: as long as it takes
   * @throws Full when the time is up
   * @throws IllegalArgumentException if the timeout is negative
   */
  public void put(E item, Duration timeout) {
    if (!putItem(item, Timeouts.requireNanos(timeout), false)) {
      throw new Full("cannot put within " + timeout + ": " + name());
    }
  }

  /** As {@link #put(Object, Duration)}, in seconds. */
  public void put(E item, double seconds) {
    put(item, Timeouts.requireSeconds(seconds));
  }

  /**
   * Puts an item in, if that can be at once. gevent: {@code put_nowait}.
   *
   * @throws Full if it can't
   */
  public void putNowait(E item) {
    if (!offer(item)) {
      throw new Full("cannot put at once: " + name());
    }
  }

  /** As {@link #putNowait}. */
  @Override
  public boolean add(E item) {
    putNowait(item);
    return true;
  }

  @Override
  public boolean offer(E item, long timeout, TimeUnit unit) throws InterruptedException {
    Interrupts.requireNone();
    long nanos = unit.toNanos(timeout);
    return nanos > 0 ? putItem(item, nanos, true) : offer(item);
  }

  // ---- getting ----

  /**
   * Takes the first item out; waits until there is one.
   *
   * @throws ShutDown if it is empty and is, or gets, shut down
   */
  public E get() {
    return get(Waiting.FOREVER, false);
  }

  /**
   * As {@link #get()}, for at most so long.
   *
   * @param timeout null: as long as it takes
   * @throws Empty when the time is up
   * @throws IllegalArgumentException if the timeout is negative
   */
  public E get(Duration timeout) {
    return require(get(Timeouts.requireNanos(timeout), false), timeout);
  }

  /** As {@link #get(Duration)}, in seconds. */
  public E get(double seconds) {
    return get(Timeouts.requireSeconds(seconds));
  }

  /**
   * Takes the first item out, if there is one. gevent: {@code get_nowait}.
   *
   * @throws Empty if there is none
   */
  public E getNowait() {
    return require(pollOrThrow(), Duration.ZERO);
  }

  /** As {@link #getNowait}. */
  @Override
  public E remove() {
    return getNowait();
  }

  @Override
  public E take() throws InterruptedException {
    Interrupts.requireNone();
    return get(Waiting.FOREVER, true);
  }

  @Override
  public E poll(long timeout, TimeUnit unit) throws InterruptedException {
    Interrupts.requireNone();
    long nanos = unit.toNanos(timeout);
    return nanos > 0 ? get(nanos, true) : poll();
  }

  final E require(E item, Duration timeout) {
    if (item == null) {
      String when = timeout.isZero() ? "at once" : "within " + timeout;
      throw new Empty("nothing to get " + when + ": " + name());
    }
    return item;
  }

  /** Gets items, waiting for each, until this one comes, which isn't given. */
  public Iterable<E> until(E sentinel) {
    Objects.requireNonNull(sentinel, "sentinel");
    return () -> new Until<>(this::get, sentinel);
  }

  // ---- all at once ----

  @Override
  public int drainTo(Collection<? super E> target) {
    return drainTo(target, Integer.MAX_VALUE);
  }

  @Override
  public int drainTo(Collection<? super E> target, int most) {
    Objects.requireNonNull(target, "target");
    if (target == this) {
      throw new IllegalArgumentException("a queue can't be drained to itself: " + name());
    }
    int count = 0;
    for (; count < most; count++) {
      E item = poll();
      if (item == null) {
        break;
      }
      target.add(item);
    }
    return count;
  }
}
