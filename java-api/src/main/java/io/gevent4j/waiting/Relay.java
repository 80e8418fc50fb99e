package io.gevent4j.waiting;

/**
 * Telling, within one hub, one after the other: each, when he has what he waited for, tells the
 * next one, who goes on where he switches out. So all who can be served are so in one go, in which
 * nobody else has his turn; but for a limit, for two who keep serving each other.
 *
 * <p><b>Thread rule:</b> inside the guard of the lines.
 *
 * <p>gevent: the callback in which a notifier, or a queue's {@code _unlock}, switches to one after
 * the other.
 */
public final class Relay {
  private static final int MOST = 64; // before all others have a turn; a power of 2

  private int length;

  /** Nobody was told. */
  public Relay() {}

  /** Has the first of a line begin, after those who are ready. Returns false if there is none. */
  public boolean start(WaitLine line) {
    length = 0;
    return line.notifyOne(false);
  }

  /** Has the first of a line go on. Returns false if there is none. */
  public boolean next(WaitLine line) {
    return line.notifyOne(isNext());
  }

  /** As {@link #next(WaitLine)}, for this one. */
  public void next(WaitLine line, Place place) {
    line.notify(place, isNext());
  }

  private boolean isNext() {
    return (++length & MOST - 1) != 0;
  }
}
