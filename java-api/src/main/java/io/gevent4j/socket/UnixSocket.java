package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;

/**
 * A connection within the machine, by a socket in the file system, or between two that were made
 * together.
 *
 * <p>gevent: {@code gevent.socket.socket(AF_UNIX, SOCK_STREAM)}.
 */
public final class UnixSocket extends StreamSocket {
  UnixSocket(Descriptor descriptor) {
    super(descriptor, Options.UNIX);
  }

  /** Connects to who listens there, for as long as it takes. */
  public static UnixSocket connect(UnixDomainSocketAddress address) throws IOException {
    return connect(address, null);
  }

  /**
   * Connects to who listens there.
   *
   * <p>gevent: {@code connect}.
   *
   * @param timeout null: as long as it takes, which is so while the listener's backlog is full
   * @throws java.net.SocketException if there is no file at that path, or nobody listens there
   * @throws java.net.SocketTimeoutException if the time is up
   */
  public static UnixSocket connect(UnixDomainSocketAddress address, Duration timeout)
      throws IOException {
    UnixSocket socket = new UnixSocket(open());
    try {
      socket.connect(address, Native.GV_UNIX, Timeouts.requireNanos(timeout));
      return socket;
    } catch (Throwable thrown) {
      socket.close();
      throw thrown;
    }
  }

  static Descriptor open() throws IOException {
    return new Descriptor(
        (int)
            Failures.check(
                Native.gv_socket_open(Native.GV_UNIX, Native.GV_STREAM), "open", "a unix socket"));
  }

  /**
   * Takes over an open descriptor of a unix socket for connections.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static UnixSocket of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_STREAM) && taken.family == Native.GV_UNIX && !taken.listens(),
        "a unix socket for connections");
    return new UnixSocket(taken.descriptor);
  }

  /** Two that are connected with each other. gevent: {@code socketpair}. */
  public static UnixSocket[] pair() throws IOException {
    int[] fds = new int[2];
    Failures.check(Native.gv_socket_pair(Native.GV_STREAM, fds), "open", "a pair of sockets");
    return new UnixSocket[] {
      new UnixSocket(new Descriptor(fds[0])), new UnixSocket(new Descriptor(fds[1]))
    };
  }
}
