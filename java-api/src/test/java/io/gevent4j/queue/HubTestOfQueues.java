package io.gevent4j.queue;

import io.gevent4j.HubTest;
import java.util.List;

/** Tests of every kind of queue with a store. */
abstract class HubTestOfQueues extends HubTest {
  static List<SimpleQueue<Integer>> emptyOnes() {
    return List.of(
        new SimpleQueue<>(),
        new SimpleQueue<>(1),
        new Queue<>(),
        new Queue<>(1),
        new LifoQueue<>(1),
        new PriorityQueue<>(1));
  }

  /** One of this class, for one item, which is 1. */
  static SimpleQueue<Integer> fill(Class<?> type) {
    SimpleQueue<Integer> queue =
        type == SimpleQueue.class
            ? new SimpleQueue<>(1)
            : type == Queue.class
                ? new Queue<>(1)
                : type == LifoQueue.class ? new LifoQueue<>(1) : new PriorityQueue<>(1);
    queue.put(1);
    return queue;
  }
}
