package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.HubTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A peer that resets the connection. */
class ResetTest extends HubTest {
  @Test
  void shouldTellOfResetByPeerWhoseAddressIsForgotten() throws IOException {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TcpListener listener = TcpListener.bind(local);
        Socket peer = new Socket(listener.address(), listener.port());
        TcpSocket socket = listener.accept()) {
      peer.setSoLinger(true, 0);
      peer.close();
      assertThatThrownBy(() -> socket.read(ByteBuffer.allocateDirect(1)))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("TcpSocket[fd=" + socket.fileno());
      assertThat(socket.toString())
          .isEqualTo("TcpSocket[fd=" + socket.fileno() + " " + listener.localAddress() + "]");
    }
  }
}
