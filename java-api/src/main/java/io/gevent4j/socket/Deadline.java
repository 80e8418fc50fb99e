package io.gevent4j.socket;

/** One timeout over several calls. */
final class Deadline {
  private final long end; // of System.nanoTime; 0 where there is none

  private Deadline(long end) {
    this.end = end;
  }

  /** In so many ns; negative: never. */
  static Deadline in(long nanos) {
    return new Deadline(nanos < 0 ? 0 : System.nanoTime() + nanos | 1);
  }

  /** For how many ns the next call may wait; negative: as long as it takes. */
  long left() {
    return end == 0 ? -1 : Math.max(0, end - System.nanoTime());
  }
}
