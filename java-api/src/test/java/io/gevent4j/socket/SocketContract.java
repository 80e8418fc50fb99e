package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

/** What a {@link Socket} does, ours as well as the JDK's. Its peer is one of the JDK's. */
abstract class SocketContract extends HubTest {
  static final InetAddress HERE = InetAddress.getLoopbackAddress();

  abstract SocketFactory sockets();

  abstract ServerSocketFactory servers();

  /** One that is tested, connected with one of the JDK's. */
  static final class Pair implements AutoCloseable {
    final Socket socket;
    final Socket peer;
    final InputStream in;
    final OutputStream out;

    Pair(SocketFactory sockets) throws IOException {
      try (ServerSocket listener = new ServerSocket(0, 50, HERE)) {
        socket = sockets.createSocket(HERE, listener.getLocalPort());
        peer = listener.accept();
      }
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    void tell(String text) throws IOException {
      peer.getOutputStream().write(text.getBytes());
    }

    @Override
    public void close() throws IOException {
      socket.close();
      peer.close();
    }
  }

  final Pair pair() throws IOException {
    return new Pair(sockets());
  }

  /** Runs it in a plain thread. */
  static CompletableFuture<Throwable> aside(Body body) {
    return CompletableFuture.supplyAsync(() -> thrownBy(body), run -> new Thread(run).start());
  }

  // ---- states ----

  @Test
  void shouldBeUnconnectedAtFirst() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      assertThat(socket.isConnected() || socket.isBound() || socket.isClosed()).isFalse();
      assertThat(socket.getPort()).isZero();
      assertThat(socket.getLocalPort()).isEqualTo(-1);
      assertThat(socket.getInetAddress()).isNull();
      assertThat(socket.getRemoteSocketAddress()).isNull();
      assertThat(socket.getLocalSocketAddress()).isNull();
      assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
      assertThat(socket.getChannel()).isNull();
      assertThat(socket).hasToString("Socket[unconnected]");
      assertThatThrownBy(socket::getInputStream)
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket is not connected");
      assertThatThrownBy(socket::shutdownInput).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void shouldKnowBothAddresses() throws Exception {
    try (Pair pair = pair()) {
      Socket socket = pair.socket;
      assertThat(socket.isConnected() && socket.isBound()).isTrue();
      assertThat(socket.getRemoteSocketAddress()).isEqualTo(pair.peer.getLocalSocketAddress());
      assertThat(socket.getLocalSocketAddress()).isEqualTo(pair.peer.getRemoteSocketAddress());
      assertThat(socket)
          .hasToString(
              "Socket[addr=%s,port=%d,localport=%d]"
                  .formatted(HERE, pair.peer.getLocalPort(), pair.peer.getPort()));
      assertThatThrownBy(() -> socket.connect(pair.peer.getLocalSocketAddress()))
          .isInstanceOf(SocketException.class)
          .hasMessageMatching("(?i)already connected");
    }
  }

