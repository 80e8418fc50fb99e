package io.gevent4j.resolver;

import java.util.regex.Pattern;

/** What makes no sense whoever is asked. */
final class Arguments {
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
  private static final int MOST_DIGITS = 9; // of an int
  private static final int LAST_PORT = 65535;

  private Arguments() {}

  static void requireFamily(int family) {
    if (family != Resolver.AF_UNSPEC && family != Resolver.AF_INET && family != Resolver.AF_INET6) {
      throw new IllegalArgumentException(
          "getAddrInfo: not AF_UNSPEC, AF_INET or AF_INET6: " + family);
    }
  }

  static void requireType(int socketType) {
    if (socketType < 0 || socketType > Resolver.SOCK_RAW) {
      throw new IllegalArgumentException(
          "getAddrInfo: not SOCK_STREAM, SOCK_DGRAM, SOCK_RAW or 0: " + socketType);
    }
  }

  static void requireFlags(int flags, int known, String prefix) {
    if ((flags & ~known) != 0) {
      throw new IllegalArgumentException(
          "unknown " + prefix + " flags: 0x" + Integer.toHexString(flags & ~known));
    }
  }

  /** The service as C takes it; null stays null. */
  static String service(String service) {
    if (service == null) {
      return null;
    }
    if (service.indexOf(0) >= 0 || service.isEmpty()) {
      throw new IllegalArgumentException("getAddrInfo: not a service: \"" + service + "\"");
    }
    if (!NUMBER.matcher(service).matches()) {
      return service;
    }
    int port = service.length() > MOST_DIGITS ? -1 : Integer.parseInt(service);
    if (port < 0 || port > LAST_PORT) {
      throw new IllegalArgumentException("getAddrInfo: port out of range: " + service);
    }
    return Integer.toString(port);
  }
}
