package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Connections over a link that delays packets, lets them overtake each other and loses some: {@code
 * bin/test --lossy} makes it. What is sent to {@link #FAR} comes back to {@link #NEAR}.
 */
@Tag("lossy")
class LossyLinkTest extends HubTest {
  private static final String NEAR = "10.9.0.1";
  private static final String FAR = "10.9.0.2";
  private static final String NOWHERE = "10.9.0.9";
  private static final int LOST_CLASS = 0x48;
  private static final int CONNECTIONS = 40;
  private static final int MESSAGES = 30;
  private static final int MOST = 20_000;
  private static final Duration LONG = Duration.ofSeconds(100);

  private static void echo(TcpSocket socket) throws IOException {
    try (socket) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
      while (socket.read(buffer) >= 0) {
        socket.write(buffer.flip());
        buffer.clear();
      }
    }
  }

  private static Greenlet<Void> serve(TcpListener listener) {
    return Gevent.spawn(
        () -> {
          for (; ; ) {
            TcpSocket accepted = listener.accept();
            Gevent.spawn(
                () -> {
                  echo(accepted);
                  return null;
                });
          }
        });
  }

  /** Returns how many bytes came back as they were sent. */
  private static long talk(int port, long seed) throws IOException {
    Random random = new Random(seed);
    long sum = 0;
    try (TcpSocket socket = TcpSocket.connect(FAR, port, LONG)) {
      socket.setTimeout(LONG);
      for (int i = 0; i < MESSAGES; i++) {
        byte[] sent = new byte[1 + random.nextInt(MOST)];
        random.nextBytes(sent);
        ByteBuffer message = ByteBuffer.wrap(sent);
        Greenlet<Integer> writer = Gevent.spawn(() -> socket.write(message));
        ByteBuffer received = ByteBuffer.allocate(sent.length);
        socket.readFully(received);
        writer.join();
        assertThat(received.array()).isEqualTo(sent);
        sum += sent.length;
      }
    }
    return sum;
  }

  @Test
  void shouldBringBackEachByteInItsOrder() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(NEAR, 0))) {
      Greenlet<Void> server = serve(listener);
      int port = listener.port();
      List<Greenlet<Long>> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        long seed = i;
        clients.add(Gevent.spawn(() -> talk(port, seed)));
      }
      Gevent.joinAll(clients, LONG);
      assertThat(clients).allMatch(Greenlet::successful).allMatch(client -> client.value() > 0);
      server.kill();
    }
  }

  @Test
  void shouldEndAReadWhoseTimeIsUpAndGoOnWithTheNext() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(NEAR, 0))) {
      Greenlet<Void> server = serve(listener);
      try (TcpSocket socket = TcpSocket.connect(FAR, listener.port(), LONG)) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        socket.write(buffer.put((byte) 7).flip());
        buffer.clear();
        assertThatThrownBy(
                () -> socket.read(buffer, Duration.ofMillis(1))) // 10 at least, there and back
            .isInstanceOf(SocketTimeoutException.class);
        assertThat(socket.read(buffer, LONG)).isOne();
        assertThat(buffer.get(0)).isEqualTo((byte) 7);
      }
      server.kill();
    }
  }

  // ---- half open ----

  /** From now on nothing that it sends arrives: as if the machine at the other end had gone. */
  private static void loseAllOf(TcpSocket socket) throws IOException {
    socket.setOption(StandardSocketOptions.IP_TOS, LOST_CLASS);
  }

  private static void assertIsTold(Body wait) {
    assertThatThrownBy(wait::run)
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("cannot read from TcpSocket")
        .hasMessageContaining("ETIMEDOUT");
  }

  @Test
  void shouldBeToldByKeepAliveThatThePeerHasGone() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(NEAR, 0));
        TcpSocket socket = TcpSocket.connect(FAR, listener.port(), LONG);
        TcpSocket peer = listener.accept(LONG)) {
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      socket.setOption(ExtendedOptions.TCP_KEEPIDLE, 1);
      socket.setOption(ExtendedOptions.TCP_KEEPINTVL, 1);
      socket.setOption(ExtendedOptions.TCP_KEEPCNT, 2);
      loseAllOf(socket);
      assertIsTold(() -> socket.read(ByteBuffer.allocateDirect(1), LONG));
      assertThatThrownBy(() -> peer.read(ByteBuffer.allocateDirect(1), Duration.ofMillis(10)))
          .as("it isn't told")
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void shouldGiveUpAPeerThatAcknowledgesNothing() throws IOException {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(NEAR, 0));
        TcpSocket socket = TcpSocket.connect(FAR, listener.port(), LONG);
        TcpSocket peer = listener.accept(LONG)) {
      socket.setOption(ExtendedOptions.TCP_USER_TIMEOUT, 1000);
      loseAllOf(socket);
      socket.write(ByteBuffer.allocateDirect(1));
      assertIsTold(() -> socket.read(ByteBuffer.allocateDirect(1), LONG));
      assertThat(peer.isOpen()).isTrue();
    }
  }

  @Test
  void shouldWaitForAPeerThatHasGoneNoLongerThanItIsTold() throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(NEAR, 0));
        TcpSocket socket = TcpSocket.connect(FAR, listener.port(), LONG);
        TcpSocket peer = listener.accept(LONG)) {
      loseAllOf(socket);
      socket.setTimeout(Duration.ofMillis(100));
      assertThatThrownBy(() -> socket.write(ByteBuffer.allocateDirect(64 << 20)))
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> socket.read(ByteBuffer.allocateDirect(1)))
          .isInstanceOf(SocketTimeoutException.class);
      Greenlet<Throwable> reader =
          Gevent.spawn(() -> thrownBy(() -> socket.read(ByteBuffer.allocateDirect(1), LONG)));
      turns();
      socket.close();
      assertThat(reader.get()).isInstanceOf(SocketClosedException.class);
      assertThat(peer.isOpen()).isTrue();
    }
  }

  @Test
  void shouldSayThatNobodyAnswers() throws IOException {
    Duration little = Duration.ofMillis(100);
    assertThatThrownBy(() -> TcpSocket.connect(NOWHERE, 1, little))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("cannot connect to /" + NOWHERE + ":1");
    Path retries = Path.of("/proc/sys/net/ipv4/tcp_syn_retries"); // of this network alone
    String before = Files.readString(retries);
    Files.writeString(retries, "1");
    try {
      assertThatThrownBy(() -> TcpSocket.connect(NOWHERE, 1))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("cannot connect to /" + NOWHERE + ":1")
          .hasMessageContaining("ETIMEDOUT");
      assertThatThrownBy(() -> new GreenletSocket(NOWHERE, 1))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("ETIMEDOUT");
    } finally {
      Files.writeString(retries, before);
    }
  }
}
