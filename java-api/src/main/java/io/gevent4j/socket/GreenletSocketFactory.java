package io.gevent4j.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes {@link GreenletSocket}s: for libraries that take a factory, or the name of its class.
 *
 * <p>gevent: {@code gevent.socket.create_connection}.
 */
public final class GreenletSocketFactory extends SocketFactory {
  private static final GreenletSocketFactory DEFAULT = new GreenletSocketFactory();

  /** As all others; libraries that know its name call it. */
  public GreenletSocketFactory() {}

  /** One for all. */
  public static SocketFactory getDefault() {
    return DEFAULT;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new GreenletSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return new GreenletSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return new GreenletSocket(
        Names.address(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return new GreenletSocket(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return new GreenletSocket(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }
}
