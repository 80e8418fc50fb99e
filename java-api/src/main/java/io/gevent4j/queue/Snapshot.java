package io.gevent4j.queue;

import java.util.Iterator;
import java.util.List;

/** Goes through what was in a queue at one moment. */
final class Snapshot<E> implements Iterator<E> {
  private final SimpleQueue<E> queue;
  private final Iterator<E> items;
  private E last; // to be removed; null: there is none

  Snapshot(SimpleQueue<E> queue, List<E> items) {
    this.queue = queue;
    this.items = items.iterator();
  }

  @Override
  public boolean hasNext() {
    return items.hasNext();
  }

  @Override
  public E next() {
    last = items.next();
    return last;
  }

  @Override
  public void remove() {
    if (last == null) {
      throw new IllegalStateException("next() was not called");
    }
    queue.removeSame(last);
    last = null;
  }
}
