package io.gevent4j.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A queue of work that gives the smallest item first, in their natural order or in another. The
 * comparison must not wait, nor use the queue.
 *
 * <p><b>Thread rule:</b> as {@link SimpleQueue}.
 *
 * <p>gevent: {@code gevent.queue.PriorityQueue}.
 */
public class PriorityQueue<E> extends Queue<E> {
  private static final int AT_FIRST = 11; // as the JDK's

  private final Comparator<? super E> comparator;

  /** Without a limit, in natural order. */
  public PriorityQueue() {
    this(Integer.MAX_VALUE);
  }

  /**
   * For at most so many items, in natural order.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public PriorityQueue(int maxSize) {
    this(maxSize, (Comparator<? super E>) null);
  }

  /** For at most so many items, in this order (null: the natural one). */
  public PriorityQueue(int maxSize, Comparator<? super E> comparator) {
    super(maxSize, new java.util.PriorityQueue<>(AT_FIRST, comparator));
    this.comparator = comparator;
  }

  /** For at most so many items, in natural order, and with these to begin with. */
  public PriorityQueue(int maxSize, Collection<? extends E> items) {
    this(maxSize);
    addAll(items);
  }

  @Override
  List<E> inOrder(java.util.Queue<E> store) {
    List<E> items = new ArrayList<>(store);
    items.sort(comparator);
    return items;
  }
}
