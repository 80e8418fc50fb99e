package io.gevent4j.server;

import io.gevent4j.socket.BaseSocket;
import io.gevent4j.socket.Listener;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TlsSocket;
import io.gevent4j.socket.UnixListener;
import io.gevent4j.waiting.Throwables;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * Serves connections by TCP, or by a unix socket: each is handled in a greenlet of its own, and
 * closed when that has ended.
 *
 * <pre>{@code
 * new StreamServer(":6000", socket -> socket.inputStream().transferTo(socket.outputStream()))
 *     .serveForever();
 * }</pre>
 *
 * <p>An address as a text is one of
 *
 * <ul>
 *   <li>{@code 80}: that port of all addresses of the machine
 *   <li>{@code :80}, {@code *:80}: of all of IPv4
 *   <li>{@code host:80}, {@code 127.0.0.1:80}, {@code [::1]:80}: of this one
 *   <li>{@code unix:name}, {@code /run/name}: a unix socket; what has a slash in it is a path
 * </ul>
 *
 * With port 0 the system chooses one, which {@link #serverPort} tells. At a path there must be no
 * file; the one that the server makes there is deleted when it stops.
 *
 * <p>A subclass may override {@link #handle} in place of giving a handler.
 *
 * <p>gevent: {@code gevent.server.StreamServer}.
 */
public class StreamServer extends BaseServer {
  private final Handler<? super StreamSocket> handler; // null: a subclass has overridden handle
  private Listener<?> listener; // null: not opened
  private int backlog = TcpListener.BACKLOG;

  /** At this port of all addresses of the machine. */
  public StreamServer(int port, Handler<? super StreamSocket> handler) {
    this(ListenAddress.of(port), handler);
  }

  /**
   * At this address, of the forms above.
   *
   * @throws IllegalArgumentException if it is none
   */
  public StreamServer(String address, Handler<? super StreamSocket> handler) {
    this(ListenAddress.parse(address), handler);
  }

  /** At an {@link InetSocketAddress}, or a {@link UnixDomainSocketAddress}. */
  public StreamServer(SocketAddress address, Handler<? super StreamSocket> handler) {
    super(ListenAddress.require(address), null);
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  /** With something that listens already, and is closed with the server. */
  public StreamServer(Listener<?> listener, Handler<? super StreamSocket> handler)
      throws IOException {
    super(listener.localAddress(), listener);
    this.listener = listener;
    this.handler = Objects.requireNonNull(handler, "handler");
  }

  /** For subclasses that override {@link #handle}. */
  protected StreamServer(String address) {
    super(ListenAddress.parse(address), null);
    this.handler = null;
  }

  /** As {@link #StreamServer(String)}. */
  protected StreamServer(SocketAddress address) {
    super(ListenAddress.require(address), null);
    this.handler = null;
  }

  /** As {@link #StreamServer(String)}. */
  protected StreamServer(Listener<?> listener) throws IOException {
    super(listener.localAddress(), listener);
    this.listener = listener;
    this.handler = null;
  }

  /**
   * For TLS: {@code new StreamServer(":443", StreamServer.tls(context, socket -> ...))}. The
   * handshake is made in the greenlet of the connection, so that it keeps nobody waiting; if it
   * fails, the connection is closed, and the handler not called. One that shall want certificates
   * of the clients makes a {@link TlsSocket} itself.
   *
   * <p>gevent: the argument {@code ssl_context}.
   *
   * @param context has the server's certificate
   * @return a handler for the servers' constructors
   */
  public static Handler<StreamSocket> tls(SSLContext context, Handler<? super TlsSocket> handler) {
    return tls(context, null, handler);
  }

  /**
   * The same, for which clients have to make the handshake in time.
   *
   * @param within how long that may take; null: as long as the connection's timeout
   */
  public static Handler<StreamSocket> tls(
      SSLContext context, Duration within, Handler<? super TlsSocket> handler) {
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(handler, "handler");
    Timeouts.requireNanos(within);
    return socket -> {
      try (TlsSocket tls = TlsSocket.server(context, socket)) {
        if (within == null) {
          tls.handshake();
        } else {
          tls.handshake(within);
        }
        handler.handle(tls);
      }
    };
  }

  /**
   * How many connections wait to be accepted before the system turns more away; {@link
   * TcpListener#BACKLOG} unless it is set.
   *
   * @throws IllegalStateException if the server was made with something that listens already
   */
  public final void setBacklog(int backlog) {
    if (backlog <= 0) {
      throw new IllegalArgumentException("not a backlog: " + backlog);
    }
    requireNotStarted("set the backlog of");
    if (listener != null) {
      throw new IllegalStateException("its listener has a backlog already: " + this);
    }
    this.backlog = backlog;
  }

  @Override
  final BaseSocket open(SocketAddress address) throws IOException {
    if (address instanceof InetSocketAddress) {
      listener = TcpListener.bind((InetSocketAddress) address, backlog);
    } else {
      listener = UnixListener.bind((UnixDomainSocketAddress) address, backlog);
    }
    return listener;
  }

  @Override
  final Job next() throws IOException {
    StreamSocket socket = listener.tryAccept();
    return socket == null ? null : new Connection(socket);
  }

  /** A connection, from when it is accepted to when it is closed. */
  private final class Connection extends Job {
    private final StreamSocket socket;

    Connection(StreamSocket socket) {
      this.socket = socket;
    }

    @Override
    public void run() {
      try {
        handle(socket);
      } catch (Exception e) {
        throw Throwables.<RuntimeException>sneak(e);
      } finally {
        socket.close();
      }
    }

    @Override
    void drop() {
      socket.close();
    }

    @Override
    public String toString() {
      return socket + " of " + StreamServer.this;
    }
  }

  /**
   * Serves a connection, as {@link Handler#handle} does: with the handler that the server was made
   * with.
   */
  protected void handle(StreamSocket socket) throws Exception {
    if (handler == null) {
      throw new UnsupportedOperationException("it has no handler, and no handle(): " + this);
    }
    handler.handle(socket);
  }

  @Override
  final Object shownHandler() {
    return handler;
  }
}
