package io.gevent4j.socket;

import io.gevent4j.ConcurrentObjectUseError;
import io.gevent4j.binding.Native;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** Where the negative statuses of native calls become the JDK's exceptions. */
final class Failures {
  private Failures() {}

  /** Returns a status that isn't negative. The message is put together for the others only. */
  static long check(long status, String operation, Object subject) throws IOException {
    if (status < 0) {
      throw of((int) status, operation + " " + subject);
    }
    return status;
  }

  /** Whether the peer, or something on the way to it, has broken the connection off. */
  static boolean isReset(long status) {
    return status == Native.GV_ESYSTEM - Errno.ECONNRESET;
  }

  /** Whether this failed because the machine has no IPv6. */
  static boolean isWithoutIpv6(SocketException failure) {
    int number = Errno.of(failure);
    return number == Errno.EAFNOSUPPORT || number == Errno.EADDRNOTAVAIL;
  }

  private static IOException of(int status, String operation) {
    String text = Native.gv_status_text(status);
    String message = "cannot " + operation + ": " + text;
    switch (status) {
      case Native.GV_ECLOSED:
        return new SocketClosedException(message);
      case Native.GV_ETIMEDOUT:
        return new SocketTimeoutException(message);
      case Native.GV_EBUSY:
        throw new ConcurrentObjectUseError(message);
      case Native.GV_ENOMEM:
        throw new OutOfMemoryError(message);
      case Native.GV_EINVAL:
        throw new IllegalArgumentException(message);
      case Native.GV_EUNSUPPORTED:
        throw new UnsupportedOperationException(message);
      default:
        int number = Native.GV_ESYSTEM - status;
        IOException failure = ofSystem(number, operation, message);
        failure.initCause(new Errno(number, text));
        return failure;
    }
  }

  private static IOException ofSystem(int number, String operation, String message) {
    if (number == Errno.ECONNREFUSED) {
      return new ConnectException(message);
    }
    return operation.startsWith("connect") || operation.startsWith("bind")
        ? ofAddress(number, message)
        : new SocketException(message);
  }

  /** Of who connects or binds: others take these for a sign that nothing was sent. */
  private static IOException ofAddress(int number, String message) {
    if (number == Errno.ETIMEDOUT) {
      return new ConnectException(message);
    }
    if (number == Errno.EHOSTUNREACH || number == Errno.ENETUNREACH) {
      return new NoRouteToHostException(message);
    }
    return number == Errno.EADDRINUSE || number == Errno.EADDRNOTAVAIL || number == Errno.EACCES
        ? new BindException(message)
        : new SocketException(message);
  }
}
