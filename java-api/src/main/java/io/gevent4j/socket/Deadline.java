package io.gevent4j.socket;

/** One timeout over several calls: the time of {@link System#nanoTime} at which it is up. */
final class Deadline {
  private Deadline() {}

  /** In so many ns; negative: never, which is 0. */
  static long in(long nanos) {
    return nanos < 0 ? 0 : System.nanoTime() + nanos | 1;
  }

  /** For how many ns the next call may wait; negative: as long as it takes. */
  static long left(long end) {
    return end == 0 ? -1 : Math.max(0, end - System.nanoTime());
  }
}
