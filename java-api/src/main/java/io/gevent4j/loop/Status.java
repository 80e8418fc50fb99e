package io.gevent4j.loop;

import io.gevent4j.binding.Native;

/** Where the native side's negative statuses become exceptions. */
final class Status {
  private Status() {}

  /** Returns a status that isn't negative. The message is put together for the others only. */
  static int check(int status, String operation, Object subject) {
    if (status < 0) {
      throw exception(status, operation + " " + subject);
    }
    return status;
  }

  private static RuntimeException exception(int status, String operation) {
    String message = "cannot " + operation + ": ";
    switch (status) {
      case Native.GV_ENOMEM:
        throw new OutOfMemoryError(message + Native.gv_status_text(status));
      case Native.GV_ETHREAD:
        return new IllegalStateException(message + "it belongs to another thread");
      case Native.GV_EINVAL:
        return new IllegalArgumentException(message + Native.gv_status_text(status));
      case Native.GV_EUNSUPPORTED:
        return new UnsupportedOperationException(message + Native.gv_status_text(status));
      default:
        return new LoopException(
            message + Native.gv_status_text(status), Math.max(0, Native.GV_ESYSTEM - status));
    }
  }
}
