package io.gevent4j.waiting;

/** Throwing what isn't declared: greenlets hand on whatever was thrown, as it was. */
public final class Throwables {
  private Throwables() {}

  @SuppressWarnings("unchecked")
  public static <T extends Throwable> T sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
