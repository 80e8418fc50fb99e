package io.gevent4j.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/**
 * A {@link Socket} whose calls, in a hub, let the other greenlets run: for code that wants one. All
 * is as with the JDK's own: timeouts, messages, half closing, options and their defaults ({@code
 * TCP_NODELAY} is off), several readers that take turns. Proxies aren't known, and there is no
 * channel.
 *
 * <p>A {@code javax.net.ssl.SSLSocket} can be layered on it, as long as one greenlet at a time uses
 * that; see {@link TlsSocket} for where not.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub; any of them may close it.
 *
 * <p>gevent: {@code gevent.socket.socket}, put where the standard one was.
 */
public class GreenletSocket extends Socket {
  /** Not connected. */
  public GreenletSocket() throws SocketException {
    super(new GreenletSocketImpl(false));
  }

  /**
   * Connects to a host's first address, which is looked up while others run.
   *
   * @param host null: this one
   * @throws java.net.UnknownHostException if there is none of that name
   */
  public GreenletSocket(String host, int port) throws IOException {
    this();
    connectOrClose(Names.address(host, port), null);
  }

  GreenletSocket(InetSocketAddress remote, InetSocketAddress local) throws IOException {
    this();
    connectOrClose(remote, local);
  }

  private void connectOrClose(InetSocketAddress remote, InetSocketAddress local)
      throws IOException {
    try {
      if (local != null) {
        super.bind(local);
      }
      super.connect(remote, 0);
    } catch (Throwable thrown) {
      super.close();
      throw thrown;
    }
  }
}
