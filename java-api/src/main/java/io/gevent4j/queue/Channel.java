package io.gevent4j.queue;

import io.gevent4j.waiting.Guard;
import io.gevent4j.waiting.Relay;
import io.gevent4j.waiting.Turnstile;
import io.gevent4j.waiting.WaitLine;
import io.gevent4j.waiting.Waiting;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;

/**
 * A queue without room: who puts waits until his item has been got, and goes on after the getter.
 *
 * <p>Who gives up takes his item with him. An item that was given without waiting ({@link #offer},
 * {@link #tryTransfer}) to a getter who is killed before his turn is for the next getter.
 *
 * <p>Interruption is as {@link SimpleQueue} has it.
 *
 * <p><b>Thread rule:</b> as {@link SimpleQueue}.
 *
 * <p>gevent: {@code gevent.queue.Channel}.
 */
public final class Channel<E> extends WaitingQueue<E> implements TransferQueue<E> {
  private final Guard guard = new Guard();
  private final WaitLine putters = new WaitLine(guard); // each with his item, until it was granted
  private final WaitLine getters =
      new WaitLine(guard); // each granted with the item that he was given
  private final Relay relay = new Relay();
  private final Turnstile exit = new Exit();
  private final Turnstile entry = new Entry();
  private final TreeMap<Long, E> stranded = new TreeMap<>(); // given to getters who were killed

  /** Nobody waits. */
  public Channel() {}

  // ---- what happens inside the guard ----

  /** Of the first putter, who is told; null if nobody puts. */
  @SuppressWarnings("unchecked")
  private E getInside(boolean goesOn) {
    if (!stranded.isEmpty()) {
      return stranded.pollFirstEntry().getValue();
    }
    Waiting putter = (Waiting) putters.firstWaiting();
    if (putter == null) {
      return null;
    }
    putter.grant();
    if (goesOn) {
      relay.next(putters, putter);
    } else {
      putters.notify(putter, false);
    }
    return (E) putter.item();
  }

  /** The place of one who puts. */
  private Waiting joinInside(E item) {
    Waiting waiting = putters.join();
    waiting.setItem(item);
    if (getters.waiting() > 0) {
      tellGetters(false);
    }
    return waiting;
  }

  /** The place of one who gets. */
  private Waiting joinInside() {
    Waiting waiting = getters.join();
    if (items() > 0) {
      tell(false);
    }
    return waiting;
  }

  /** Gives it to the first getter whom nobody has told of another one. */
  private boolean giveInside(E item) {
    Waiting getter = (Waiting) getters.firstWaiting();
    if (getter == null) {
      return false;
    }
    getter.setItem(item);
    getter.grant();
    getters.notify(getter, false);
    return true;
  }

  /**
   * Two can meet. Within one hub one pair does so after the other; among several as many as there
   * are items for, since one may be long in coming.
   */
  private void tell(boolean goesOn) {
    if (getters.waiting() > 0 && items() > 0) {
      tellGetters(goesOn);
    }
  }

  /** There are some, and an item. */
  private void tellGetters(boolean goesOn) {
    if (!guard.isFree()) {
      tellAll();
    } else if (getters.claims() + putters.claims() == 0) {
      if (goesOn) {
        relay.next(getters);
      } else {
        relay.start(getters);
      }
    }
  }

  private void tellAll() {
    while (getters.claims() < items() && getters.notifyOne(false)) {}
  }

  private int items() {
    return putters.waiting() + stranded.size();
  }

  private final class Exit extends Turnstile {
    Exit() {
      super(guard, getters);
    }

    @Override
    protected Object pass(Waiting waiting) {
      return waiting.isGranted() ? waiting.item() : getInside(guard.isFree());
    }

    @Override
    protected void left() {
      tell(true);
    }

    @Override
    @SuppressWarnings("unchecked")
    protected void giveBack(Waiting waiting) {
      stranded.put(waiting.position(), (E) waiting.item());
    }
  }

  private final class Entry extends Turnstile {
    Entry() {
      super(guard, putters);
    }

    @Override
    protected Object pass(Waiting waiting) {
      return waiting.isGranted() ? waiting : null;
    }

    @Override
    protected void left() {
      tell(true);
    }
  }

  // ---- putting ----

  @Override
  boolean put(E item, long nanos, boolean interruptibly) {
    Waiting waiting;
    boolean free = guard.enter();
    try {
      waiting = joinInside(item);
    } finally {
      guard.leave(free);
    }
    return entry.await(waiting, nanos, interruptibly) != null;
  }

  /** Gives an item to who waits for one. Returns false if nobody does. */
  @Override
  public boolean offer(E item) {
    Objects.requireNonNull(item, "item");
    boolean free = guard.enter();
    try {
      return giveInside(item);
    } finally {
      guard.leave(free);
    }
  }

  /** As {@link #put(Object)}. */
  @Override
  public void transfer(E item) throws InterruptedException {
    put(item);
  }

  /** As {@link #offer(Object)}. */
  @Override
  public boolean tryTransfer(E item) {
    return offer(item);
  }

  /** As {@link #offer(Object, long, TimeUnit)}. */
  @Override
  public boolean tryTransfer(E item, long timeout, TimeUnit unit) throws InterruptedException {
    return offer(item, timeout, unit);
  }

  // ---- getting ----

  @Override
  @SuppressWarnings("unchecked")
  E get(long nanos, boolean interruptibly) {
    Waiting waiting;
    boolean free = guard.enter();
    try {
      waiting = joinInside();
    } finally {
      guard.leave(free);
    }
    return (E) exit.await(waiting, nanos, interruptibly);
  }

  @Override
  public E poll() {
    boolean free = guard.enter();
    try {
      return getInside(false);
    } finally {
      guard.leave(free);
    }
  }

  // ---- asking ----

  /** How many wait to put, less how many wait to get. gevent: {@code balance}. */
  public int balance() {
    boolean free = guard.enter();
    try {
      return putters.waiting() - getters.waiting();
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public int getWaitingConsumerCount() {
    boolean free = guard.enter();
    try {
      return getters.waiting();
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public boolean hasWaitingConsumer() {
    return getWaitingConsumerCount() > 0;
  }

  // ---- as a collection, which is always empty, and always full ----

  @Override
  public int size() {
    return 0;
  }

  @Override
  public int remainingCapacity() {
    return 0;
  }

  @Override
  public E peek() {
    return null;
  }

  @Override
  public Iterator<E> iterator() {
    return Collections.emptyIterator();
  }

  @Override
  public void clear() {}

  @Override
  String name() {
    return toString();
  }

  @Override
  public String toString() {
    return "Channel@" + Integer.toHexString(hashCode()) + "[balance " + balance() + "]";
  }
}
