package io.gevent4j.queue;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Goes through what was in a queue at one moment. */
final class Snapshot<E> implements Iterator<E> {
  private final SimpleQueue<E> queue;
  private final List<E> items;
  private int next;
  private E last; // to be removed; null: there is none

  Snapshot(SimpleQueue<E> queue, List<E> items) {
    this.queue = queue;
    this.items = items;
  }

  @Override
  public boolean hasNext() {
    return next < items.size();
  }

  @Override
  public E next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more items were there");
    }
    last = items.get(next++);
    return last;
  }

  @Override
  public void remove() {
    if (last == null) {
      throw new IllegalStateException("next() was not called");
    }
    int behind = 0; // of the same object, which may be there more than once
    for (int i = 0; i < next - 1; i++) {
      behind += items.get(i) == last ? 1 : 0;
    }
    items.remove(--next);
    queue.removeSame(last, behind);
    last = null;
  }
}
