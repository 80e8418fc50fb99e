package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.HubTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A peer that resets the connection, whose address the system forgets then. */
class ResetTest extends HubTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Returns its address. */
  private static SocketAddress reset(Socket peer) throws IOException {
    SocketAddress address = peer.getLocalSocketAddress();
    peer.setSoLinger(true, 0);
    peer.close();
    return address;
  }

  @Test
  void shouldNameThePeerThatHasResetTheConnection() throws IOException {
    try (TcpListener listener = TcpListener.bind(LOCAL);
        Socket peer = new Socket(listener.address(), listener.port());
        TcpSocket socket = listener.accept()) {
      assertNames(socket, listener.localAddress(), reset(peer));
    }
  }

  @Test
  void shouldNameThePeerThatHasResetTheConnectionBeforeItWasAccepted() throws IOException {
    try (TcpListener listener = TcpListener.bind(LOCAL);
        Socket peer = new Socket(listener.address(), listener.port());
        Socket another = new Socket(listener.address(), listener.port())) {
      SocketAddress gone = reset(peer);
      SocketAddress alsoGone = reset(another);
      try (TcpSocket socket = listener.accept();
          TcpSocket tried = listener.tryAccept()) {
        assertNames(socket, listener.localAddress(), gone);
        assertNames(tried, listener.localAddress(), alsoGone);
      }
    }
  }

  private static void assertNames(TcpSocket socket, SocketAddress local, SocketAddress peer)
      throws IOException {
    String name = "TcpSocket[fd=" + socket.fileno() + " " + local + " to " + peer + "]";
    assertThatThrownBy(() -> socket.read(ByteBuffer.allocateDirect(1)))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("cannot read from " + name)
        .hasMessageContaining("ECONNRESET");
    assertThat(socket.toString()).isEqualTo(name);
    assertThat(socket.remoteAddress()).isEqualTo(peer);
  }

  /** As the JDK's own does it. */
  @Test
  void shouldAcceptForTheJdkTheOnesThatAreResetAlready() throws IOException {
    try (ServerSocket listener = new GreenletServerSocket(0, 9, LOCAL.getAddress());
        Socket peer = new Socket(LOCAL.getAddress(), listener.getLocalPort())) {
      SocketAddress gone = reset(peer);
      try (Socket socket = listener.accept()) {
        assertThat(socket.getRemoteSocketAddress()).isEqualTo(gone);
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketException.class)
            .hasMessage("Connection reset");
      }
    }
  }
}
