package io.gevent4j.jmh;

import java.util.List;

/** One of the servers that jmh/echo measures: its name there, and how it is shown. */
record EchoServer(String name, String title, String color) {
  static final String NETTY = "netty";
  static final String VIRTUAL = "virtual";

  private static final List<EchoServer> ALL =
      List.of(
          new EchoServer("c-libev", "C on libev", "#000000"),
          new EchoServer("c-libuv", "C on libuv", "#888888"),
          new EchoServer("lean-libev", "TcpSocket, libev", "#0b3d91"),
          new EchoServer("lean-libuv", "TcpSocket, libuv", "#4f8fe0"),
          new EchoServer("net-libev", "greenlets, java.net, libev", "#007f86"),
          new EchoServer("net-libuv", "greenlets, java.net, libuv", "#5cc8c8"),
          new EchoServer("patched-libev", "patched threads, java.net, libev", "#b8336a"),
          new EchoServer("patched-libuv", "patched threads, java.net, libuv", "#e88bb0"),
          new EchoServer(NETTY, "Netty, epoll", "#2e8b2e"),
          new EchoServer(VIRTUAL, "virtual threads, java.net", "#e07b00"),
          new EchoServer("platform", "platform threads, java.net", "#8b4a1f"),
          new EchoServer("gevent", "gevent on CPython, libev", "#8e3fb0"));

  static EchoServer named(String name) {
    return ALL.stream()
        .filter(server -> server.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such server: " + name));
  }
}
