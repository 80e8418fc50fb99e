package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.socket.Descriptor.Call;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Takes connections at an address.
 *
 * <p>gevent: a {@code socket} that listens, of {@code create_server}.
 */
public abstract class Listener<S extends StreamSocket> extends BaseSocket {
  static final Call ACCEPT =
      (hub, self, socket, memory, size, nanos) -> Native.gv_socket_accept(hub, self, socket, nanos);

  Listener(Descriptor descriptor, Options options) {
    super(descriptor, options);
  }

  /** An accepted descriptor as a socket. */
  abstract S wrap(Descriptor accepted) throws IOException;

  /**
   * Waits for a connection, for at most the timeout.
   *
   * @throws java.net.SocketException if the process or the system has no descriptor left, among
   *     others; the connection goes on waiting
   */
  public final S accept() throws IOException {
    return accept(nanos());
  }

  /** As {@link #accept()}, for at most this long; null: as long as it takes. */
  public final S accept(Duration timeout) throws IOException {
    return accept(Timeouts.requireNanos(timeout));
  }

  private S accept(long nanos) throws IOException {
    return wrapped(check(descriptor().perform(ACCEPT, 0, 0, nanos), "accept at"));
  }

  /** The connection that waits longest; null if none does. */
  public final S tryAccept() throws IOException {
    long fd = descriptor().perform(ACCEPT, 0, 0, 0);
    return fd == Native.GV_ETIMEDOUT ? null : wrapped(check(fd, "accept at"));
  }

  private S wrapped(long fd) throws IOException {
    Descriptor accepted = new Descriptor((int) fd);
    try {
      return wrap(accepted);
    } catch (Throwable thrown) {
      accepted.close();
      throw thrown;
    }
  }

  final void listen(SocketAddress address, int backlog) throws IOException {
    if (backlog <= 0) {
      throw new IllegalArgumentException("not a backlog: " + backlog);
    }
    bind(address);
    Failures.check(Native.gv_socket_listen(descriptor().address(), backlog), "listen at", address);
  }
}
