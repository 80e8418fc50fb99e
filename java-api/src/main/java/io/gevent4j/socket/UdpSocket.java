package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.socket.Descriptor.Call;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Datagrams by UDP. Sending or receiving one is one native call; what is in a direct buffer isn't
 * copied. To send to the same address as before, or to receive from the same, allocates nothing.
 *
 * <p>Each call waits for at most the {@linkplain #setTimeout timeout}, for whose end there is
 * {@link java.net.SocketTimeoutException}. What is said of a datagram, such as {@link #lost}, is of
 * the one that was received last, and is for who received it.
 *
 * <p>gevent: {@code gevent.socket.socket(AF_INET or AF_INET6, SOCK_DGRAM)}.
 */
public final class UdpSocket extends BaseSocket {
  private static final Call RECEIVE =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_receive_from(hub, self, socket, memory, nanos);
  private static final Call SEND =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_send_to(hub, self, socket, memory, nanos);
  private static final Call WRITABLE =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_wait(hub, self, socket, Native.GV_WRITE, nanos);

  private final int family;
  private final Memory sendMemory = new Memory();
  private final Memory receiveMemory = new Memory();
  private Peer sentTo = Peer.NOBODY;
  private Peer receivedFrom = Peer.NOBODY;
  private int lost;
  private long arrived;
  private long arrivedAtCard;

  private UdpSocket(Descriptor descriptor, int family) {
    super(descriptor, Options.DATAGRAM);
    this.family = family;
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
    UdpSocket socket =
        new UdpSocket(
            new Descriptor(
                (int)
                    Failures.check(
                        Native.gv_socket_open(family, Native.GV_DATAGRAM), "open", "a UDP socket")),
            family);
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
   * @param address with port 0 the system chooses one, which {@link #localAddress} tells
   * @param sharing whether others that do the same may have it too: all of them get what is sent to
   *     a group, and each its part of the rest ({@code SO_REUSEADDR}, {@code SO_REUSEPORT})
   * @throws java.net.BindException if somebody else has the port, among others
   */
  public static UdpSocket bind(InetSocketAddress address, boolean sharing) throws IOException {
    UdpSocket socket = open(Addresses.family(address));
    try {
      if (sharing) {
        socket.setOption(java.net.StandardSocketOptions.SO_REUSEADDR, true);
        socket.setOption(java.net.StandardSocketOptions.SO_REUSEPORT, true);
      }
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
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static UdpSocket of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_DATAGRAM) && taken.isOfInternet(), "a UDP socket of IPv4 or IPv6");
    return new UdpSocket(taken.descriptor, taken.family);
  }

  /** From now on sends to this address, and receives from it only. It doesn't wait. */
  public void connect(SocketAddress peer) throws IOException {
    requireInternet(peer);
    connect(peer, family, 0);
  }

  /** Takes {@link #connect} back. */
  public void disconnect() throws IOException {
    check(Native.gv_socket_disconnect(descriptor().address()), "disconnect");
  }

  /** That of the peer it is connected with; null if there is none. gevent: {@code getpeername}. */
  public SocketAddress remoteAddress() throws IOException {
    return isOpen() ? nameIfAny(1) : name(1, "read the peer of");
  }

  private static void requireInternet(SocketAddress address) {
    Objects.requireNonNull(address, "address");
    if (Addresses.family(address) == Native.GV_UNIX) {
      throw new IllegalArgumentException("not an internet address: " + address);
    }
  }

  // ---- sending ----

  /**
   * Sends what remains of the buffer, as one datagram, to the peer that it is connected with.
   *
   * <p>gevent: {@code send}.
   *
   * @return how many bytes: all
   * @throws PortUnreachableException if the peer's machine has answered that nobody is there, to
   *     this or an earlier one
   */
  public int send(ByteBuffer buffer) throws IOException {
    return send(buffer, Peer.NOBODY);
  }

  /**
   * The same to this address.
   *
   * <p>gevent: {@code sendto}.
   */
  public int send(ByteBuffer buffer, SocketAddress to) throws IOException {
    Peer peer = sentTo;
    if (!peer.is(to)) {
      requireInternet(to);
      peer = Peer.of(to, family);
      sentTo = peer;
    }
    return send(buffer, peer);
  }

  /** Others use the scratch while the caller waits: so that it is filled anew after that. */
  private int send(ByteBuffer buffer, Peer to) throws IOException {
    int size = buffer.remaining();
    long end = Deadline.in(nanos());
    for (long left = nanos(); ; left = Deadline.left(end)) {
      Scratch scratch = Scratch.here();
      to.put(scratch);
      long memory =
          buffer.isDirect()
              ? sendMemory.of(buffer) + buffer.position()
              : Datagram.copy(scratch, buffer);
      Datagram.put(scratch, memory, size);
      long sent = descriptor().perform(SEND, scratch.address(), 0, 0);
      if (sent != Native.GV_ETIMEDOUT) {
        checkPeer(sent, "send by");
        buffer.position(buffer.limit());
        return size;
      }
      check(descriptor().perform(WRITABLE, 0, 0, left), "send by");
    }
  }

  // ---- receiving ----

  /**
   * Receives one datagram into what remains of the buffer; what doesn't fit is {@link #lost}.
   *
   * <p>gevent: {@code recvfrom_into}.
   *
   * @return who sent it
   * @throws PortUnreachableException if it is connected, and the peer's machine has answered that
   *     nobody is there
   */
  public SocketAddress receive(ByteBuffer buffer) throws IOException {
    return receive(buffer, nanos());
  }

  /** As {@link #receive(ByteBuffer)}, for at most this long; null: as long as it takes. */
  public SocketAddress receive(ByteBuffer buffer, Duration timeout) throws IOException {
    return receive(buffer, Timeouts.requireNanos(timeout));
  }

  private SocketAddress receive(ByteBuffer buffer, long nanos) throws IOException {
    return receive(buffer, nanos, false);
  }

  /**
   * As {@link #receive(ByteBuffer)}, but doesn't wait.
   *
   * @return who sent it; null if none is there
   */
  public SocketAddress tryReceive(ByteBuffer buffer) throws IOException {
    return receive(buffer, 0, true);
  }

  /** Null if the time is up, where that is an answer. */
  private SocketAddress receive(ByteBuffer buffer, long nanos, boolean trying) throws IOException {
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("can't receive into a read-only buffer: " + buffer);
    }
    Scratch scratch = Scratch.here();
    int position = buffer.position();
    boolean direct = buffer.isDirect();
    long memory = direct ? receiveMemory.of(buffer) + position : scratch.address() + Datagram.BYTES;
    Datagram.put(scratch, memory, direct ? buffer.remaining() : Datagram.most(buffer));
    long status = descriptor().perform(RECEIVE, scratch.address(), 0, nanos);
    if (trying && status == Native.GV_ETIMEDOUT) {
      return null;
    }
    int count = (int) checkPeer(status, "receive by");
    if (direct) {
      buffer.position(position + count);
    } else {
      Datagram.copy(buffer, scratch, count);
    }
    lost = (int) Datagram.size(scratch) - count;
    arrived = Datagram.arrived(scratch);
    arrivedAtCard = Datagram.arrivedAtCard(scratch);
    Peer peer = receivedFrom;
    if (!peer.isIn(scratch)) {
      peer = Peer.in(scratch);
      receivedFrom = peer;
    }
    return peer.address();
  }

  /** A status that isn't negative. */
  private long checkPeer(long status, String operation) throws IOException {
    try {
      return check(status, operation);
    } catch (ConnectException e) {
      PortUnreachableException unreachable = new PortUnreachableException(e.getMessage());
      unreachable.initCause(e.getCause());
      throw unreachable;
    }
  }

  /**
   * How many bytes of the last datagram didn't fit; where the system doesn't say, 1 for some.
   * gevent: {@code MSG_TRUNC} of {@code recvmsg}.
   */
  public int lost() {
    return lost;
  }

  /**
   * When the last one arrived, by the system's clock: in ns since 1970; 0 if it isn't known, as
   * without {@link ExtendedOptions#SO_TIMESTAMPING}, and at first after that was set.
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
   * @param by the interface; null: the system's choice
   */
  public void join(InetAddress group, NetworkInterface by) throws IOException {
    setGroup(true, group, by, null);
  }

  /** As {@link #join(InetAddress, NetworkInterface)}, but only what this one sends. */
  public void join(InetAddress group, NetworkInterface by, InetAddress source) throws IOException {
    setGroup(true, group, by, Objects.requireNonNull(source, "source"));
  }

  /** Takes {@link #join(InetAddress, NetworkInterface)} back. */
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

  /** Which interface datagrams to groups are sent by; null: the system's choice. */
  public void setGroupInterface(NetworkInterface by) throws IOException {
    check(
        Native.gv_socket_group_interface(descriptor().address(), family, index(by)),
        "set the interface of");
  }

  private static int index(NetworkInterface by) {
    return by == null ? 0 : by.getIndex();
  }
}
