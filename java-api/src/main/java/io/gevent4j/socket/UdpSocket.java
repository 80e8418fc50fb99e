package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;

/**
 * Datagrams by UDP. Who is connected, and whose peer's machine has answered that nobody is there,
 * is told so by {@link PortUnreachableException} when he next sends or receives.
 *
 * <p>gevent: {@code gevent.socket.socket(AF_INET or AF_INET6, SOCK_DGRAM)}.
 */
public final class UdpSocket extends MessageSocket {
  private static final Map<SocketOption<?>, ?> SHARING =
      Map.of(StandardSocketOptions.SO_REUSEADDR, true, StandardSocketOptions.SO_REUSEPORT, true);

  private long arrived;
  private long arrivedAtCard;

  private UdpSocket(Descriptor descriptor, int family) {
    super(
        descriptor, family == Native.GV_INET6 ? Options.DATAGRAM6 : Options.DATAGRAM, family, null);
  }

  // ---- opening ----

  /** One without an address, for IPv4; it gets one where it sends or connects. */
  public static UdpSocket open() throws IOException {
    return open(Native.GV_INET);
  }

  /** The same for IPv6, which serves for IPv4 as well. */
  public static UdpSocket open6() throws IOException {
    return open(Native.GV_INET6);
  }

  private static UdpSocket open(int family) throws IOException {
    UdpSocket socket = new UdpSocket(openDescriptor(family, "a UDP socket"), family);
    try {
      if (family == Native.GV_INET6) {
        socket.setOption(ExtendedOptions.IPV6_V6ONLY, false); // whatever the system's default is
      }
      return socket;
    } catch (Throwable thrown) {
      socket.close();
      throw thrown;
    }
  }

  /** At this port of all of the machine's addresses of IPv4; 0: the system chooses a port. */
  public static UdpSocket bind(int port) throws IOException {
    return bind(new InetSocketAddress(port));
  }

  /** As {@link #bind(InetSocketAddress, boolean)}, alone at its port. */
  public static UdpSocket bind(InetSocketAddress address) throws IOException {
    return bind(address, false);
  }

  /**
   * One with an address.
   *
   * <p>gevent: {@code bind}.
   *
   * @param address with port 0 the system chooses one, which {@link #localAddress} tells
   * @param sharing whether others that do the same may have it too: all of them get what is sent to
   *     a group, and each its part of the rest ({@code SO_REUSEADDR}, {@code SO_REUSEPORT})
   * @throws java.net.BindException if somebody else has the port, among others
   */
  public static UdpSocket bind(InetSocketAddress address, boolean sharing) throws IOException {
    return bind(address, sharing ? SHARING : Map.of());
  }

  /**
   * The same, with these options, some of which, such as {@link ExtendedOptions#IPV6_V6ONLY}, can
   * be set only before it has its address.
   *
   * @throws UnsupportedOperationException if it has no such option
   * @throws IllegalArgumentException if one can't have that value
   */
  public static UdpSocket bind(InetSocketAddress address, Map<SocketOption<?>, ?> options)
      throws IOException {
    UdpSocket socket = open(Addresses.family(address));
    try {
      socket.setOptions(options);
      socket.bind(address, socket.family);
      return socket;
    } catch (Throwable thrown) {
      socket.close();
      throw thrown;
    }
  }

  /**
   * Takes over an open descriptor of a UDP socket, of IPv4 or IPv6.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static UdpSocket of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_DATAGRAM) && taken.isOfInternet(), "a UDP socket of IPv4 or IPv6");
    return new UdpSocket(taken.descriptor, taken.family);
  }

  @Override
  void requireAddress(SocketAddress address) {
    if (Addresses.family(address) == Native.GV_UNIX) {
      throw new IllegalArgumentException("not an internet address: " + address);
    }
  }

  @Override
  long checkPeer(long status, String operation) throws IOException {
    try {
      return super.checkPeer(status, operation);
    } catch (ConnectException e) {
      PortUnreachableException unreachable = new PortUnreachableException(e.getMessage());
      unreachable.initCause(e.getCause());
      throw unreachable;
    }
  }

  // ---- when they arrived ----

  @Override
  void received(Scratch scratch) {
    arrived = Datagram.arrived(scratch);
    arrivedAtCard = Datagram.arrivedAtCard(scratch);
  }

  /**
   * When the last one arrived, by the system's clock: in ns since 1970; 0 if it isn't known, as
   * without {@link ExtendedOptions#SO_TIMESTAMPING}, and at first after that was set.
   *
   * <p>gevent: the ancillary data of {@code recvmsg}.
   */
  public long arrivalNanos() {
    return arrived;
  }

  /** The same by the clock of a network card that has one, and is told to use it; 0 otherwise. */
  public long arrivalNanosAtCard() {
    return arrivedAtCard;
  }

  // ---- groups ----

  /**
   * From now on receives what is sent to a group, and to its port.
   *
   * <p>gevent: {@code setsockopt(IP_ADD_MEMBERSHIP)}, {@code setsockopt(IPV6_JOIN_GROUP)}.
   *
   * @param by the interface; null: the system's choice
   * @throws IllegalArgumentException if the address isn't that of a group
   * @throws java.net.SocketException if it is in that group already, among others
   */
  public void join(InetAddress group, NetworkInterface by) throws IOException {
    setGroup(true, group, by, null);
  }

  /** As {@link #join(InetAddress, NetworkInterface)}, but only what this one sends. */
  public void join(InetAddress group, NetworkInterface by, InetAddress source) throws IOException {
    setGroup(true, group, by, Objects.requireNonNull(source, "source"));
  }

  /**
   * Takes {@link #join(InetAddress, NetworkInterface)} back.
   *
   * @throws java.net.SocketException if it isn't in that group, among others
   */
  public void leave(InetAddress group, NetworkInterface by) throws IOException {
    setGroup(false, group, by, null);
  }

  /** Takes {@link #join(InetAddress, NetworkInterface, InetAddress)} back. */
  public void leave(InetAddress group, NetworkInterface by, InetAddress source) throws IOException {
    setGroup(false, group, by, Objects.requireNonNull(source, "source"));
  }

  private void setGroup(boolean joins, InetAddress group, NetworkInterface by, InetAddress source)
      throws IOException {
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException("not a group: " + group);
    }
    if (source != null && source instanceof Inet6Address != group instanceof Inet6Address) {
      throw new IllegalArgumentException("not by the same protocol: " + group + ", " + source);
    }
    Scratch scratch = Scratch.here();
    Addresses.put(scratch.buffer(), new InetSocketAddress(group, 0), 0);
    long sourceAt = 0;
    if (source != null) {
      Addresses.put(
          scratch.buffer().position(Addresses.SIZE).slice().order(scratch.buffer().order()),
          new InetSocketAddress(source, 0),
          0);
      sourceAt = scratch.address() + Addresses.SIZE;
    }
    Failures.check(
        Native.gv_socket_group(
            descriptor().address(), joins ? 1 : 0, index(by), scratch.address(), sourceAt),
        joins ? "join" : "leave",
        group);
  }

  /**
   * Sets which interface datagrams to groups are sent by; null: the system's choice.
   *
   * <p>gevent: {@code setsockopt(IP_MULTICAST_IF)}, {@code setsockopt(IPV6_MULTICAST_IF)}.
   */
  public void setGroupInterface(NetworkInterface by) throws IOException {
    check(
        Native.gv_socket_group_interface(descriptor().address(), family, index(by)),
        "set the interface of");
  }

  private static int index(NetworkInterface by) {
    return by == null ? 0 : by.getIndex();
  }
}
