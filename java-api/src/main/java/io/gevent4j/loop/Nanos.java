package io.gevent4j.loop;

import java.time.Duration;

/** Spans of time as the native side takes them: ns, never negative, never too long to be added. */
final class Nanos {
  /** Some 146 years; the time of now still fits in beside it. */
  static final long MOST = Long.MAX_VALUE / 2;

  private Nanos() {}

  /** A negative one counts as none. */
  static long of(Duration span) {
    if (span.isNegative()) {
      return 0;
    }
    return span.getSeconds() >= MOST / 1_000_000_000 ? MOST : span.toNanos();
  }

  /** A negative one counts as none, an infinite one as the longest. */
  static long ofSeconds(double seconds) {
    if (Double.isNaN(seconds)) {
      throw new IllegalArgumentException("not a number of seconds: " + seconds);
    }
    return Math.max(0, Math.min(MOST, Math.round(seconds * 1e9)));
  }
}
