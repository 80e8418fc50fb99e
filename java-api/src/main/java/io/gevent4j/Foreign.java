package io.gevent4j;

/** Who waits for a greenlet, and needn't be of its hub: told at once, and in any thread. */
interface Foreign {
  /** Whether who waits isn't of this hub. */
  boolean isForeignTo(Hub other);
}
