package io.gevent4j.queue;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;

/**
 * A queue of work that gives the latest item first.
 *
 * <p><b>Thread rule:</b> as {@link SimpleQueue}.
 *
 * <p>gevent: {@code gevent.queue.LifoQueue}.
 */
public class LifoQueue<E> extends Queue<E> {
  /** Without a limit. */
  public LifoQueue() {
    this(Integer.MAX_VALUE);
  }

  /**
   * For at most so many items.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public LifoQueue(int maxSize) {
    super(maxSize, Collections.asLifoQueue(new ArrayDeque<>()));
  }

  /** For at most so many items, and with these to begin with, of which the last is the first. */
  public LifoQueue(int maxSize, Collection<? extends E> items) {
    this(maxSize);
    addAll(items);
  }
}
