package io.gevent4j.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;

/** Makes {@link GreenletServerSocket}s: for libraries that take a factory. */
public final class GreenletServerSocketFactory extends ServerSocketFactory {
  private static final GreenletServerSocketFactory DEFAULT = new GreenletServerSocketFactory();

  /** As all others; libraries that know its name call it. */
  public GreenletServerSocketFactory() {}

  /** One for all. */
  public static ServerSocketFactory getDefault() {
    return DEFAULT;
  }

  @Override
  public ServerSocket createServerSocket() {
    return new GreenletServerSocket();
  }

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return new GreenletServerSocket(port);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return new GreenletServerSocket(port, backlog, null);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
      throws IOException {
    return new GreenletServerSocket(port, backlog, address);
  }
}
