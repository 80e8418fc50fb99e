package io.gevent4j.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/**
 * A {@link ServerSocket} whose {@code accept}, in a hub, lets the other greenlets run, and gives a
 * {@link GreenletSocket}. It listens by IPv6 and IPv4 at once, as the JDK's own does.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub; any of them may close it.
 *
 * <p>gevent: {@code gevent.socket.socket}, put where the standard one was.
 */
public class GreenletServerSocket extends ServerSocket {
  private static final int BACKLOG = 50; // java.net's

  /** Not bound. */
  public GreenletServerSocket() {
    super(new GreenletSocketImpl(true));
  }

  /** Listens at this port of all of the machine's addresses; 0: the system chooses a port. */
  public GreenletServerSocket(int port) throws IOException {
    this(port, BACKLOG, null);
  }

  /**
   * Listens.
   *
   * @param port 0: the system chooses one
   * @param backlog how many connections wait to be accepted; not positive: 50
   * @param address null: all of the machine's
   * @throws java.net.BindException if somebody else has the port, among others
   */
  public GreenletServerSocket(int port, int backlog, InetAddress address) throws IOException {
    this();
    try {
      super.bind(new InetSocketAddress(address, port), backlog);
    } catch (Throwable thrown) {
      super.close();
      throw thrown;
    }
  }

  @Override
  public Socket accept() throws IOException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
    if (!isBound()) {
      throw new SocketException("Socket is not bound yet");
    }
    GreenletSocket accepted = new GreenletSocket();
    implAccept(accepted);
    return accepted;
  }
}
