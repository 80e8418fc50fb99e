package io.gevent4j.resolver;

import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/** Asks the C library, so that all that the system has been told about names holds. */
abstract class SystemResolver extends LocalFirst {
  /** Makes a call that blocks, wherever that may block. */
  abstract Answer ask(Supplier<Answer> call);

  @Override
  final List<AddressInfo> findAddresses(
      String host, String service, int family, int socketType, int protocol, int flags)
      throws UnknownHostException {
    return ask(() -> SystemCall.addresses(host, service, family, socketType, protocol, flags))
        .require("getAddrInfo", subject(host, service))
        .addresses(host);
  }

  @Override
  final Answer findHost(String name) {
    return ask(() -> SystemCall.host(name));
  }

  @Override
  final Answer findHostOf(byte[] address) {
    return ask(() -> SystemCall.hostOf(address));
  }

  @Override
  final Answer findName(byte[] address, int scope, int port, int flags) {
    return ask(() -> SystemCall.name(address, scope, port, flags));
  }
}
