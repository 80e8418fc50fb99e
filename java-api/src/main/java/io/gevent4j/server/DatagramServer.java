package io.gevent4j.server;

import io.gevent4j.lock.Semaphore;
import io.gevent4j.socket.BaseSocket;
import io.gevent4j.socket.MessageSocket;
import io.gevent4j.socket.UdpSocket;
import io.gevent4j.socket.UnixDatagramSocket;
import io.gevent4j.waiting.Throwables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Handles datagrams that come by UDP, or to a path, each in a greenlet of its own.
 *
 * <pre>{@code
 * new DatagramServer(":9000", (server, data, sender) -> server.sendTo(data, sender)).serveForever();
 * }</pre>
 *
 * <p>An address as a text is one of the forms that {@link StreamServer} has. What the pool has no
 * room for waits in the system; of what that has no room for, it throws away what came by UDP, and
 * has the senders of the rest wait.
 *
 * <p>A subclass may override {@link #handle} in place of giving a handler.
 *
 * <p>gevent: {@code gevent.server.DatagramServer}.
 */
public class DatagramServer extends BaseServer {
  /** How many bytes of a datagram are received; the rest is lost. gevent: the same. */
  public static final int SIZE = 8192;

  /** What a server does with each datagram. */
  @FunctionalInterface
  public interface DatagramHandler {
    /**
     * Handles one. What this throws goes to the error handler of the greenlet's hub.
     *
     * @param server may answer
     * @param data what remains of it is the datagram; it is the handler's
     */
    void handle(DatagramServer server, ByteBuffer data, SocketAddress sender) throws Exception;
  }

  private final DatagramHandler handler; // null: a subclass has overridden handle
  private final ByteBuffer received = ByteBuffer.allocateDirect(SIZE);
  private final Semaphore sending = new Semaphore();
  private MessageSocket socket; // null: not opened

  /** At this port of all addresses of the machine. */
  public DatagramServer(int port, DatagramHandler handler) {
    this(ListenAddress.of(port), handler);
  }

  /**
   * At this address, of the forms above.
   *
   * @throws IllegalArgumentException if it is none
   */
  public DatagramServer(String address, DatagramHandler handler) {
    this(ListenAddress.parse(address), handler);
  }

  /** At an {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress}. */
  public DatagramServer(SocketAddress address, DatagramHandler handler) {
    super(ListenAddress.require(address), null);
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  /** With a socket that has an address already, and is closed with the server. */
  public DatagramServer(MessageSocket socket, DatagramHandler handler) throws IOException {
    super(socket.localAddress(), socket);
    this.socket = socket;
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  /** For subclasses that override {@link #handle}. */
  protected DatagramServer(String address) {
    super(ListenAddress.parse(address), null);
    this.handler = null;
  }

  /** As {@link #DatagramServer(String)}. */
  protected DatagramServer(SocketAddress address) {
    super(ListenAddress.require(address), null);
    this.handler = null;
  }

  @Override
  final BaseSocket open(SocketAddress address) throws IOException {
    socket =
        address instanceof InetSocketAddress
            ? UdpSocket.bind((InetSocketAddress) address)
            : UnixDatagramSocket.bind((UnixDomainSocketAddress) address);
    return socket;
  }

  @Override
  final Job next() throws IOException {
    SocketAddress sender = socket.tryReceive(received.clear());
    if (sender == null) {
      return null;
    }
    ByteBuffer data = ByteBuffer.allocate(received.flip().remaining()).put(received).flip();
    return new Received(data, sender);
  }

  private final class Received extends Job {
    private final ByteBuffer data;
    private final SocketAddress sender;

    Received(ByteBuffer data, SocketAddress sender) {
      this.data = data;
      this.sender = sender;
    }

    @Override
    public void run() {
      try {
        handle(data, sender);
      } catch (Exception e) {
        throw Throwables.<RuntimeException>sneak(e);
      }
    }

    @Override
    void drop() {}
  }

  /**
   * Handles a datagram, as {@link DatagramHandler#handle} does: with the handler that the server
   * was made with.
   */
  protected void handle(ByteBuffer data, SocketAddress sender) throws Exception {
    if (handler == null) {
      throw new UnsupportedOperationException("it has no handler, and no handle(): " + this);
    }
    handler.handle(this, data, sender);
  }

  /**
   * Sends what remains of the buffer as one datagram. Those who send take turns.
   *
   * <p>gevent: {@code sendto}.
   *
   * @throws IllegalStateException if it isn't started
   * @throws io.gevent4j.socket.SocketClosedException if it was stopped
   * @throws IllegalArgumentException if its kind of socket can't send there
   */
  public final void sendTo(ByteBuffer data, SocketAddress receiver) throws IOException {
    MessageSocket socket = this.socket;
    if (socket == null) {
      throw new IllegalStateException("cannot send by " + this + ": it isn't started");
    }
    sending.acquire();
    try {
      socket.send(data, receiver);
    } finally {
      sending.release();
    }
  }

  @Override
  final Object shownHandler() {
    return handler;
  }
}
