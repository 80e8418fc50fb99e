package io.gevent4j.waiting;

/**
 * Where those of a line go through one by one: whoever is told tries, in his turn, to get what he
 * waits for. Somebody may have been quicker; then he waits on, where he was. Who leaves, with or
 * without it, lets the owner tell others.
 */
public abstract class Turnstile {
  private final Guard guard;
  private final WaitLine line;

  /** For this line, which is inside this guard. */
  protected Turnstile(Guard guard, WaitLine line) {
    this.guard = guard;
    this.line = line;
  }

  /** Inside: what somebody gets who is told; null if there is nothing for him now. */
  protected abstract Object pass(Waiting waiting);

  /** Inside: somebody has left the line, or waits on, and others may have to be told. */
  protected abstract void left();

  /** Inside: somebody who leaves by an exception was granted something. */
  protected void giveBack(Waiting waiting) {}

  /**
   * Waits until the caller gets it. Outside the guard.
   *
   * @param waiting the caller's place, which he has left afterwards
   * @param nanos at most; negative: as long as it takes
   * @param interruptibly as {@link Waiting#await} has it
   * @return what he gets; null when the time is up
   */
  public final Object await(Waiting waiting, long nanos, boolean interruptibly) {
    try {
      if (nanos >= 0) {
        return awaitUntil(waiting, System.nanoTime() + nanos, nanos, interruptibly);
      }
      for (; ; ) {
        waiting.await(nanos, interruptibly);
        boolean free = guard.enter();
        try {
          Object got = pass(waiting);
          if (got != null) {
            line.leave(waiting, guard.isFree());
            left();
            return got;
          }
          line.forget(waiting);
          left();
        } finally {
          guard.leave(free);
        }
      }
    } catch (Throwable thrown) {
      return giveUp(waiting, thrown);
    }
  }

  private Object awaitUntil(Waiting waiting, long end, long nanos, boolean interruptibly) {
    for (long left = nanos; ; left = Math.max(end - System.nanoTime(), 0)) {
      boolean told = waiting.await(left, interruptibly);
      Object got = passInside(waiting, told);
      if (got != null || !told) {
        return got;
      }
    }
  }

  /** Who has got it, or wasn't told, leaves; else he waits on. */
  private Object passInside(Waiting waiting, boolean told) {
    boolean free = guard.enter();
    try {
      Object got = pass(waiting);
      if (got != null || !told) {
        line.leave(waiting, guard.isFree());
      } else {
        line.forget(waiting);
      }
      left();
      return got;
    } finally {
      guard.leave(free);
    }
  }

  /** Returns what he gets all the same, or throws. */
  private Object giveUp(Waiting waiting, Throwable thrown) {
    boolean isIn = waiting.position() >= 0;
    Object got = isIn ? giveUp(waiting, thrown instanceof InterruptedException) : null;
    if (got == null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
    Thread.currentThread().interrupt(); // the next to wait throws
    return got;
  }

  /** Returns what an interrupted one was granted before he has gone, which is his all the same. */
  private Object giveUp(Waiting waiting, boolean interrupted) {
    boolean free = guard.enter();
    try {
      Object got = null;
      if (waiting.isGranted() && interrupted) {
        got = pass(waiting);
      } else if (waiting.isGranted()) {
        giveBack(waiting);
      }
      line.leave(waiting, guard.isFree());
      left();
      return got;
    } finally {
      guard.leave(free);
    }
  }
}
