package io.gevent4j.waiting;

/**
 * Interruption, for methods that are interruptible in an interface of the JDK's which declares it,
 * and don't declare it themselves.
 */
public final class Interrupts {
  private Interrupts() {}

  /** Throws InterruptedException if the calling thread is interrupted, which it then isn't. */
  public static void requireNone() {
    if (Thread.interrupted()) {
      throw interrupted();
    }
  }

  /** To be thrown. */
  static RuntimeException interrupted() {
    throw Throwables.<RuntimeException>sneak(new InterruptedException());
  }
}