  @Test
  void shouldBeConnectedAndClosedAfterItsEnd() throws Exception {
    try (Pair pair = pair()) {
      pair.socket.close();
      pair.socket.close();
      assertThat(pair.socket.isConnected() && pair.socket.isClosed()).isTrue();
      assertThat(pair.peer.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(() -> pair.socket.getInputStream())
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket is closed");
      assertThatThrownBy(() -> pair.in.read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.out.write(1)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.socket.getTcpNoDelay()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void shouldCloseWhenAStreamIsClosed() throws Exception {
    try (Pair pair = pair()) {
      pair.in.close();
      assertThat(pair.socket.isClosed()).isTrue();
    }
  }

  @Test
  void shouldBindBeforeItConnects() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, HERE);
        Socket socket = sockets().createSocket()) {
      socket.bind(new InetSocketAddress(HERE, 0));
      int port = socket.getLocalPort();
      assertThat(socket.isBound()).isTrue();
      assertThatThrownBy(() -> socket.bind(null)).hasMessageMatching("(?i)already bound");
      socket.connect(listener.getLocalSocketAddress());
      try (Socket peer = listener.accept()) {
        assertThat(peer.getPort()).isEqualTo(port).isEqualTo(socket.getLocalPort());
      }
    }
  }

  @Test
  void shouldUseTheLocalAddressThatTheFactoryIsGiven() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, HERE);
        Socket socket = sockets().createSocket("127.0.0.1", listener.getLocalPort(), HERE, 0)) {
      assertThat(socket.getLocalAddress()).isEqualTo(HERE);
    }
  }

  // ---- connecting ----

  @Test
  void shouldBeRefusedWhereNobodyListens() throws Exception {
    int port;
    try (ServerSocket listener = new ServerSocket(0, 50, HERE)) {
      port = listener.getLocalPort();
    }
    assertThatThrownBy(() -> sockets().createSocket(HERE, port))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void shouldGiveUpConnectingAfterTheTimeout() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, HERE)) {
      for (int i = 0; i < 2; i++) { // Linux lets in one more than the backlog
        waiting.add(new Socket(HERE, full.getLocalPort()));
      }
      try (Socket socket = sockets().createSocket()) {
        assertThatThrownBy(() -> socket.connect(full.getLocalSocketAddress(), 50))
            .isInstanceOf(SocketTimeoutException.class)
            .hasMessageMatching("(?i)connect timed out");
        assertThatThrownBy(() -> socket.getOutputStream()).isInstanceOf(SocketException.class);
      }
    } finally {
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void shouldNotKnowUnresolvedHosts() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("nowhere", 1)))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("nowhere");
    }
    assertThatThrownBy(() -> sockets().createSocket("no.such.host.invalid", 1))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no.such.host.invalid");
  }

  @Test
  void shouldRefuseArgumentsThatMakeNoSense() throws Exception {
    try (Socket socket = sockets().createSocket()) {
      assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> socket.connect(new InetSocketAddress(HERE, 1), -1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> socket.setSoTimeout(-1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> sockets().createSocket("localhost", 65536))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // ---- reading and writing ----

  @Test
  void shouldReadWhatIsThere() throws Exception {
    try (Pair pair = pair()) {
      pair.tell("abc");
      byte[] bytes = new byte[5];
      assertThat(pair.in.read()).isEqualTo('a');
      assertThat(pair.in.read(bytes, 1, 4)).isEqualTo(2);
      assertThat(bytes).containsExactly(0, 'b', 'c', 0, 0);
    }
  }

  @Test
  void shouldReadBytesThatAreNegativeInJava() throws Exception {
    try (Pair pair = pair()) {
      pair.peer.getOutputStream().write(0xff);
      assertThat(pair.in.read()).isEqualTo(0xff);
    }
  }

  @Test
  void shouldReadNothingIntoNothing() throws Exception {
    try (Pair pair = pair()) {
      assertThat(pair.in.read(new byte[3], 1, 0)).isZero();
      pair.out.write(new byte[3], 1, 0);
      assertThatThrownBy(() -> pair.in.read(new byte[3], 2, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> pair.out.write(new byte[3], -1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> pair.in.read(null, 0, 1)).isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  void shouldReadTheEndAgainAndAgain() throws Exception {
    try (Pair pair = pair()) {
      pair.tell("x");
      pair.peer.close();
      assertThat(pair.in.readAllBytes()).containsExactly('x');
      assertThat(pair.in.read()).isEqualTo(-1);
      pair.socket.close();
      assertThat(pair.in.read(new byte[1], 0, 1)).as("as the JDK").isEqualTo(-1);
    }
  }

  @Test
  void shouldKnowHowMuchIsThere() throws Exception {
    try (Pair pair = pair()) {
      assertThat(pair.in.available()).isZero();
      pair.tell("abc");
      pair.in.read();
      assertThat(pair.in.available()).isEqualTo(2);
    }
  }

  @Test
  void shouldWriteMoreThanTheSystemTakesAtOnce() throws Exception {
    byte[] much = new byte[4 << 20];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i * 31 >> 3);
    }
    try (Pair pair = pair()) {
      byte[][] read = new byte[1][];
      var reader = aside(() -> read[0] = pair.peer.getInputStream().readNBytes(much.length));
      pair.out.write(much);
      assertThat(reader.get()).isNull();
      assertThat(read[0]).isEqualTo(much);
      var writer = aside(() -> pair.peer.getOutputStream().write(much));
      assertThat(pair.in.readNBytes(much.length)).isEqualTo(much);
      assertThat(writer.get()).isNull();
    }
  }

  @Test
  void shouldGiveUpReadingAfterTheTimeout() throws Exception {
    try (Pair pair = pair()) {
      pair.socket.setSoTimeout(20);
      assertThat(pair.socket.getSoTimeout()).isEqualTo(20);
      assertThatThrownBy(() -> pair.in.read())
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Read timed out");
      pair.tell("a");
      assertThat(pair.in.read()).isEqualTo('a');
      pair.socket.setSoTimeout(0);
      pair.tell("b");
      assertThat(pair.in.read()).isEqualTo('b');
    }
  }

  @Test
  void shouldWakeWhoReadsWhenItIsClosed() throws Exception {
    try (Pair pair = pair()) {
      var closer =
          aside(
              () -> {
                pair.peer.getInputStream().read();
                pair.socket.close();
              });
      pair.out.write(1);
      assertThatThrownBy(() -> pair.in.read())
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket closed");
      assertThat(closer.get()).isNull();
    }
  }

  @Test
  void shouldWakeWhoWritesWhenItIsClosed() throws Exception {
    try (Pair pair = pair()) {
      var closer =
          aside(
              () -> {
                pair.peer.getInputStream().readNBytes(100_000);
                pair.socket.close();
              });
      assertThatThrownBy(
              () -> {
                for (; ; ) {
                  pair.out.write(new byte[1 << 20]);
                }
              })
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket closed");
      assertThat(closer.get()).isNull();
    }
  }

  @Test
  void shouldLetTwoReadersTakeTurns() throws Exception {
    Hub.get().setWaitsForThreads(true);
    try (Pair pair = pair()) {
      int[] other = new int[1];
      var reader = aside(() -> other[0] = pair.in.read());
      var writer =
          aside(
              () -> {
                pair.tell("a");
                pair.tell("b");
              });
      int mine = pair.in.read();
      assertThat(reader.get()).isNull();
      assertThat(writer.get()).isNull();
      assertThat(mine + other[0]).isEqualTo('a' + 'b');
    }
  }

  @Test
  void shouldTellThatThePeerBrokeOff() throws Exception {
    try (Pair pair = pair()) {
      pair.peer.setSoLinger(true, 0);
      pair.peer.close();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> pair.in.read())
            .isInstanceOf(SocketException.class)
            .hasMessage("Connection reset");
      }
      assertThatThrownBy(() -> pair.out.write(1)).isInstanceOf(SocketException.class);
    }
  }

  // ---- half of it ----

  @Test
  void shouldGoOnReadingWhenItsOutputIsShut() throws Exception {
    try (Pair pair = pair()) {
      pair.socket.shutdownOutput();
      assertThat(pair.peer.getInputStream().read()).isEqualTo(-1);
      pair.tell("a");
      assertThat(pair.in.read()).isEqualTo('a');
      assertThat(pair.socket.isOutputShutdown()).isTrue();
      assertThat(pair.socket.isInputShutdown()).isFalse();
      assertThatThrownBy(() -> pair.out.write(1)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> pair.socket.getOutputStream())
          .hasMessage("Socket output is shutdown");
      assertThatThrownBy(() -> pair.socket.shutdownOutput())
          .hasMessage("Socket output is already shutdown");
    }
  }

  @Test
  void shouldReadTheEndWhenItsInputIsShut() throws Exception {
    try (Pair pair = pair()) {
      pair.tell("abc");
      pair.socket.shutdownInput();
      assertThat(pair.in.read()).isEqualTo(-1);
      assertThat(pair.in.available()).isZero();
      assertThat(pair.socket.isInputShutdown()).isTrue();
      pair.out.write('z');
      assertThat(pair.peer.getInputStream().read()).isEqualTo('z');
    }
  }

  @Test
  void shouldSendUrgentData() throws Exception {
    try (Pair pair = pair()) {
      pair.peer.setOOBInline(true);
      pair.socket.sendUrgentData('!');
      assertThat(pair.peer.getInputStream().read()).isEqualTo('!');
      pair.socket.setOOBInline(true);
      assertThat(pair.socket.getOOBInline()).isTrue();
      pair.peer.sendUrgentData('?');
      assertThat(pair.in.read()).isEqualTo('?');
    }
  }

  // ---- listening ----

  @Test
  void shouldAccept() throws Exception {
    try (ServerSocket server = servers().createServerSocket(0, 5, HERE);
        Socket peer = new Socket(HERE, server.getLocalPort());
        Socket accepted = server.accept()) {
      assertThat(server.isBound()).isTrue();
      assertThat(server.getChannel()).isNull();
      assertThat(server.getInetAddress()).isEqualTo(HERE);
      assertThat(server)
          .hasToString("ServerSocket[addr=%s,localport=%d]".formatted(HERE, peer.getPort()));
      assertThat(accepted.isConnected() && accepted.isBound() && !accepted.isClosed()).isTrue();
      assertThat(accepted.getRemoteSocketAddress()).isEqualTo(peer.getLocalSocketAddress());
      assertThat(accepted.getLocalSocketAddress()).isEqualTo(peer.getRemoteSocketAddress());
      accepted.getOutputStream().write('a');
      assertThat(peer.getInputStream().read()).isEqualTo('a');
      assertThat(accepted.getTcpNoDelay()).isFalse();
    }
  }

  @Test
  void shouldListenByBothVersionsOfIp() throws Exception {
    try (ServerSocket server = servers().createServerSocket(0)) {
      assertThat(server.getInetAddress().isAnyLocalAddress()).isTrue();
      for (String host : List.of("127.0.0.1", "::1")) {
        try (Socket client = sockets().createSocket(host, server.getLocalPort());
            Socket accepted = server.accept()) {
          assertThat(accepted.getInetAddress()).isEqualTo(InetAddress.getByName(host));
          assertThat(client.getLocalAddress()).isEqualTo(InetAddress.getByName(host));
        }
      }
    }
  }

  @Test
  void shouldConnectToThisHostByTheAddressOfAll() throws Exception {
    try (ServerSocket server = new ServerSocket(0);
        Socket client = sockets().createSocket("0.0.0.0", server.getLocalPort())) {
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void shouldGiveUpAcceptingAfterTheTimeout() throws Exception {
    try (ServerSocket server = servers().createServerSocket(0, 5, HERE)) {
      server.setSoTimeout(20);
      assertThat(server.getSoTimeout()).isEqualTo(20);
      assertThatThrownBy(server::accept)
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Accept timed out");
      try (Socket peer = new Socket(HERE, server.getLocalPort());
          Socket accepted = server.accept()) {
        assertThat(accepted.getSoTimeout()).isZero();
      }
    }
  }

  @Test
  void shouldWakeWhoAcceptsWhenItIsClosed() throws Exception {
    try (ServerSocket server = servers().createServerSocket(0, 5, HERE)) {
      var closer =
          aside(
              () -> {
                Thread.sleep(20); // either way it is closed
                server.close();
              });
      assertThatThrownBy(server::accept).isInstanceOf(SocketException.class);
      assertThat(closer.get()).isNull();
      assertThat(server.isClosed()).isTrue();
      assertThatThrownBy(server::accept).hasMessage("Socket is closed");
    }
  }

  @Test
  void shouldNotListenWhereSomebodyElseDoes() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, HERE)) {
      assertThatThrownBy(() -> servers().createServerSocket(other.getLocalPort(), 5, HERE))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  @Test
  void shouldNotAcceptBeforeItIsBound() throws Exception {
    try (ServerSocket server = servers().createServerSocket()) {
      assertThat(server.getLocalPort()).isEqualTo(-1);
      assertThat(server).hasToString("ServerSocket[unbound]");
      assertThat(server.getReuseAddress()).isTrue();
      assertThatThrownBy(server::accept)
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket is not bound yet");
      server.bind(new InetSocketAddress(HERE, 0));
      assertThatThrownBy(() -> server.bind(null)).hasMessage("Already bound");
    }
  }
}
