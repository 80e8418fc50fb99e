package io.gevent4j.waiting;

import java.time.Duration;

/** How long users want to wait, as {@link Waiting} has it. */
public final class Timeouts {
  private Timeouts() {}

  /** In ns; null: as long as it takes. A negative time is none. */
  public static long nanos(Duration timeout) {
    return timeout == null ? Waiting.FOREVER : Seconds.nanos(timeout);
  }

  /**
   * As {@link #nanos}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static long requireNanos(Duration timeout) {
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException("can't wait for a negative time: " + timeout);
    }
    return nanos(timeout);
  }

  /**
   * A duration in place of seconds.
   *
   * @throws IllegalArgumentException if they are negative, or not a number
   */
  public static Duration requireSeconds(double seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException("can't wait for a negative time: " + seconds + " s");
    }
    return Seconds.of(seconds);
  }
}
