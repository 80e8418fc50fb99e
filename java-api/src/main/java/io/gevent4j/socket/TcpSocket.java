package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.waiting.Timeouts;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;

/**
 * A connection by TCP. What is written is sent at once: {@code TCP_NODELAY} is on.
 *
 * <p>gevent: {@code gevent.socket.socket(AF_INET or AF_INET6, SOCK_STREAM)}.
 */
public final class TcpSocket extends StreamSocket {
  TcpSocket(Descriptor descriptor) throws IOException {
    super(descriptor, Options.STREAM);
    check(
        Native.gv_socket_set_option(descriptor.address(), Native.GV_TCP_NODELAY, 1),
        "set TCP_NODELAY of");
  }

  /**
   * Takes over an open descriptor of a TCP socket for connections.
   *
   * <p>gevent: {@code socket.fromfd}, without the duplicate.
   *
   * @throws java.net.SocketException if it is something else; it is closed then
   */
  public static TcpSocket of(int fd) throws IOException {
    TakenOver taken = new TakenOver(fd);
    taken.require(
        taken.isOf(Native.GV_STREAM) && taken.isOfInternet() && !taken.listens(),
        "a TCP socket for connections");
    return orClose(taken.descriptor);
  }

  private static TcpSocket orClose(Descriptor descriptor) throws IOException {
    try {
      return new TcpSocket(descriptor);
    } catch (Throwable thrown) {
      descriptor.close();
      throw thrown;
    }
  }

  /** As {@link #connect(String, int, Duration)}, for as long as it takes. */
  public static TcpSocket connect(String host, int port) throws IOException {
    return connect(host, port, null);
  }

  /**
   * Connects to the first of a host's addresses that takes it.
   *
   * <p>gevent: {@code create_connection}.
   *
   * @param timeout for all of them, but not for the lookup, which has the resolver's own; null: as
   *     long as it takes
   * @throws java.net.UnknownHostException if the host has none
   * @throws ConnectException if none takes it; the reasons of the others are suppressed in it
   * @throws SocketTimeoutException if the time is up
   */
  public static TcpSocket connect(String host, int port, Duration timeout) throws IOException {
    return connect(host, port, timeout, null);
  }

  /**
   * As {@link #connect(String, int, Duration)}.
   *
   * @param source the own address; null: the system's choice
   */
  public static TcpSocket connect(String host, int port, Duration timeout, SocketAddress source)
      throws IOException {
    long end = Deadline.in(Timeouts.requireNanos(timeout));
    IOException failure = null;
    for (InetAddress address : Names.resolve(host)) {
      try {
        return connectFrom(source, new InetSocketAddress(address, port), end, Map.of());
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    throw failure;
  }

  /** Connects to this address, for as long as it takes. */
  public static TcpSocket connect(SocketAddress address) throws IOException {
    return connect(address, null, null);
  }

  /**
   * Connects to this address.
   *
   * <p>gevent: {@code connect}.
   *
   * @param timeout null: as long as it takes
   * @param source the own address; null: the system's choice
   */
  public static TcpSocket connect(SocketAddress address, Duration timeout, SocketAddress source)
      throws IOException {
    return connect(address, timeout, source, Map.of());
  }

  /**
   * As {@link #connect(SocketAddress, Duration, SocketAddress)}, by a socket with these options,
   * some of which, such as the sizes of its buffers, tell only when they are set before.
   *
   * @throws UnsupportedOperationException if it has no such option
   * @throws IllegalArgumentException if one can't have that value
   */
  public static TcpSocket connect(
      SocketAddress address,
      Duration timeout,
      SocketAddress source,
      Map<SocketOption<?>, ?> options)
      throws IOException {
    long end = Deadline.in(Timeouts.requireNanos(timeout));
    return connectFrom(source, address, end, options);
  }

  private static TcpSocket connectFrom(
      SocketAddress source, SocketAddress address, long end, Map<SocketOption<?>, ?> options)
      throws IOException {
    int family = Addresses.family(address);
    if (family == Native.GV_UNIX) {
      throw new IllegalArgumentException("not an internet address: " + address);
    }
    TcpSocket socket = orClose(open(family));
    try {
      socket.setOptions(options);
      if (source != null) {
        if (family == Native.GV_INET && Addresses.family(source) != family) {
          throw new BindException("cannot connect to " + address + " from " + source);
        }
        socket.bind(source, family);
      }
      socket.connect(address, family, Deadline.left(end));
      return socket;
    } catch (Throwable thrown) {
      socket.close();
      throw thrown;
    }
  }

  private static Descriptor open(int family) throws IOException {
    return new Descriptor(
        (int)
            Failures.check(
                Native.gv_socket_open(family, Native.GV_STREAM), "open", "a TCP socket"));
  }

  // ---- when it arrived ----

  @Override
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    super.setOption(option, value);
    if (option.name().equals(ExtendedOptions.SO_TIMESTAMPING.name())) {
      arrivals = Boolean.TRUE.equals(value) ? new Arrivals() : null;
    }
  }

  /**
   * When the last byte arrived that the last read returned, by the system's clock: in ns since
   * 1970; 0 if it isn't known, as without {@link ExtendedOptions#SO_TIMESTAMPING}, and at first
   * after that was set. For who reads.
   *
   * <p>gevent: the ancillary data of {@code recvmsg}.
   */
  public long arrivalNanos() {
    Arrivals arrivals = this.arrivals;
    return arrivals == null ? 0 : arrivals.arrived();
  }

  /** The same by the clock of a network card that has one, and is told to use it; 0 otherwise. */
  public long arrivalNanosAtCard() {
    Arrivals arrivals = this.arrivals;
    return arrivals == null ? 0 : arrivals.arrivedAtCard();
  }
}
