package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

/** The options of a {@link Socket}, ours as well as the JDK's. */
abstract class SocketOptionsContract extends io.gevent4j.HubTest {
  abstract SocketFactory sockets();

  abstract ServerSocketFactory servers();

  @Test
  void shouldHaveTheDefaultsOfTheJdk() throws Exception {
    try (Socket socket = sockets().createSocket();
        Socket plain = new Socket()) {
      for (SocketOption<?> option : socket.supportedOptions()) {
        assertThat((Object) socket.getOption(option))
            .as(option.name())
            .isEqualTo(plain.getOption(option));
      }
      assertThat(socket.getTcpNoDelay()).isFalse();
      assertThat(socket.getKeepAlive()).isFalse();
      assertThat(socket.getOOBInline()).isFalse();
      assertThat(socket.getSoLinger()).isEqualTo(-1);
      assertThat(socket.getSoTimeout()).isZero();
      assertThat(socket.getReuseAddress()).isEqualTo(plain.getReuseAddress());
      assertThat(socket.getTrafficClass()).isEqualTo(plain.getTrafficClass());
      assertThat(socket.getSendBufferSize()).isEqualTo(plain.getSendBufferSize());
      assertThat(socket.getReceiveBufferSize()).isEqualTo(plain.getReceiveBufferSize());
    }
  }

  @Test
  void shouldHaveTheDefaultsOfTheJdksServer() throws Exception {
    try (ServerSocket socket = servers().createServerSocket();
        ServerSocket plain = new ServerSocket()) {
      for (SocketOption<?> option : socket.supportedOptions()) {
        assertThat((Object) socket.getOption(option))
            .as(option.name())
            .isEqualTo(plain.getOption(option));
      }
      assertThat(socket.supportedOptions()).contains(StandardSocketOptions.SO_REUSEPORT);
    }
  }

  @Test
  void shouldSupportWhatTheStandardNames() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      assertThat(socket.supportedOptions())
          .contains(
              StandardSocketOptions.TCP_NODELAY,
              StandardSocketOptions.SO_LINGER,
              StandardSocketOptions.SO_KEEPALIVE,
              StandardSocketOptions.SO_REUSEADDR,
              StandardSocketOptions.SO_REUSEPORT,
              StandardSocketOptions.SO_SNDBUF,
              StandardSocketOptions.SO_RCVBUF,
              StandardSocketOptions.IP_TOS)
          .anyMatch(option -> option.name().equals("TCP_KEEPIDLE"));
    }
  }

  @Test
  void shouldSetThem() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.setReuseAddress(true);
      socket.setSoLinger(true, 7);
      socket.setTrafficClass(0x10);
      assertThat(socket.getTcpNoDelay() && socket.getKeepAlive()).isTrue();
      assertThat(socket.getReuseAddress()).isTrue();
      assertThat(socket.getSoLinger()).isEqualTo(7);
      assertThat(socket.getTrafficClass()).isEqualTo(0x10);
      socket.setSoLinger(false, 0);
      assertThat(socket.getSoLinger()).isEqualTo(-1);
      socket.setOption(StandardSocketOptions.SO_LINGER, 3);
      assertThat(socket.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(3);
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      assertThat(socket.getOption(StandardSocketOptions.SO_REUSEPORT)).isTrue();
    }
  }

  @Test
  void shouldSetTheSizesOfBuffersAsTheJdkDoes() throws Exception {
    try (Socket socket = sockets().createSocket();
        Socket plain = new Socket()) {
      socket.setSendBufferSize(30_000);
      plain.setSendBufferSize(30_000);
      assertThat(socket.getSendBufferSize()).isEqualTo(plain.getSendBufferSize());
      socket.setReceiveBufferSize(30_000);
      plain.setReceiveBufferSize(30_000);
      assertThat(socket.getReceiveBufferSize()).isEqualTo(plain.getReceiveBufferSize());
      assertThatThrownBy(() -> socket.setSendBufferSize(0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void shouldRefuseOthers() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.SO_BROADCAST))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> socket.setOption((SocketOption) StandardSocketOptions.SO_LINGER, ""))
          .isInstanceOf(IllegalArgumentException.class);
      socket.close();
      assertThatThrownBy(() -> socket.setKeepAlive(true)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.SO_LINGER, 1))
          .isInstanceOf(SocketException.class);
    }
  }
}
