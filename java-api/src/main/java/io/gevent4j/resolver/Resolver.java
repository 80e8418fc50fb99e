package io.gevent4j.resolver;

import io.gevent4j.Hub;
import io.gevent4j.binding.Native;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds addresses of names, and names of addresses, while other greenlets run. Which of them does
 * so {@link io.gevent4j.Config#RESOLVER} says: {@link ThreadResolver}, {@link AresResolver} or
 * {@link BlockResolver}.
 *
 * <p>Numeric addresses, with their scopes ({@code fe80::1%eth0}), {@code localhost}, and ports and
 * services alone are answered at once, without a switch; so are 127.0.0.1 and ::1, whose names are
 * asked for; and so is what else the hosts file has, as long as that is smaller than 64 KiB and the
 * first that the system looks into.
 *
 * <p>Names that aren't ASCII are looked up as {@link java.net.IDN} writes them. What isn't found is
 * told by a {@link LookupException}, which is an UnknownHostException and names what was asked.
 * Nothing is remembered between two calls; name servers and the C library do that.
 *
 * <p><b>Thread rule:</b> the greenlets of its hub, unless the class says otherwise.
 *
 * <p>gevent: {@code hub.resolver}, and the functions of {@code gevent.socket} that ask it.
 */
public interface Resolver extends AutoCloseable {
  /** Any family. */
  int AF_UNSPEC = Native.GV_AF_UNSPEC;

  int AF_INET = Native.GV_AF_INET;
  int AF_INET6 = Native.GV_AF_INET6;

  int SOCK_STREAM = Native.GV_SOCK_STREAM;
  int SOCK_DGRAM = Native.GV_SOCK_DGRAM;
  int SOCK_RAW = Native.GV_SOCK_RAW;

  int IPPROTO_TCP = 6;
  int IPPROTO_UDP = 17;

  /** Without a host: addresses to listen on, in place of those to connect to. */
  int AI_PASSIVE = Native.GV_AI_PASSIVE;

  /** The first result has the canonical name. */
  int AI_CANONNAME = Native.GV_AI_CANONNAME;

  /** The host is an address, or else it isn't found. */
  int AI_NUMERICHOST = Native.GV_AI_NUMERICHOST;

  /** With AF_INET6: where there is none, IPv4 addresses in IPv6's clothes. */
  int AI_V4MAPPED = Native.GV_AI_V4MAPPED;

  /** With AI_V4MAPPED: both. */
  int AI_ALL = Native.GV_AI_ALL;

  /** No families that this machine has no address of. */
  int AI_ADDRCONFIG = Native.GV_AI_ADDRCONFIG;

  /** The service is a number, or else it isn't found. */
  int AI_NUMERICSERV = Native.GV_AI_NUMERICSERV;

  /** The host as an address. */
  int NI_NUMERICHOST = Native.GV_NI_NUMERICHOST;

  /** The service as a number. */
  int NI_NUMERICSERV = Native.GV_NI_NUMERICSERV;

  /** Of hosts of the same domain, the first part only. */
  int NI_NOFQDN = Native.GV_NI_NOFQDN;

  /** A host without a name is an error. */
  int NI_NAMEREQD = Native.GV_NI_NAMEREQD;

  /** The service as UDP knows it. */
  int NI_DGRAM = Native.GV_NI_DGRAM;

  /**
   * What a socket can be connected or bound to, the best first.
   *
   * <p>gevent: {@code getaddrinfo}.
   *
   * @param host a name or an address; null: this machine
   * @param service a port or a name such as {@code http}; null: 0
   * @param family AF_INET, AF_INET6 or AF_UNSPEC
   * @param socketType SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, or 0 for all
   * @param protocol a number of the protocol, or 0 for all
   * @param flags AI_..., or'ed
   * @return at least one
   * @throws LookupException if there is no such host or service, or nobody tells
   * @throws IllegalArgumentException for a port, family, type or flag that can't be
   */
  List<AddressInfo> getAddrInfo(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException;

  /** For TCP, in any family. */
  default List<AddressInfo> getAddrInfo(String host, int port) throws UnknownHostException {
    return getAddrInfo(host, Integer.toString(port), AF_UNSPEC, SOCK_STREAM, 0, 0);
  }

  /** As the long one, of any family, type and protocol, and without flags. */
  default List<AddressInfo> getAddrInfo(String host, String service) throws UnknownHostException {
    return getAddrInfo(host, service, AF_UNSPEC, 0, 0, 0);
  }

  /**
   * The first IPv4 address of a name. The empty name is 0.0.0.0, {@code <broadcast>}
   * 255.255.255.255.
   *
   * <p>gevent: {@code gethostbyname}.
   *
   * @throws LookupException if there is no such host, or nobody tells
   */
  InetAddress getHostByName(String name) throws UnknownHostException;

  /**
   * The IPv4 addresses of a name, its canonical name and its aliases.
   *
   * <p>gevent: {@code gethostbyname_ex}.
   *
   * @throws LookupException if there is no such host, or nobody tells
   */
  HostInfo getHostByNameEx(String name) throws UnknownHostException;

  /**
   * The name of an address. Of a name, its address is found first.
   *
   * <p>gevent: {@code gethostbyaddr}.
   *
   * @throws LookupException if there is no such host, or nobody tells
   */
  HostInfo getHostByAddr(String address) throws UnknownHostException;

  /** As {@link #getHostByAddr(String)}. */
  HostInfo getHostByAddr(InetAddress address) throws UnknownHostException;

  /**
   * The names of a host and a service. What has none is told as a number, unless NI_NAMEREQD asks
   * otherwise. An unresolved address is resolved first, and must then be a single one.
   *
   * <p>gevent: {@code getnameinfo}.
   *
   * @param flags NI_..., or'ed
   * @throws LookupException if nobody tells
   * @throws IllegalArgumentException for a flag that can't be
   */
  NameInfo getNameInfo(InetSocketAddress address, int flags) throws UnknownHostException;

  /**
   * Who waits for an answer gets a {@link LookupException}. Harmless when it is closed. A hub
   * closes its own with itself.
   */
  @Override
  void close();

  /**
   * That of the calling thread's hub, made at the first use; or, on a thread without a hub, a
   * {@link BlockResolver}. Any thread.
   *
   * @throws IllegalArgumentException if the settings make no sense
   */
  static Resolver get() {
    Hub hub = Hub.getIfExists();
    return hub == null ? BlockResolver.SHARED : HubResolvers.of(hub);
  }

  /** Has the calling thread's hub use this one from now on. The former isn't closed. */
  static void set(Resolver resolver) {
    HubResolvers.set(Hub.get(), resolver);
  }
}
