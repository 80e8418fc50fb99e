package io.gevent4j.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.resolver.DnsServer.Way;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TcpSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Sockets ask the resolver of their hub. */
class SocketNamesTest extends HubTest {
  @Test
  void shouldConnectToNamesWhileOthersRun() throws Exception {
    try (DnsServer server = new DnsServer();
        TcpListener listener =
            TcpListener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
      server.host("here.test", "127.0.0.1").manner("here.test", Way.ANSWER, SHORT);
      AresOptions options = new AresOptions().servers(server.address()).timeout(LONG).tries(1);
      try (AresResolver resolver = new AresResolver(options)) {
        Resolver.set(resolver);
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        Greenlet<TcpSocket> connects = Gevent.spawn(() -> TcpSocket.connect("here.test", port));
        try (TcpSocket accepted = listener.accept();
            TcpSocket connected = connects.get()) {
          assertThat(connected.remoteAddress()).isEqualTo(accepted.localAddress());
        }
        assertThatThrownBy(() -> TcpSocket.connect("none.test", port))
            .isInstanceOf(LookupException.class)
            .hasMessageContaining("none.test");
        assertThat(server.udpQuestions()).isPositive();
      }
    }
  }

  @Test
  void shouldConnectToWhatTheJdkTakesForAHost() throws Exception {
    try (TcpListener listener =
        TcpListener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
      int port = ((InetSocketAddress) listener.localAddress()).getPort();
      for (String host :
          new String[] {"localhost", "127.0.0.1", "127.1", "[::ffff:127.0.0.1]", "", null}) {
        Greenlet<TcpSocket> connects = Gevent.spawn(() -> TcpSocket.connect(host, port));
        try (TcpSocket accepted = listener.accept();
            TcpSocket connected = connects.get()) {
          assertThat(connected.remoteAddress()).as(host).isEqualTo(accepted.localAddress());
        }
      }
    }
  }
}
