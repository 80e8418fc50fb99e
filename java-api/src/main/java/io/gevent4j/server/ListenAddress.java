package io.gevent4j.server;

import io.gevent4j.resolver.Resolver;
import io.gevent4j.socket.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/** The forms in which one says where to listen. */
final class ListenAddress {
  private static final String UNIX = "unix:";

  private ListenAddress() {}

  /** All addresses of the machine. gevent: the same, of both families. */
  static InetSocketAddress of(int port) {
    try {
      return new InetSocketAddress(Any.ADDRESS, port);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /** Hosts are looked up later, by {@link #resolve}. */
  static SocketAddress parse(String address) {
    try {
      return address.startsWith(UNIX)
          ? UnixDomainSocketAddress.of(address.substring(UNIX.length()))
          : address.contains("/") ? UnixDomainSocketAddress.of(address) : parseInternet(address);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not an address to listen at: \"" + address + "\": " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress parseInternet(String address) {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    if (colon < 0) {
      return of(port);
    }
    String host = address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("an address of IPv6 stands in brackets");
    }
    return InetSocketAddress.createUnresolved(
        host.isEmpty() || host.equals("*") ? "0.0.0.0" : host, port);
  }

  /** Returns one of which we can listen. */
  static SocketAddress require(SocketAddress address) {
    if (!(address instanceof InetSocketAddress || address instanceof UnixDomainSocketAddress)) {
      throw new IllegalArgumentException("not an internet or unix address: " + address);
    }
    return address;
  }

  /** While other greenlets run. */
  static SocketAddress resolve(SocketAddress address) throws UnknownHostException {
    if (!(address instanceof InetSocketAddress) || !((InetSocketAddress) address).isUnresolved()) {
      return address;
    }
    InetSocketAddress internet = (InetSocketAddress) address;
    String host = internet.getHostString();
    int family = host.contains(":") ? Resolver.AF_INET6 : Resolver.AF_INET; // as gevent
    return Resolver.get()
        .getAddrInfo(
            host, "" + internet.getPort(), family, Resolver.SOCK_STREAM, 0, Resolver.AI_PASSIVE)
        .get(0)
        .address();
  }

  /** Of IPv6, by which those of IPv4 come too; unless the machine has none. */
  private static final class Any {
    static final InetAddress ADDRESS = find();

    private static InetAddress find() {
      try {
        InetAddress any = InetAddress.getByAddress(new byte[16]);
        TcpListener.bind(new InetSocketAddress(any, 0)).close();
        return any;
      } catch (IOException none) {
        return new InetSocketAddress(0).getAddress();
      }
    }
  }
}
