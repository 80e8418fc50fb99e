package io.gevent4j.event;

import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;

/**
 * A flag that greenlets and threads wait for. All who wait when it is set go on, in their order,
 * even if it is cleared before their turn comes.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub. A wait, in a hub, does not count as one
 * for ever while the program has other threads, for they might set it.
 *
 * <p>gevent: {@code gevent.event.Event}.
 */
public final class Event extends Signal {
  /** Not set. */
  public Event() {}

  /** Whether it is set. */
  public boolean isSet() {
    return ready();
  }

  /** Sets it, and lets all who wait go on. Harmless if it is set. */
  public void set() {
    boolean free = guard.enter();
    try {
      announce();
    } finally {
      guard.leave(free);
    }
  }

  /** From now on callers of {@link #await} wait. */
  public void clear() {
    boolean free = guard.enter();
    try {
      retract();
    } finally {
      guard.leave(free);
    }
  }

  /** Waits until it is set. Returns true. gevent: {@code wait()}. */
  public boolean await() {
    return awaitReady(Waiting.FOREVER, false);
  }

  /**
   * As {@link #await()}, for at most so long.
   *
   * @param timeout null: as long as it takes. Zero: others have their turn.
   * @return false when the time is up
   */
  public boolean await(Duration timeout) {
    return awaitReady(Timeouts.nanos(timeout), false);
  }

  /** As {@link #await(Duration)}, in seconds. */
  public boolean await(double seconds) {
    return awaitReady(Seconds.nanos(seconds), false);
  }

  @Override
  public String toString() {
    return describe(isSet() ? "set" : "not set");
  }
}
