package io.gevent4j.socket;

import java.io.IOException;
import java.net.InetAddress;

/** The addresses of hosts, asked for while the other greenlets run. */
final class Names {
  private Names() {}

  static InetAddress[] resolve(String host) throws IOException {
    return InetAddress.getAllByName(host);
  }
}
