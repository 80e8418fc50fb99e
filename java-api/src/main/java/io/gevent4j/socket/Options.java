package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of a kind of socket, and their numbers in gevent4j.h. They are known by their names,
 * since the JDK has some of them in a module that needn't be there.
 */
final class Options {
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("SO_REUSEADDR", Native.GV_SO_REUSEADDR),
          Map.entry("SO_REUSEPORT", Native.GV_SO_REUSEPORT),
          Map.entry("SO_KEEPALIVE", Native.GV_SO_KEEPALIVE),
          Map.entry("SO_BROADCAST", Native.GV_SO_BROADCAST),
          Map.entry("SO_OOBINLINE", Native.GV_SO_OOBINLINE),
          Map.entry("SO_SNDBUF", Native.GV_SO_SNDBUF),
          Map.entry("SO_RCVBUF", Native.GV_SO_RCVBUF),
          Map.entry("SO_LINGER", Native.GV_SO_LINGER),
          Map.entry("SO_BUSY_POLL", Native.GV_SO_BUSY_POLL),
          Map.entry("SO_PRIORITY", Native.GV_SO_PRIORITY),
          Map.entry("SO_INCOMING_CPU", Native.GV_SO_INCOMING_CPU),
          Map.entry("SO_TIMESTAMPING", Native.GV_SO_TIMESTAMPING),
          Map.entry("TCP_NODELAY", Native.GV_TCP_NODELAY),
          Map.entry("TCP_QUICKACK", Native.GV_TCP_QUICKACK),
          Map.entry("TCP_KEEPIDLE", Native.GV_TCP_KEEPIDLE),
          Map.entry("TCP_KEEPINTVL", Native.GV_TCP_KEEPINTVL),
          Map.entry("TCP_KEEPINTERVAL", Native.GV_TCP_KEEPINTVL), // jdk.net has other names
          Map.entry("TCP_KEEPCNT", Native.GV_TCP_KEEPCNT),
          Map.entry("TCP_KEEPCOUNT", Native.GV_TCP_KEEPCNT),
          Map.entry("TCP_USER_TIMEOUT", Native.GV_TCP_USER_TIMEOUT),
          Map.entry("TCP_FASTOPEN", Native.GV_TCP_FASTOPEN),
          Map.entry("TCP_DEFER_ACCEPT", Native.GV_TCP_DEFER_ACCEPT),
          Map.entry("IP_TOS", Native.GV_IP_TOS),
          Map.entry("IP_MULTICAST_TTL", Native.GV_IP_MULTICAST_TTL),
          Map.entry("IP_MULTICAST_LOOP", Native.GV_IP_MULTICAST_LOOP),
          Map.entry("IPV6_V6ONLY", Native.GV_IPV6_V6ONLY));

  static final Options STREAM =
      new Options(
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.SO_KEEPALIVE,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_LINGER,
          StandardSocketOptions.TCP_NODELAY,
          StandardSocketOptions.IP_TOS,
          ExtendedOptions.SO_OOBINLINE,
          ExtendedOptions.SO_TIMESTAMPING,
          ExtendedOptions.SO_BUSY_POLL,
          ExtendedOptions.SO_PRIORITY,
          ExtendedOptions.SO_INCOMING_CPU,
          ExtendedOptions.TCP_QUICKACK,
          ExtendedOptions.TCP_KEEPIDLE,
          ExtendedOptions.TCP_KEEPINTVL,
          ExtendedOptions.TCP_KEEPCNT,
          ExtendedOptions.TCP_USER_TIMEOUT);

  static final Options LISTENER =
      new Options(
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.SO_RCVBUF,
          ExtendedOptions.SO_INCOMING_CPU,
          ExtendedOptions.TCP_FASTOPEN,
          ExtendedOptions.TCP_DEFER_ACCEPT);

  static final Options LISTENER6 = LISTENER.with(ExtendedOptions.IPV6_V6ONLY);

  static final Options UNIX =
      new Options(StandardSocketOptions.SO_SNDBUF, StandardSocketOptions.SO_RCVBUF);

  static final Options DATAGRAM =
      new Options(
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.SO_BROADCAST,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.IP_TOS,
          StandardSocketOptions.IP_MULTICAST_TTL,
          StandardSocketOptions.IP_MULTICAST_LOOP,
          ExtendedOptions.SO_TIMESTAMPING,
          ExtendedOptions.SO_BUSY_POLL,
          ExtendedOptions.SO_PRIORITY,
          ExtendedOptions.SO_INCOMING_CPU);

  static final Options DATAGRAM6 = DATAGRAM.with(ExtendedOptions.IPV6_V6ONLY);

  private static final Set<Integer> BYTES =
      Set.of(Native.GV_IP_TOS, Native.GV_IP_MULTICAST_TTL); // of which the system may cut more off

  private final Set<SocketOption<?>> supported;

  /** Those of them that this system has. */
  private Options(SocketOption<?>... supported) {
    this(Stream.of(supported));
  }

  private Options(Stream<SocketOption<?>> supported) {
    this.supported =
        supported
            .filter(option -> Native.gv_option_known(NUMBERS.get(option.name())) != 0)
            .collect(Collectors.toUnmodifiableSet());
  }

  private Options with(SocketOption<?> another) {
    return new Options(Stream.concat(supported.stream(), Stream.of(another)));
  }

  Set<SocketOption<?>> supported() {
    return supported;
  }

  /** Whether there is one of that name, of whatever kind of socket. */
  static boolean isKnown(SocketOption<?> option) {
    return NUMBERS.containsKey(option.name());
  }

  private int number(BaseSocket socket, SocketOption<?> option) {
    Integer number = NUMBERS.get(option.name());
    if (number == null
        || supported.stream().noneMatch(known -> NUMBERS.get(known.name()).equals(number))) {
      throw new UnsupportedOperationException(socket + " has no option " + option.name());
    }
    return number;
  }

  <T> void set(BaseSocket socket, SocketOption<T> option, T value) throws IOException {
    int number = number(socket, option);
    Objects.requireNonNull(value, option.name());
    int given = value instanceof Boolean ? ((Boolean) value ? 1 : 0) : (Integer) value;
    boolean tooMuch = given > 255 && BYTES.contains(number);
    if (tooMuch || given < 0 && number != Native.GV_SO_LINGER) {
      throw new IllegalArgumentException(option.name() + " can't be " + value);
    }
    socket.check(
        Native.gv_socket_set_option(socket.descriptor().address(), number, given),
        "set " + option.name() + " of");
  }

  <T> T get(BaseSocket socket, SocketOption<T> option) throws IOException {
    int number = number(socket, option);
    int[] value = new int[1];
    socket.check(
        Native.gv_socket_get_option(socket.descriptor().address(), number, value),
        "read " + option.name() + " of");
    return option.type() == Boolean.class
        ? option.type().cast(value[0] != 0)
        : option.type().cast(value[0]);
  }
}
