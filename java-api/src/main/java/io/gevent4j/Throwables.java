package io.gevent4j;

/** Throwing what isn't declared: greenlets hand on whatever was thrown, as it was. */
final class Throwables {
  private Throwables() {}

  @SuppressWarnings("unchecked")
  static <T extends Throwable> T sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
