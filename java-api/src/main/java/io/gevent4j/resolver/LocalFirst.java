package io.gevent4j.resolver;

import io.gevent4j.binding.Native;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Checks what is asked, and answers at once what needs nobody else: the C library is asked for
 * numeric addresses, services, {@code localhost} and the addresses that it stands for in the
 * calling thread. All else is left to the subclass, also what the hosts file has.
 *
 * <p>gevent: {@code AbstractResolver}.
 */
abstract class LocalFirst implements Resolver {
  private static final Set<String> LOCAL = Set.of("localhost", "ip6-localhost");

  /** Theirs. Others that loop back may have no name in the hosts file. */
  private static final Set<ByteBuffer> LOCAL_ADDRESSES =
      Set.of(
          ByteBuffer.wrap(new byte[] {127, 0, 0, 1}),
          ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));

  // ---- what isn't known here: names are ASCII, and not numeric ----

  abstract List<AddressInfo> findAddresses(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException;

  abstract Answer findHost(String name);

  abstract Answer findHostOf(byte[] address);

  abstract Answer findName(byte[] address, int scope, int port, int flags);

  /** Throws IllegalStateException after {@link #close}, or in a thread that can't wait here. */
  abstract void requireUsable(String operation);

  // ---- the interface ----

  @Override
  public final List<AddressInfo> getAddrInfo(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException {
    String operation = "getAddrInfo";
    requireUsable(operation);
    Arguments.requireFamily(family);
    Arguments.requireType(socketType);
    Arguments.requireFlags(flags, Native.GV_AI_KNOWN, "AI");
    String name = ascii(operation, host);
    String port = Arguments.service(service);
    if (name == null && port == null) {
      port = "0";
    }
    boolean local = name != null && LOCAL.contains(name);
    Answer here =
        SystemCall.addresses(
            name, port, family, socketType, protocol, local ? flags : flags | AI_NUMERICHOST);
    if (here.isUnknown() && !local && mayBeName(name) && (flags & AI_NUMERICHOST) == 0) {
      return findAddresses(name, port, family, socketType, protocol, flags);
    }
    return here.require(operation, subject(host, service)).addresses(local ? name : null);
  }

  /** Whether there could be such a host: a colon is in addresses only. */
  private static boolean mayBeName(String name) {
    return name != null && !name.isEmpty() && name.indexOf(':') < 0;
  }

  /** For messages. */
  static String subject(String host, String service) {
    return service == null ? host : host + ", " + service;
  }

  @Override
  public final InetAddress getHostByName(String name) throws UnknownHostException {
    Objects.requireNonNull(name, "name");
    if (name.equals("<broadcast>")) {
      return InetAddress.getByAddress(new byte[] {-1, -1, -1, -1});
    }
    if (name.isEmpty()) {
      return InetAddress.getByAddress(new byte[4]);
    }
    return hostByName("getHostByName", name).addresses().get(0);
  }

  @Override
  public final HostInfo getHostByNameEx(String name) throws UnknownHostException {
    return hostByName("getHostByNameEx", Objects.requireNonNull(name, "name"));
  }

  private HostInfo hostByName(String operation, String host) throws UnknownHostException {
    requireUsable(operation);
    String name = ascii(operation, host);
    Answer numeric = SystemCall.addresses(name, null, AF_INET, SOCK_DGRAM, 0, AI_NUMERICHOST);
    if (!numeric.isUnknown() || !mayBeName(name)) {
      AddressInfo info = numeric.require(operation, host).addresses(null).get(0);
      return new HostInfo(name, List.of(), List.of(info.address().getAddress()));
    }
    Answer answer = LOCAL.contains(name) ? SystemCall.host(name) : findHost(name);
    HostInfo found = answer.require(operation, host).host(host);
    if (found.addresses().isEmpty()) {
      throw new LookupException(operation + " " + host + ": it has no address", false);
    }
    return found;
  }

  @Override
  public final HostInfo getHostByAddr(String address) throws UnknownHostException {
    Objects.requireNonNull(address, "address");
    return getHostByAddr(
        getAddrInfo(address, null, AF_UNSPEC, SOCK_DGRAM, 0, 0).get(0).address().getAddress());
  }

  @Override
  public final HostInfo getHostByAddr(InetAddress address) throws UnknownHostException {
    String operation = "getHostByAddr";
    requireUsable(operation);
    byte[] bytes = address.getAddress();
    Answer answer = isLocal(bytes) ? SystemCall.hostOf(bytes) : findHostOf(bytes);
    return answer.require(operation, address.getHostAddress()).host(null);
  }

  private static boolean isLocal(byte[] address) {
    return LOCAL_ADDRESSES.contains(ByteBuffer.wrap(address));
  }

  @Override
  public final NameInfo getNameInfo(InetSocketAddress address, int flags)
      throws UnknownHostException {
    String operation = "getNameInfo";
    requireUsable(operation);
    Arguments.requireFlags(flags, Native.GV_NI_KNOWN, "NI");
    InetAddress ip =
        address.isUnresolved() ? single(address.getHostString()) : address.getAddress();
    byte[] bytes = ip.getAddress();
    int scope = ip instanceof Inet6Address ? ((Inet6Address) ip).getScopeId() : 0;
    boolean here = (flags & NI_NUMERICHOST) != 0 || isLocal(bytes) && !needsDomain(flags);
    Answer answer =
        here
            ? SystemCall.name(bytes, scope, address.getPort(), flags)
            : findName(bytes, scope, address.getPort(), flags);
    return answer.require(operation, address).name();
  }

  /** The C library looks for its own domain then, wherever that may be. */
  static boolean needsDomain(int flags) {
    return (flags & NI_NOFQDN) != 0;
  }

  private InetAddress single(String host) throws UnknownHostException {
    List<AddressInfo> infos = getAddrInfo(host, null, AF_UNSPEC, SOCK_DGRAM, 0, 0);
    if (infos.size() != 1) {
      throw new LookupException("getNameInfo " + host + ": it has several addresses", false);
    }
    return infos.get(0).address().getAddress();
  }

  /** As it is asked for outside; null stays null. */
  private static String ascii(String operation, String host) throws LookupException {
    if (host == null || host.chars().allMatch(c -> c > 0 && c < 0x80)) {
      return host;
    }
    try {
      if (host.indexOf(0) < 0) { // or C would take what stands before it
        return IDN.toASCII(host);
      }
    } catch (IllegalArgumentException notAName) {
      // as below
    }
    throw new LookupException(operation + " " + host + ": not a host name", false);
  }
}
