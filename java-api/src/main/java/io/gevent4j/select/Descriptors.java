package io.gevent4j.select;

import io.gevent4j.HasDescriptor;
import io.gevent4j.binding.Native;
import io.gevent4j.loop.LoopException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/** Numbers of descriptors, of what users give. */
final class Descriptors {
  private static final int EBADF = 9;

  private Descriptors() {}

  /**
   * The number of a descriptor, or of what has one.
   *
   * @throws IllegalArgumentException if there is none
   */
  static int of(Object thing, String operation) {
    Objects.requireNonNull(thing, "descriptor");
    int fd = find(thing, operation);
    if (fd < 0) {
      throw new IllegalArgumentException("cannot " + operation + " " + thing + ": it isn't open");
    }
    return fd;
  }

  private static int find(Object thing, String operation) {
    if (thing instanceof Integer) {
      return (Integer) thing;
    }
    if (thing instanceof HasDescriptor) {
      return ((HasDescriptor) thing).fileno();
    }
    if (thing instanceof SelectableChannel) {
      SelectableChannel channel = (SelectableChannel) thing;
      return channel.isOpen() ? Native.gv_vm_channel_fd(channel) : -1;
    }
    throw new IllegalArgumentException(
        "cannot " + operation + " " + thing + ": it has no descriptor");
  }

  static LoopException notOpen(String operation, int fd) {
    return new LoopException(
        "cannot "
            + operation
            + " descriptor "
            + fd
            + ": "
            + Native.gv_status_text(Native.GV_ESYSTEM - EBADF),
        EBADF);
  }
}
