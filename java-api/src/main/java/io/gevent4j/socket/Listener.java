package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
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
  private static final Call ACCEPT =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_accept(hub, self, socket, memory, nanos);

  Listener(Descriptor descriptor, Options options) {
    super(descriptor, options);
  }

  /** An accepted descriptor as a socket. */
  abstract S wrap(Descriptor accepted) throws IOException;

  /**
   * Waits for a connection, for at most the timeout.
   *
   * <p>gevent: {@code accept}.
   *
   * @return the one that has waited longest
   * @throws java.net.SocketTimeoutException if the time is up
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
    Scratch scratch = Scratch.here();
    return wrapped(check(accept(descriptor(), scratch, nanos), "accept at"), scratch);
  }

  /** The connection that waits longest; null if none does. */
  public final S tryAccept() throws IOException {
    Scratch scratch = Scratch.here();
    long fd = accept(descriptor(), scratch, 0);
    return fd == Native.GV_ETIMEDOUT ? null : wrapped(check(fd, "accept at"), scratch);
  }

  /** Returns a descriptor, whose {@link #peer} is in the scratch then, or a negative status. */
  static long accept(Descriptor listener, Scratch scratch, long nanos) {
    return listener.perform(ACCEPT, scratch.address(), 0, nanos);
  }

  /** That of the one that was accepted just now. Who asks for the scratch again may lose it. */
  static SocketAddress peer(Scratch scratch) {
    return Addresses.get(scratch.buffer());
  }

  private S wrapped(long fd, Scratch scratch) throws IOException {
    Descriptor accepted = new Descriptor((int) fd);
    try {
      SocketAddress peer = peer(scratch);
      S socket = wrap(accepted);
      socket.rememberPeer(peer);
      return socket;
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
