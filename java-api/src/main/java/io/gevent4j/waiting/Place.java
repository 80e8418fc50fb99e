package io.gevent4j.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A place in a {@link WaitLine}: of somebody who waits, or of a callback. */
public abstract class Place {
  private static final VarHandle NOTIFIED;

  static {
    try {
      NOTIFIED = MethodHandles.lookup().findVarHandle(Place.class, "notified", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  long position = -1; // in its line, where later ones have larger ones; negative in none
  boolean foreign; // not of the line's own hub
  boolean notified; // read and written plainly inside the guard, by those whom it serves there

  /**
   * Tells whoever has it, soon. Inside the guard of its line.
   *
   * @param next whether a greenlet of this hub is to go on where the caller switches out, and not
   *     after those who are ready
   * @return false if nobody will hear
   */
  abstract boolean call(boolean next);

  /** Whether who is told will take something, so that less is left for others. */
  abstract boolean claims();

  /** Whether it was told, and is in the line only until it has heard. */
  public final boolean isNotified() {
    return (boolean) NOTIFIED.getAcquire(this);
  }

  final void setNotified(boolean told) {
    NOTIFIED.setRelease(this, told);
  }
}
