package io.gevent4j.socket;

import io.gevent4j.resolver.AddressInfo;
import io.gevent4j.resolver.Resolver;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** The addresses of hosts, asked for while the other greenlets run. */
final class Names {
  private Names() {}

  /**
   * At least one, the best first. What only the JDK takes for a host, as {@code [::1]}, it tells.
   */
  static InetAddress[] resolve(String host) throws IOException {
    if (host == null || host.isEmpty() || host.startsWith("[")) {
      return InetAddress.getAllByName(host);
    }
    List<AddressInfo> found = Resolver.get().getAddrInfo(host, 0);
    return found.stream().map(info -> info.address().getAddress()).toArray(InetAddress[]::new);
  }

  /**
   * A port at that of a host's addresses which the JDK would take; null: this host's. It knows its
   * name, so that nobody looks for that.
   */
  static InetSocketAddress address(String host, int port) throws IOException {
    if (host == null) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
    InetAddress[] found = resolve(host);
    InetAddress best = found[0];
    if ("false".equals(System.getProperty("java.net.preferIPv6Addresses", "false"))) {
      for (int i = found.length - 1; i >= 0; i--) {
        best = found[i] instanceof Inet4Address ? found[i] : best;
      }
    }
    return new InetSocketAddress(named(host, best), port);
  }

  private static InetAddress named(String host, InetAddress address) throws IOException {
    boolean scoped = address instanceof Inet6Address && ((Inet6Address) address).getScopeId() != 0;
    return scoped || address.getHostAddress().equals(host)
        ? address
        : InetAddress.getByAddress(host, address.getAddress());
  }
}
