package io.gevent4j.waiting;

import java.time.Duration;

/** Spans of time as gevent's users type them. */
public final class Seconds {
  private static final double MOST = Long.MAX_VALUE / 1e9;

  private Seconds() {}

  /** Never negative. */
  public static Duration of(double seconds) {
    return Duration.ofNanos(nanos(seconds));
  }

  /** In ns, at least 0. */
  public static long nanos(double seconds) {
    if (Double.isNaN(seconds)) {
      throw new IllegalArgumentException("not a number of seconds: " + seconds);
    }
    return seconds <= 0 ? 0 : seconds >= MOST ? Long.MAX_VALUE : (long) (seconds * 1e9);
  }

  /** In ns, at least 0 and at most some centuries. */
  public static long nanos(Duration span) {
    if (span.isNegative()) {
      return 0;
    }
    try {
      return span.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
