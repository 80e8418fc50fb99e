package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A TCP socket as the JDK makes them: of IPv6, by which IPv4 can be had as well; of IPv4 alone
 * where {@code java.net.preferIPv4Stack} wants it so, or the system has no IPv6. Its options are
 * the system's, so that {@code TCP_NODELAY} is off.
 */
final class DualSocket extends StreamSocket {
  private static final boolean PREFER_IPV4 = Boolean.getBoolean("java.net.preferIPv4Stack");
  private static final byte[] ANY = new byte[16]; // of IPv6

  private final int family;

  private DualSocket(int fd, int family) {
    super(new Descriptor(fd), Options.STREAM);
    this.family = family;
  }

  static DualSocket open() throws IOException {
    int fd = PREFER_IPV4 ? -1 : Native.gv_socket_open(Native.GV_INET6, Native.GV_STREAM);
    if (fd < 0) {
      long only = Native.gv_socket_open(Native.GV_INET, Native.GV_STREAM);
      return new DualSocket((int) Failures.check(only, "open", "a TCP socket"), Native.GV_INET);
    }
    DualSocket socket = new DualSocket(fd, Native.GV_INET6);
    socket.setNumber(Native.GV_IPV6_V6ONLY, 0);
    return socket;
  }

  /** One that was accepted. */
  static DualSocket of(int fd) {
    return new DualSocket(fd, Native.GV_INET6);
  }

  void setNumber(int option, int value) throws IOException {
    try {
      check(Native.gv_socket_set_option(descriptor().address(), option, value), "set an option of");
    } catch (Throwable thrown) {
      close();
      throw thrown;
    }
  }

  void bind(InetAddress address, int port) throws IOException {
    // All addresses of IPv4 would be just those.
    boolean all = family == Native.GV_INET6 && address instanceof Inet4Address;
    InetAddress own =
        all && address.isAnyLocalAddress() ? Inet6Address.getByAddress(null, ANY, -1) : address;
    bind(new InetSocketAddress(own, port), family);
  }

  void listen(int backlog) throws IOException {
    check(Native.gv_socket_listen(descriptor().address(), backlog), "listen with");
  }

  void connect(SocketAddress address, long nanos) throws IOException {
    connect(address, family, nanos);
  }

  InetSocketAddress local() throws IOException {
    return (InetSocketAddress) localAddress();
  }

  void sendUrgent(int value) throws IOException {
    check(Native.gv_socket_send_urgent(descriptor().address(), value), "send urgent data to");
  }
}
