package io.gevent4j.queue;

import java.util.Collection;
import java.util.Objects;
import java.util.Queue;

/** What {@code drainTo} does for every queue. */
final class Drain {
  private Drain() {}

  /** Returns how many were there. */
  static <E> int to(Queue<E> queue, Collection<? super E> target, int most) {
    Objects.requireNonNull(target, "target");
    if (target == queue) {
      throw new IllegalArgumentException("a queue can't be drained to itself");
    }
    int count = 0;
    for (; count < most; count++) {
      E item = queue.poll();
      if (item == null) {
        break;
      }
      target.add(item);
    }
    return count;
  }
}
