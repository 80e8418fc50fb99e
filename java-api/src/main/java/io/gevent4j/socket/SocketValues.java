package io.gevent4j.socket;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The options of {@link java.net.Socket} and their values, as {@link SocketOptions} has them. */
final class SocketValues {
  private static final Map<Integer, SocketOption<Boolean>> SWITCHES =
      Map.of(
          SocketOptions.TCP_NODELAY, StandardSocketOptions.TCP_NODELAY,
          SocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_KEEPALIVE,
          SocketOptions.SO_OOBINLINE, ExtendedOptions.SO_OOBINLINE,
          SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEADDR,
          SocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_REUSEPORT);
  private static final Map<Integer, SocketOption<Integer>> NUMBERS =
      Map.of(
          SocketOptions.IP_TOS, StandardSocketOptions.IP_TOS,
          SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_SNDBUF,
          SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_RCVBUF);

  private SocketValues() {}

  // ---- those of the sockets of the JDK on this system, which differ from one JDK to the next ----

  private static final class Client {
    static final Set<SocketOption<?>> SUPPORTED = ofTheJdk();

    private static Set<SocketOption<?>> ofTheJdk() {
      try (Socket socket = new Socket()) {
        return known(socket.supportedOptions());
      } catch (IOException e) {
        return Options.STREAM.supported();
      }
    }
  }

  private static final class Server {
    static final Set<SocketOption<?>> SUPPORTED = ofTheJdk();

    private static Set<SocketOption<?>> ofTheJdk() {
      try (ServerSocket socket = new ServerSocket()) {
        return known(socket.supportedOptions());
      } catch (IOException e) {
        return Options.LISTENER.supported();
      }
    }
  }

  private static Set<SocketOption<?>> known(Set<SocketOption<?>> options) {
    return options.stream().filter(Options::isKnown).collect(Collectors.toUnmodifiableSet());
  }

  static Set<SocketOption<?>> supported(boolean server) {
    return server ? Server.SUPPORTED : Client.SUPPORTED;
  }

  static void requireSupported(boolean server, SocketOption<?> option) {
    if (!supported(server).contains(option)) {
      throw new UnsupportedOperationException("'" + option + "' not supported");
    }
  }

  // ---- values ----

  static int timeout(Object value) throws SocketException {
    int millis = number(value, "SO_TIMEOUT");
    if (millis < 0) {
      throw new IllegalArgumentException("timeout < 0");
    }
    return millis;
  }

  /** In seconds; negative: none. */
  static int linger(DualSocket socket) throws IOException {
    return socket.getOption(StandardSocketOptions.SO_LINGER);
  }

  static void set(DualSocket socket, int option, Object value) throws SocketException {
    try {
      if (option == SocketOptions.SO_LINGER) {
        boolean off = Boolean.FALSE.equals(value);
        socket.setOption(StandardSocketOptions.SO_LINGER, off ? -1 : number(value, "SO_LINGER"));
      } else if (SWITCHES.containsKey(option)) {
        SocketOption<Boolean> known = SWITCHES.get(option);
        socket.setOption(known, isOn(value, known.name()));
      } else if (NUMBERS.containsKey(option)) {
        SocketOption<Integer> known = NUMBERS.get(option);
        socket.setOption(known, number(value, known.name()));
      } else {
        throw new SocketException("Unknown option " + option);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw asSocketException(e);
    }
  }

  static Object get(DualSocket socket, int option) throws SocketException {
    try {
      if (option == SocketOptions.SO_LINGER) {
        int seconds = linger(socket);
        return seconds < 0 ? (Object) Boolean.FALSE : (Object) seconds;
      } else if (option == SocketOptions.SO_BINDADDR) {
        return socket.local().getAddress();
      } else if (SWITCHES.containsKey(option)) {
        return socket.getOption(SWITCHES.get(option));
      } else if (NUMBERS.containsKey(option)) {
        return socket.getOption(NUMBERS.get(option));
      }
      throw new SocketException("Unknown option " + option);
    } catch (IOException e) {
      throw asSocketException(e);
    }
  }

  private static int number(Object value, String name) throws SocketException {
    if (!(value instanceof Integer)) {
      throw new SocketException("Bad value for " + name);
    }
    return (Integer) value;
  }

  private static boolean isOn(Object value, String name) throws SocketException {
    if (!(value instanceof Boolean)) {
      throw new SocketException("Bad value for " + name);
    }
    return (Boolean) value;
  }

  private static SocketException asSocketException(Exception thrown) {
    if (thrown instanceof SocketException) {
      return (SocketException) thrown;
    }
    SocketException told = new SocketException(thrown.getMessage());
    told.initCause(thrown);
    return told;
  }
}
