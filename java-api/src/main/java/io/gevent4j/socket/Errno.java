package io.gevent4j.socket;

import io.gevent4j.binding.Native;

/**
 * The system's error that a call has failed with: the cause of an exception of this package, and
 * its number.
 *
 * <p>gevent: {@code errno} of {@code OSError}.
 */
public final class Errno extends Exception {
  private static final long serialVersionUID = 1;

  /** Some of the numbers, which differ from system to system. */
  public static final int EACCES = Native.gv_errno("EACCES"),
      EADDRINUSE = Native.gv_errno("EADDRINUSE"),
      EADDRNOTAVAIL = Native.gv_errno("EADDRNOTAVAIL"),
      EAFNOSUPPORT = Native.gv_errno("EAFNOSUPPORT"),
      EBADF = Native.gv_errno("EBADF"),
      ECONNREFUSED = Native.gv_errno("ECONNREFUSED"),
      ECONNRESET = Native.gv_errno("ECONNRESET"),
      EHOSTUNREACH = Native.gv_errno("EHOSTUNREACH"),
      EINVAL = Native.gv_errno("EINVAL"),
      ENETUNREACH = Native.gv_errno("ENETUNREACH"),
      ENOTSOCK = Native.gv_errno("ENOTSOCK"),
      ETIMEDOUT = Native.gv_errno("ETIMEDOUT");

  private final int number;

  /** The exception that it is the cause of says from where. */
  Errno(int number, String text) {
    super(text, null, false, false);
    this.number = number;
  }

  /** The number. */
  public int number() {
    return number;
  }

  /** The number that an exception has for its cause; 0 if it has another one, or none. */
  public static int of(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return cause instanceof Errno ? ((Errno) cause).number : 0;
  }
}
