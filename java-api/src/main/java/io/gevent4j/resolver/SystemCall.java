package io.gevent4j.resolver;

import io.gevent4j.binding.Native;

/** The C library's lookups. They block the kernel thread that calls. Any thread. */
final class SystemCall {
  private SystemCall() {}

  static Answer addresses(
      String host, String service, int family, int socketType, int protocol, int flags) {
    return Answer.take(
        Native.gv_lookup_addresses(host, service, family, socketType, protocol, flags));
  }

  static Answer host(String name) {
    return Answer.take(Native.gv_lookup_host(name));
  }

  static Answer hostOf(byte[] address) {
    return Answer.take(Native.gv_lookup_host_of(address, address.length));
  }

  static Answer name(byte[] address, int scope, int port, int flags) {
    return Answer.take(Native.gv_lookup_name(address, address.length, scope, port, flags));
  }
}
