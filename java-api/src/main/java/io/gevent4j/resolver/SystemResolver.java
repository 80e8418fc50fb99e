package io.gevent4j.resolver;

import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Asks the C library, so that all that the system has been told about names holds; in the calling
 * thread where it will find them in the hosts file.
 */
abstract class SystemResolver extends LocalFirst {
  private final HostsFile hosts;

  SystemResolver(HostsFile hosts) {
    this.hosts = hosts;
  }

  /** Makes a call that blocks, wherever that may block. */
  abstract Answer ask(Supplier<Answer> call);

  @Override
  final List<AddressInfo> findAddresses(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException {
    boolean here = hosts.hasName(host, family, flags);
    return ask(here, () -> SystemCall.addresses(host, service, family, socketType, protocol, flags))
        .require("getAddrInfo", subject(host, service))
        .addresses(host);
  }

  @Override
  final Answer findHost(String name) {
    return ask(hosts.hasName(name, AF_INET, 0), () -> SystemCall.host(name));
  }

  @Override
  final Answer findHostOf(byte[] address) {
    return ask(hosts.hasAddress(address), () -> SystemCall.hostOf(address));
  }

  @Override
  final Answer findName(byte[] address, int scope, int port, int flags) {
    boolean here = !needsDomain(flags) && hosts.hasAddress(address);
    return ask(here, () -> SystemCall.name(address, scope, port, flags));
  }

  private Answer ask(boolean here, Supplier<Answer> call) {
    return here ? call.get() : ask(call);
  }
}
