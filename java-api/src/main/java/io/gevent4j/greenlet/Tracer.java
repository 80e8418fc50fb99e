package io.gevent4j.greenlet;

/**
 * Sees every switch of a thread's greenlets, those included that the end of a greenlet makes.
 *
 * <p>greenlet: the callback of {@code settrace}.
 *
 * @see RawGreenlet#setTrace
 */
@FunctionalInterface
public interface Tracer {
  /** How the target was reached. */
  enum Event {
    /** With a value. */
    SWITCH,
    /** With an exception, which the target is about to throw. */
    THROW
  }

  /**
   * Called in the target, just after the switch. While it runs, nothing is traced. What it throws
   * is thrown in the target, and the tracer is removed.
   */
  void trace(Event event, RawGreenlet origin, RawGreenlet target);
}
