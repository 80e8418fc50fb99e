package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import java.io.IOException;
import java.net.SocketException;

/** An open descriptor of somebody else's, while it is looked at what it is. */
final class TakenOver {
  final Descriptor descriptor;
  final int family;
  private final int fd;

  /** It is closed if it is no socket. */
  TakenOver(int fd) throws IOException {
    this.fd = fd;
    descriptor = new Descriptor(fd);
    try {
      Scratch scratch = Scratch.here();
      check(Native.gv_socket_name(descriptor.address(), 0, scratch.address()));
      family = scratch.buffer().getInt(0); // it has one even without an address
    } catch (Throwable thrown) {
      descriptor.close();
      throw thrown;
    }
  }

  private void check(int status) throws IOException {
    Failures.check(status, "take over descriptor", fd);
  }

  private int option(int number) throws IOException {
    int[] value = new int[1];
    check(Native.gv_socket_get_option(descriptor.address(), number, value));
    return value[0];
  }

  /** Whether it is GV_STREAM, or GV_DATAGRAM. */
  boolean isOf(int type) throws IOException {
    return option(Native.GV_SO_TYPE) == type;
  }

  boolean listens() throws IOException {
    return option(Native.GV_SO_ACCEPTCONN) != 0;
  }

  boolean isOfInternet() {
    return family == Native.GV_INET || family == Native.GV_INET6;
  }

  /** It is closed if it isn't what it is to be. */
  void require(boolean is, String what) throws SocketException {
    if (!is) {
      descriptor.close();
      throw new SocketException("cannot take over descriptor " + fd + ": it is not " + what);
    }
  }
}
