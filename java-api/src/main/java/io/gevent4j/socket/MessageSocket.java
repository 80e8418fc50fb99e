package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.socket.Descriptor.Call;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Sends and receives datagrams, each with one native call; what is in a direct buffer isn't copied.
 * To send to the same address as before, or to receive from the same, allocates nothing.
 *
 * <p>Each call waits for at most the {@linkplain #setTimeout timeout}, for whose end there is
 * {@link java.net.SocketTimeoutException}. What is said of a datagram, such as {@link #lost}, is of
 * the one that was received last, and is for who received it.
 *
 * <p><b>Thread rule:</b> that of {@link BaseSocket}: one at a time may receive, and another one
 * send.
 *
 * <p>gevent: {@code gevent.socket.socket} of {@code SOCK_DGRAM}.
 */
public abstract class MessageSocket extends BaseSocket {
  private static final Call RECEIVE =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_receive_from(hub, self, socket, memory, nanos);
  private static final Call SEND =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_send_to(hub, self, socket, memory, nanos);
  private static final Call WRITABLE =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_wait(hub, self, socket, Native.GV_WRITE, nanos);

  final int family;
  private final SocketAddress unnamed; // what is said of a sender without an address
  private final Memory sendMemory = new Memory();
  private final Memory receiveMemory = new Memory();
  private Peer sentTo = Peer.NOBODY;
  private Peer receivedFrom = Peer.NOBODY;
  private int lost;

  MessageSocket(Descriptor descriptor, Options options, int family, SocketAddress unnamed) {
    super(descriptor, options);
    this.family = family;
    this.unnamed = unnamed;
  }

  static Descriptor openDescriptor(int family, String what) throws IOException {
    return new Descriptor(
        (int) Failures.check(Native.gv_socket_open(family, Native.GV_DATAGRAM), "open", what));
  }

  // ---- what the kinds differ in ----

  /** Throws IllegalArgumentException for an address that this kind of socket can't send to. */
  abstract void requireAddress(SocketAddress address);

  /** Waits, as {@link Descriptor#perform} does, until a datagram may be sent there. */
  long awaitRoom(boolean toPeer, long nanos) {
    return descriptor().perform(WRITABLE, 0, 0, nanos);
  }

  /** What was said of the datagram in the scratch. */
  void received(Scratch scratch) {}

  /** A status that isn't negative. */
  long checkPeer(long status, String operation) throws IOException {
    return check(status, operation);
  }

  // ---- the peer ----

  /**
   * From now on sends to this address, and receives from it only. It doesn't wait.
   *
   * <p>gevent: {@code connect}.
   *
   * @throws IllegalArgumentException if this kind of socket can't send there
   * @throws java.net.SocketException if nobody is there, or no way to him, as far as is known
   */
  public void connect(SocketAddress peer) throws IOException {
    requireAddress(Objects.requireNonNull(peer, "peer"));
    connect(peer, family, 0);
  }

  /**
   * Takes {@link #connect} back; harmless if it has no peer. Its own address stays, of IP its port
   * at least.
   *
   * @throws IOException if another socket has got that port just then, among others
   */
  public void disconnect() throws IOException {
    check(Native.gv_socket_disconnect(descriptor().address()), "disconnect");
    rememberPeer(null);
  }

  /** That of the peer it is connected with; null if there is none. gevent: {@code getpeername}. */
  public SocketAddress remoteAddress() throws IOException {
    return isOpen() ? nameIfAny(1) : name(1, "read the peer of");
  }

  // ---- sending ----

  /**
   * Sends what remains of the buffer, as one datagram, to the peer that it is connected with, as
   * soon as there is room for it. If that fails, the buffer is as it was.
   *
   * <p>gevent: {@code send}.
   *
   * @return how many bytes: all
   * @throws java.net.SocketException if there is no peer, the datagram is too large, or nobody
   *     receives there any more, as far as is known: which is a {@link
   *     java.net.PortUnreachableException} by UDP, a {@link java.net.ConnectException} at a path
   */
  public int send(ByteBuffer buffer) throws IOException {
    return send(buffer, Peer.NOBODY, nanos());
  }

  /** As {@link #send(ByteBuffer)}, for at most this long; null: as long as it takes. */
  public int send(ByteBuffer buffer, Duration timeout) throws IOException {
    return send(buffer, Peer.NOBODY, Timeouts.requireNanos(timeout));
  }

  /**
   * The same to this address.
   *
   * <p>gevent: {@code sendto}.
   *
   * @throws IllegalArgumentException if this kind of socket can't send there
   */
  public int send(ByteBuffer buffer, SocketAddress to) throws IOException {
    return send(buffer, to, nanos());
  }

  /**
   * As {@link #send(ByteBuffer, SocketAddress)}, for at most this long; null: as long as it takes.
   */
  public int send(ByteBuffer buffer, SocketAddress to, Duration timeout) throws IOException {
    return send(buffer, to, Timeouts.requireNanos(timeout));
  }

  private int send(ByteBuffer buffer, SocketAddress to, long nanos) throws IOException {
    Peer peer = sentTo;
    if (!peer.is(to)) {
      requireAddress(Objects.requireNonNull(to, "to"));
      peer = Peer.of(to, family);
      sentTo = peer;
    }
    return send(buffer, peer, nanos);
  }

  /** Others use the scratch while the caller waits: so that it is filled anew after that. */
  private int send(ByteBuffer buffer, Peer to, long nanos) throws IOException {
    int size = buffer.remaining();
    if (!buffer.isDirect() && size > Datagram.MOST) {
      send(ByteBuffer.allocateDirect(size).put(buffer.duplicate()).flip(), to, nanos);
      buffer.position(buffer.limit());
      return size;
    }
    long end = Deadline.in(nanos);
    for (long left = nanos; ; left = Deadline.left(end)) {
      Scratch scratch = Scratch.here();
      to.put(scratch);
      long memory =
          buffer.isDirect()
              ? sendMemory.of(buffer) + buffer.position()
              : Datagram.copy(scratch, buffer);
      Datagram.put(scratch, memory, size);
      long sent = descriptor().perform(SEND, scratch.address(), 0, 0);
      if (sent != Native.GV_ETIMEDOUT) {
        if (sent < 0) {
          checkPeer(sent, operation(to));
        }
        buffer.position(buffer.limit());
        return size;
      }
      long room = awaitRoom(to == Peer.NOBODY, left);
      if (room < 0) {
        check(room, operation(to));
      }
    }
  }

  private static String operation(Peer to) {
    return to == Peer.NOBODY ? "send by" : "send to " + to.address() + " by";
  }

  // ---- receiving ----

  /**
   * Receives one datagram into what remains of the buffer, whose position is behind it then; what
   * doesn't fit is {@link #lost}.
   *
   * <p>gevent: {@code recvfrom_into}.
   *
   * @return who sent it
   * @throws IllegalArgumentException if the buffer is read-only
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
    if (family == Native.GV_UNIX && !buffer.isDirect() && buffer.remaining() > Datagram.MOST) {
      ByteBuffer copy = ByteBuffer.allocateDirect(buffer.remaining());
      SocketAddress sender = receive(copy, nanos, trying);
      buffer.put(copy.flip());
      return sender;
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
    received(scratch);
    Peer peer = receivedFrom;
    if (!peer.isIn(scratch)) {
      peer = Peer.in(scratch);
      receivedFrom = peer;
    }
    return peer == Peer.NOBODY ? unnamed : peer.address();
  }

  /**
   * How many bytes of the last datagram didn't fit; where the system doesn't say, 1 for some.
   * gevent: {@code MSG_TRUNC} of {@code recvmsg}.
   */
  public int lost() {
    return lost;
  }
}
