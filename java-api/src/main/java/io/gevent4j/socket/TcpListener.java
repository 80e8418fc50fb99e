package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;

/**
 * Takes connections by TCP at an address.
 *
 * <p>gevent: {@code create_server}.
 */
public final class TcpListener extends Listener<TcpSocket> {
  /** As many connections wait to be accepted, unless told otherwise. gevent has the same. */
  public static final int BACKLOG = 128;

  private TcpListener(Descriptor descriptor, int family) {
    super(descriptor, family == Native.GV_INET6 ? Options.LISTENER6 : Options.LISTENER);
  }

  /**
   * At this port of all of the machine's addresses, by IPv6 and IPv4; 0: the system chooses a port.
   */
  public static TcpListener bind(int port) throws IOException {
    InetSocketAddress any = new InetSocketAddress(port);
    try {
      return bind(new InetSocketAddress(InetAddress.getByName("::"), port));
    } catch (SocketException e) {
      if (Failures.isWithoutIpv6(e)) {
        return bind(any);
      }
      throw e;
    }
  }

  /** As {@link #bind(InetSocketAddress, int)}, with {@link #BACKLOG}. */
  public static TcpListener bind(InetSocketAddress address) throws IOException {
    return bind(address, BACKLOG);
  }

  /** As {@link #bind(InetSocketAddress, int, boolean)}, alone at its port. */
  public static TcpListener bind(InetSocketAddress address, int backlog) throws IOException {
    return bind(address, backlog, false);
  }

  /**
   * Listens at an address, also while connections of an earlier listener there are closing.
   *
   * @param address with port 0 the system chooses one, which {@link #localAddress} tells
   * @param backlog how many connections wait to be accepted before the system turns more away
   * @param sharing whether others that do the same may listen there; each gets its part of the
   *     connections ({@code SO_REUSEPORT})
   * @throws java.net.BindException if somebody else has the port, among others
   */
  public static TcpListener bind(InetSocketAddress address, int backlog, boolean sharing)
      throws IOException {
    return bind(
        address, backlog, sharing ? Map.of(StandardSocketOptions.SO_REUSEPORT, true) : Map.of());
  }

  /**
   * The same, by a socket with these options, some of which, such as {@link
   * ExtendedOptions#IPV6_V6ONLY}, can be set only before.
   *
   * @throws UnsupportedOperationException if it has no such option
   * @throws IllegalArgumentException if one can't have that value
   */
  public static TcpListener bind(
      InetSocketAddress address, int backlog, Map<SocketOption<?>, ?> options) throws IOException {
    int family = Addresses.family(address);
    TcpListener listener =
        new TcpListener(
            new Descriptor(
                (int)
                    Failures.check(
                        Native.gv_socket_open(family, Native.GV_STREAM), "open", "a listener")),
            family);
    try {
      listener.set(Native.GV_SO_REUSEADDR, "SO_REUSEADDR", 1);
      if (family == Native.GV_INET6) {
        listener.set(Native.GV_IPV6_V6ONLY, "IPV6_V6ONLY", 0); // whatever the system's default is
      }
      listener.setOptions(options);
      listener.listen(address, backlog);
      return listener;
    } catch (Throwable thrown) {
      listener.close();
      throw thrown;
    }
  }

  private void set(int option, String name, int value) throws IOException {
    check(
        Native.gv_socket_set_option(descriptor().address(), option, value), "set " + name + " of");
  }

  /**
   * Takes over an open descriptor of a TCP socket that listens.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws SocketException if it is something else; it is closed then
   */
  public static TcpListener of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_STREAM) && taken.isOfInternet() && taken.listens(),
        "a TCP socket that listens");
    return new TcpListener(taken.descriptor, taken.family);
  }

  @Override
  TcpSocket wrap(Descriptor accepted) throws IOException {
    return new TcpSocket(accepted);
  }

  /** The port that it listens at. */
  public int port() throws IOException {
    return ((InetSocketAddress) localAddress()).getPort();
  }

  /** The address that it listens at; of all, if that was not chosen. */
  public InetAddress address() throws IOException {
    return ((InetSocketAddress) localAddress()).getAddress();
  }
}
