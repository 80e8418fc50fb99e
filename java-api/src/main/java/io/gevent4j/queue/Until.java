package io.gevent4j.queue;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** Takes items out of a queue until one that says that it was the last. */
final class Until<E> implements Iterator<E> {
  private final Supplier<E> queue;
  private final E sentinel;
  private E next; // null: not yet taken

  Until(Supplier<E> queue, E sentinel) {
    this.queue = queue;
    this.sentinel = sentinel;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = queue.get();
    }
    return !next.equals(sentinel);
  }

  @Override
  public E next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the sentinel has come: " + sentinel);
    }
    E taken = next;
    next = null;
    return taken;
  }
}
