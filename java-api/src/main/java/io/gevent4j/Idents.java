package io.gevent4j;

import java.util.PriorityQueue;

/** Small numbers for what is alive: the smallest free one first. gevent: {@code IdentRegistry}. */
final class Idents {
  private final PriorityQueue<Integer> free = new PriorityQueue<>();
  private int next;

  synchronized int take() {
    Integer reused = free.poll();
    return reused != null ? reused : next++;
  }

  synchronized void giveBack(int ident) {
    free.add(ident);
  }
}
