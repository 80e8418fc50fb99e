package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scheduler;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * What {@code gevent.socket} has beside its classes.
 *
 * <p><b>Thread rule:</b> any thread.
 */
public final class Sockets {
  /** A descriptor is readable. */
  public static final int READ = Native.GV_READ;

  /** A descriptor is writable. */
  public static final int WRITE = Native.GV_WRITE;

  private Sockets() {}

  /** As {@link TcpSocket#connect(String, int)}. gevent: {@code create_connection}. */
  public static TcpSocket createConnection(String host, int port) throws IOException {
    return TcpSocket.connect(host, port);
  }

  /** As {@link TcpSocket#connect(String, int, Duration)}. gevent: {@code create_connection}. */
  public static TcpSocket createConnection(String host, int port, Duration timeout)
      throws IOException {
    return TcpSocket.connect(host, port, timeout);
  }

  /**
   * As {@link TcpSocket#connect(String, int, Duration, SocketAddress)}. gevent: {@code
   * create_connection}.
   */
  public static TcpSocket createConnection(
      String host, int port, Duration timeout, SocketAddress source) throws IOException {
    return TcpSocket.connect(host, port, timeout, source);
  }

  /** As {@link TcpListener#bind(InetSocketAddress)}. gevent: {@code create_server}. */
  public static TcpListener createServer(InetSocketAddress address) throws IOException {
    return TcpListener.bind(address);
  }

  /**
   * As {@link TcpListener#bind(InetSocketAddress, int, boolean)}. gevent: {@code create_server}.
   */
  public static TcpListener createServer(InetSocketAddress address, int backlog, boolean sharing)
      throws IOException {
    return TcpListener.bind(address, backlog, sharing);
  }

  /** As {@link UnixSocket#pair}. gevent: {@code socketpair}. */
  public static UnixSocket[] socketPair() throws IOException {
    return UnixSocket.pair();
  }

  /**
   * Waits until a descriptor of any kind is readable, or at its end.
   *
   * <p>gevent: {@code wait_read}.
   *
   * @param timeout null: as long as it takes; zero: it only looks
   * @throws java.net.SocketTimeoutException when the time is up
   * @throws java.net.SocketException if there is none of that number, among others
   */
  public static void waitRead(int fd, Duration timeout) throws IOException {
    await(fd, READ, timeout);
  }

  /** As {@link #waitRead}, until it is writable. gevent: {@code wait_write}. */
  public static void waitWrite(int fd, Duration timeout) throws IOException {
    await(fd, WRITE, timeout);
  }

  /**
   * As {@link #waitRead}, until it is readable or writable. gevent: {@code wait_readwrite}.
   *
   * @return {@link #READ}, {@link #WRITE}, or both
   */
  public static int waitReadWrite(int fd, Duration timeout) throws IOException {
    return await(fd, READ | WRITE, timeout);
  }

  private static int await(int fd, int events, Duration timeout) throws IOException {
    long news = await(fd, events, Timeouts.requireNanos(timeout));
    if (news < 0) {
      Failures.check(news, "wait for", "descriptor " + fd);
    }
    return (int) news;
  }

  private static long await(int fd, int events, long nanos) {
    Scheduler hub = Scheduler.here();
    if (hub == null || !hub.isHere()) {
      return Native.gv_descriptor_wait(0, 0, fd, events, nanos);
    }
    long self = hub.beginCall();
    long id = hub.callerId();
    return hub.endCall(self, id, Native.gv_descriptor_wait(hub.address(), self, fd, events, nanos));
  }
}
