package io.gevent4j.queue;

import io.gevent4j.waiting.Guard;
import io.gevent4j.waiting.Relay;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Turnstile;
import io.gevent4j.waiting.WaitLine;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;

/**
 * A queue between greenlets and threads, first in, first out; with a limit, or without.
 *
 * <p>Those who wait have their turn in their order, but who finds an item, or room, takes it at
 * once. Who is killed, interrupted or late loses nothing: his item, or his room, goes to the next.
 * What waits for nothing ({@link #offer}, {@link #poll}, {@link #putNowait}, {@link #getNowait})
 * can be used in callbacks of a hub.
 *
 * <p>The methods of {@link BlockingQueue} that wait throw InterruptedException, {@link #put}
 * without declaring it; gevent's, {@link #get} and {@link #put(Object, Duration)}, wait on.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub. A wait, in a hub, does not count as one
 * for ever while the program has other threads, for they might put or get.
 *
 * <p>gevent: {@code gevent.queue.SimpleQueue}.
 */
public class SimpleQueue<E> extends WaitingQueue<E> {
  private final java.util.Queue<E> items;
  private final int maxSize;
  private final Guard guard = new Guard();
  private final WaitLine getters = new WaitLine(guard);
  private final WaitLine putters = new WaitLine(guard);
  private final Relay relay = new Relay();
  private final Turnstile exit = new Exit();
  private final Turnstile entry = new Entry();
  private boolean shutDown;

  /** Without a limit. */
  public SimpleQueue() {
    this(Integer.MAX_VALUE);
  }

  /**
   * For at most so many items.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public SimpleQueue(int maxSize) {
    this(maxSize, new ArrayDeque<>());
  }

  /** For at most so many items, and with these to begin with. */
  public SimpleQueue(int maxSize, Collection<? extends E> items) {
    this(maxSize, new ArrayDeque<>());
    addAll(items);
  }

  /** Over a store that decides about the order; empty. */
  SimpleQueue(int maxSize, java.util.Queue<E> store) {
    if (maxSize <= 0) {
      throw new IllegalArgumentException("a queue can't be for " + maxSize + " items");
    }
    this.maxSize = maxSize;
    this.items = store;
  }

  // ---- what happens inside the guard ----

  private boolean putInside(E item) {
    requireOpen();
    if (items.size() >= maxSize) {
      return false;
    }
    items.add(item);
    added();
    begin();
    return true;
  }

  private E getInside() {
    E item = items.poll();
    if (item != null) {
      begin();
    } else if (shutDown) {
      throw shutDown();
    }
    return item;
  }

  private E peekInside() {
    E item = items.peek();
    if (item == null && shutDown) {
      throw shutDown();
    }
    return item;
  }

  /** Something was put in or taken out by somebody who didn't wait. */
  private void begin() {
    if (guard.isFree()) {
      tell(false, false);
    } else {
      tellAll();
    }
  }

  /** Somebody who waited has gone. */
  private void goOn(boolean gettersFirst) {
    if (guard.isFree()) {
      tell(true, gettersFirst);
    } else {
      tellAll();
    }
  }

  /** Within one hub: the next one, unless somebody is about to come, who will do so. */
  private void tell(boolean goesOn, boolean gettersFirst) {
    if (getters.claims() + putters.claims() > 0) {
      return;
    }
    boolean canPut = items.size() < maxSize && putters.waiting() > 0;
    boolean canGet = !items.isEmpty() && getters.waiting() > 0;
    if (canPut || canGet) {
      WaitLine line = canGet && (gettersFirst || !canPut) ? getters : putters;
      if (goesOn) {
        relay.next(line);
      } else {
        relay.start(line);
      }
    }
  }

  /** Among several hubs: as many as there is something for, since one may be long in coming. */
  private void tellAll() {
    while (getters.claims() < items.size() && getters.notifyOne(false)) {}
    while (putters.claims() < maxSize - items.size() && putters.notifyOne(false)) {}
  }

  private void requireOpen() {
    if (shutDown) {
      throw shutDown();
    }
  }

  private ShutDown shutDown() {
    return new ShutDown("shut down: " + name());
  }

  /** An item was put. */
  void added() {}

  /** Items were taken out by their owner, who will do nothing about them. */
  void dropped(int count) {}

  /** The guard of all of it. */
  final Guard guard() {
    return guard;
  }

  private final class Exit extends Turnstile {
    Exit() {
      super(guard, getters);
    }

    @Override
    protected Object pass(Waiting waiting) {
      return waiting.item() == PEEK ? peekInside() : getInside();
    }

    @Override
    protected void left() {
      goOn(false);
    }
  }

  private static final Object PEEK = new Object(); // the item of a getter who leaves it there

  private final class Entry extends Turnstile {
    Entry() {
      super(guard, putters);
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Object pass(Waiting waiting) {
      return putInside((E) waiting.item()) ? waiting : null;
    }

    @Override
    protected void left() {
      goOn(true);
    }
  }

  // ---- putting ----

