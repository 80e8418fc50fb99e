package io.gevent4j.loop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets any thread use a native object until it is shut, and lets nobody free it while somebody is
 * inside.
 */
final class Gate {
  private static final int SHUT = Integer.MIN_VALUE; // plus how many are inside

  private final AtomicInteger inside = new AtomicInteger();

  /** Whether the caller may go on; if so, it leaves soon. */
  boolean enter() {
    if (isShut()) {
      return false;
    }
    if (inside.incrementAndGet() < 0) {
      inside.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inside.decrementAndGet();
  }

  boolean isShut() {
    return inside.get() < 0;
  }

  /** Returns when all have left and nobody can enter any more. To be called once. */
  void shut() {
    inside.addAndGet(SHUT);
    while (inside.get() != SHUT) {
      Thread.yield();
    }
  }
}
