package io.gevent4j.loop;

/**
 * Something that the loop is to run once, before its next poll.
 *
 * <p><b>Thread rule:</b> that of its loop.
 *
 * <p>gevent: {@code callback}, what {@code loop.run_callback} returns.
 *
 * @see Loop#runCallback
 */
public final class Callback implements AutoCloseable {
  private Runnable run; // null once it has been taken or stopped

  Callback(Runnable run) {
    this.run = run;
  }

  /** Whether it is still to be run; false from the moment that it runs. */
  public boolean isPending() {
    return run != null;
  }

  /** It will not run; harmless if it has. */
  public void stop() {
    run = null;
  }

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** What to run now, or null. */
  Runnable take() {
    Runnable taken = run;
    run = null;
    return taken;
  }

  @Override
  public String toString() {
    return "Callback@"
        + Integer.toHexString(hashCode())
        + (run == null ? "[stopped]" : "[pending " + run + "]");
  }
}
