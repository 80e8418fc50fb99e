package io.gevent4j.socket;

import io.gevent4j.resolver.AddressInfo;
import io.gevent4j.resolver.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** The addresses of hosts, asked for while the other greenlets run. */
final class Names {
  private Names() {}

  /** At least one, the best first. */
  static InetAddress[] resolve(String host) throws IOException {
    List<AddressInfo> found = Resolver.get().getAddrInfo(host, 0);
    return found.stream().map(info -> info.address().getAddress()).toArray(InetAddress[]::new);
  }
}
