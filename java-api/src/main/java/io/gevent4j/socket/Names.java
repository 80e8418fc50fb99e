package io.gevent4j.socket;

import io.gevent4j.resolver.AddressInfo;
import io.gevent4j.resolver.Resolver;
import java.io.IOException;
import java.net.InetAddress;
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
}
