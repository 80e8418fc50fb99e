package io.gevent4j.socket;

import java.net.SocketOption;

/**
 * Options that {@link java.net.StandardSocketOptions} and {@code jdk.net.ExtendedSocketOptions}
 * lack or don't have on every system. Linux has all of them.
 */
public final class ExtendedOptions {
  /**
   * Acknowledge at once. The kernel takes it back by itself, so that it is set before each read.
   */
  public static final SocketOption<Boolean> TCP_QUICKACK =
      new Name<>("TCP_QUICKACK", Boolean.class);

  /** Seconds of silence after which a connection with {@code SO_KEEPALIVE} is probed. */
  public static final SocketOption<Integer> TCP_KEEPIDLE =
      new Name<>("TCP_KEEPIDLE", Integer.class);

  /** Seconds between two probes. */
  public static final SocketOption<Integer> TCP_KEEPINTVL =
      new Name<>("TCP_KEEPINTVL", Integer.class);

  /** Probes without an answer after which the connection is given up. */
  public static final SocketOption<Integer> TCP_KEEPCNT = new Name<>("TCP_KEEPCNT", Integer.class);

  /** Milliseconds for which sent data may be unacknowledged; 0: the system's choice. */
  public static final SocketOption<Integer> TCP_USER_TIMEOUT =
      new Name<>("TCP_USER_TIMEOUT", Integer.class);

  /** Of a listener: how many connections that already carry data may be under way. */
  public static final SocketOption<Integer> TCP_FASTOPEN =
      new Name<>("TCP_FASTOPEN", Integer.class);

  /** Of a listener: seconds for which a connection without data isn't accepted yet. */
  public static final SocketOption<Integer> TCP_DEFER_ACCEPT =
      new Name<>("TCP_DEFER_ACCEPT", Integer.class);

  /** Microseconds for which a read busily asks the network card before it waits. */
  public static final SocketOption<Integer> SO_BUSY_POLL =
      new Name<>("SO_BUSY_POLL", Integer.class);

  /** Which queue of the network card it is sent by. */
  public static final SocketOption<Integer> SO_PRIORITY = new Name<>("SO_PRIORITY", Integer.class);

  /** The processor that its packets come in on. */
  public static final SocketOption<Integer> SO_INCOMING_CPU =
      new Name<>("SO_INCOMING_CPU", Integer.class);

  /**
   * Whether it is said when datagrams, or bytes of a {@link TcpSocket}, arrived, by the system's
   * clock and the network card's.
   */
  public static final SocketOption<Boolean> SO_TIMESTAMPING =
      new Name<>("SO_TIMESTAMPING", Boolean.class);

  /** Whether urgent data arrives among the rest, as with {@code Socket.setOOBInline}. */
  public static final SocketOption<Boolean> SO_OOBINLINE =
      new Name<>("SO_OOBINLINE", Boolean.class);

  /** Whether a socket of IPv6 takes nothing else. */
  public static final SocketOption<Boolean> IPV6_V6ONLY = new Name<>("IPV6_V6ONLY", Boolean.class);

  private ExtendedOptions() {}

  private static final class Name<T> implements SocketOption<T> {
    private final String name;
    private final Class<T> type;

    Name(String name, Class<T> type) {
      this.name = name;
      this.type = type;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Class<T> type() {
      return type;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