  @Override
  boolean put(E item, long nanos, boolean interruptibly) {
    Waiting waiting;
    boolean free = guard.enter();
    try {
      waiting = putOrJoin(item);
    } finally {
      guard.leave(free);
    }
    return waiting == null || entry.await(waiting, nanos, interruptibly) != null;
  }

  @Override
  public boolean offer(E item) {
    Objects.requireNonNull(item, "item");
    boolean free = guard.enter();
    try {
      return putInside(item);
    } finally {
      guard.leave(free);
    }
  }

  /** Returns null if it could be put, else the place of who puts it. */
  private Waiting putOrJoin(E item) {
    if (putInside(item)) {
      return null;
    }
    Waiting waiting = putters.join();
    waiting.setItem(item);
    return waiting;
  }

  // ---- getting ----

  @SuppressWarnings("unchecked")
  private E get(boolean peek, long nanos, boolean interruptibly) {
    Waiting waiting;
    boolean free = guard.enter();
    try {
      E item = peek ? peekInside() : getInside();
      if (item != null) {
        return item;
      }
      waiting = getters.join();
      waiting.setItem(peek ? PEEK : null);
    } finally {
      guard.leave(free);
    }
    return (E) exit.await(waiting, nanos, interruptibly);
  }

  @Override
  E get(long nanos, boolean interruptibly) {
    return get(false, nanos, interruptibly);
  }

  @Override
  E pollOrThrow() {
    boolean free = guard.enter();
    try {
      return getInside();
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public E poll() {
    boolean free = guard.enter();
    try {
      return items.isEmpty() ? null : getInside();
    } finally {
      guard.leave(free);
    }
  }

  // ---- looking ----

  /** The first item, which stays; null if there is none. */
  @Override
  public E peek() {
    boolean free = guard.enter();
    try {
      return items.peek();
    } finally {
      guard.leave(free);
    }
  }

  /**
   * The first item, which stays; waits until there is one. gevent: {@code peek}.
   *
   * @param timeout null: as long as it takes
   * @throws Empty when the time is up
   */
  public E awaitPeek(Duration timeout) {
    return require(get(true, Timeouts.requireNanos(timeout), false), timeout);
  }

  /** As {@link #awaitPeek(Duration)}, for as long as it takes. */
  public E awaitPeek() {
    return awaitPeek(null);
  }

  /** The first item, which stays. gevent: {@code peek_nowait}. */
  public E peekNowait() {
    boolean free = guard.enter();
    try {
      return require(peekInside(), Duration.ZERO);
    } finally {
      guard.leave(free);
    }
  }

  /** As {@link #peekNowait}. */
  @Override
  public E element() {
    return peekNowait();
  }

  // ---- the end ----

  /**
   * Nothing can be put any more, and those who wait to do so get a {@link ShutDown}; so do those
   * who get, once it is empty.
   *
   * @param immediate whether to empty it now
   */
  void shutdown(boolean immediate) {
    boolean free = guard.enter();
    try {
      shutDown = true;
      if (immediate) {
        dropped(items.size());
        items.clear();
      }
      putters.notifyEach();
      getters.notifyEach(); // what is left is for the first of them, and nothing more comes
    } finally {
      guard.leave(free);
    }
  }

  // ---- as a collection ----

  @Override
  public int size() {
    boolean free = guard.enter();
    try {
      return items.size();
    } finally {
      guard.leave(free);
    }
  }

  /** How many items it is for; {@link Integer#MAX_VALUE}: any number. */
  public int maxSize() {
    return maxSize;
  }

  /** Whether there is no room. gevent: {@code full}. */
  public boolean isFull() {
    return remainingCapacity() == 0;
  }

  @Override
  public int remainingCapacity() {
    return maxSize == Integer.MAX_VALUE ? maxSize : maxSize - size();
  }

  @Override
  public boolean contains(Object item) {
    return toList().contains(item);
  }

  @Override
  public boolean remove(Object item) {
    boolean free = guard.enter();
    try {
      boolean removed = items.remove(item);
      begin();
      return removed;
    } finally {
      guard.leave(free);
    }
  }

  /** Takes this very one out, if it is there; of several, the one behind so many others. */
  void removeSame(E item, int behind) {
    boolean free = guard.enter();
    try {
      for (Iterator<E> all = items.iterator(); all.hasNext(); ) {
        if (all.next() == item && behind-- == 0) {
          all.remove();
          begin();
          return;
        }
      }
    } finally {
      guard.leave(free);
    }
  }

  /** Over the items that are there now, in the order in which they would be taken. */
  @Override
  public Iterator<E> iterator() {
    return new Snapshot<>(this, toList());
  }

  private List<E> toList() {
    boolean free = guard.enter();
    try {
      return inOrder(items);
    } finally {
      guard.leave(free);
    }
  }

  /** What the store has, in the order in which it would give it. */
  List<E> inOrder(java.util.Queue<E> store) {
    return new ArrayList<>(store);
  }

  @Override
  final String name() {
    return getClass().getSimpleName()
        + "@"
        + Integer.toHexString(System.identityHashCode(this))
        + (maxSize == Integer.MAX_VALUE ? "" : " for " + maxSize);
  }
}
