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
    return status < 0 && Native.gv_status_text((int) status).startsWith("ECONNRESET:");
  }

  /** Whether this failed because the machine has no IPv6. */
  static boolean isWithoutIpv6(SocketException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("EAFNOSUPPORT") || message.contains("EADDRNOTAVAIL");
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
        String error = text.substring(0, Math.max(0, text.indexOf(':')));
        if (error.equals("ECONNREFUSED")) {
          return new ConnectException(message);
        }
        return operation.startsWith("connect") || operation.startsWith("bind")
            ? ofAddress(error, message)
            : new SocketException(message);
    }
  }

  /** Of who connects or binds: others take these for a sign that nothing was sent. */
  private static IOException ofAddress(String error, String message) {
    switch (error) {
      case "ETIMEDOUT":
        return new ConnectException(message);
      case "EHOSTUNREACH":
      case "ENETUNREACH":
        return new NoRouteToHostException(message);
      case "EADDRINUSE":
      case "EADDRNOTAVAIL":
      case "EACCES":
        return new BindException(message);
      default:
        return new SocketException(message);
    }
  }
}
