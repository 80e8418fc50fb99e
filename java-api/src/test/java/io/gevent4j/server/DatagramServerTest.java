package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.event.Event;
import io.gevent4j.socket.SocketClosedException;
import io.gevent4j.socket.UdpSocket;
import io.gevent4j.socket.UnixDatagramSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams are received, handled and answered. */
class DatagramServerTest extends ServerTest {
  private static DatagramServer echoing() {
    return new DatagramServer(HERE, (server, data, sender) -> server.sendTo(data, sender));
  }

  private UdpSocket connected(DatagramServer server) throws IOException {
    UdpSocket socket = closing(UdpSocket.open());
    socket.connect(server.address());
    socket.setTimeout(LONG);
    return socket;
  }

  private static String text(ByteBuffer data) {
    return UTF_8.decode(data).toString();
  }

  private static void say(UdpSocket socket, String text) throws IOException {
    socket.send(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static String read(UdpSocket socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(10_000);
    socket.receive(buffer);
    return text(buffer.flip());
  }

  @Test
  void shouldAnswer() throws Exception {
    try (DatagramServer server = echoing()) {
      server.start();
      UdpSocket one = connected(server);
      UdpSocket two = connected(server);
      say(one, "one");
      say(two, "two");
      assertThat(read(two)).isEqualTo("two");
      assertThat(read(one)).isEqualTo("one");
    }
  }

  @Test
  void shouldAnswerASocketOfTheJdk() throws Exception {
    DatagramServer server = echoing();
    server.start();
    io.gevent4j.threadpool.ThreadPool threads = closing(new io.gevent4j.threadpool.ThreadPool(1));
    String answer =
        threads.apply(
            () -> {
              try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout((int) LONG.toMillis());
                socket.send(new DatagramPacket("hello".getBytes(), 5, server.address()));
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                socket.receive(packet);
                return new String(packet.getData(), 0, packet.getLength());
              }
            });
    assertThat(answer).isEqualTo("hello");
  }

  @Test
  void shouldHandleInASubclass() throws Exception {
    List<String> handled = new ArrayList<>();
    DatagramServer server =
        new DatagramServer("localhost:0") {
          @Override
          protected void handle(ByteBuffer data, SocketAddress sender) {
            handled.add(text(data));
          }
        };
    server.start();
    say(connected(server), "");
    say(connected(server), "hello");
    await(() -> handled.size() == 2);
    assertThat(handled).containsExactlyInAnyOrder("", "hello");
  }

  @Test
  void shouldReceiveSoMuchAndNoMore() throws Exception {
    DatagramServer server = echoing();
    server.start();
    UdpSocket client = connected(server);
    say(client, "x".repeat(DatagramServer.SIZE));
    assertThat(read(client)).hasSize(DatagramServer.SIZE);
    say(client, "x".repeat(DatagramServer.SIZE + 1));
    assertThat(read(client)).hasSize(DatagramServer.SIZE);
  }

  @Test
  void shouldReportWhatAHandlerThrowsAndServeOn() throws Exception {
    IOException failure = new IOException("of the handler");
    DatagramServer server =
        new DatagramServer(
            HERE,
            (self, data, sender) -> {
              if (data.remaining() == 0) {
                throw failure;
              }
              self.sendTo(data, sender);
            });
    server.start();
    UdpSocket client = connected(server);
    say(client, "");
    say(client, "go on");
    assertThat(read(client)).isEqualTo("go on");
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldReceiveNothingWhileThePoolIsFull() throws Exception {
    Event go = new Event();
    List<String> handled = new ArrayList<>();
    DatagramServer server =
        new DatagramServer(
            HERE,
            (self, data, sender) -> {
              handled.add(text(data));
              go.await();
            });
    server.setSpawn(1);
    server.start();
    UdpSocket client = connected(server);
    say(client, "one");
    say(client, "two");
    await(() -> !handled.isEmpty());
    turns();
    assertThat(handled).containsExactly("one");
    go.set();
    await(() -> handled.size() == 2);
    assertThat(handled).containsExactly("one", "two");
  }

  @Test
  void shouldServeWithASocketThatItIsGiven() throws Exception {
    UdpSocket socket = UdpSocket.bind(HERE);
    DatagramServer server =
        new DatagramServer(socket, (self, data, sender) -> self.sendTo(data, sender));
    server.start();
    UdpSocket client = connected(server);
    say(client, "hello");
    assertThat(read(client)).isEqualTo("hello");
    server.stop();
    assertThat(socket.isOpen()).isFalse();
    ByteBuffer data = ByteBuffer.allocate(1);
    assertThatThrownBy(() -> server.sendTo(data, new InetSocketAddress("127.0.0.1", 1)))
        .isInstanceOf(SocketClosedException.class);
  }

  @Test
  void shouldAnswerAtAPathAndTakeItsFileWithIt(@TempDir Path folder) throws Exception {
    UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("server"));
    UnixDomainSocketAddress unnamedOnes = UnixDomainSocketAddress.of("");
    List<String> unanswered = new ArrayList<>();
    DatagramServer.DatagramHandler handler =
        (self, data, sender) -> {
          if (sender.equals(unnamedOnes)) {
            unanswered.add(text(data));
          } else {
            self.sendTo(data, sender);
          }
        };
    for (int round = 0; round < 2; round++) {
      try (DatagramServer server = new DatagramServer("unix:" + path, handler)) {
        server.start();
        assertThat(server.address()).isEqualTo(path);
        UnixDatagramSocket unnamed = closing(UnixDatagramSocket.open());
        unnamed.send(ByteBuffer.wrap("unnamed".getBytes(UTF_8)), path);
        UnixDomainSocketAddress own = UnixDomainSocketAddress.of(folder.resolve("own" + round));
        UnixDatagramSocket client = closing(UnixDatagramSocket.bind(own));
        client.setTimeout(LONG);
        client.send(ByteBuffer.wrap("hello".getBytes(UTF_8)), path);
        ByteBuffer answer = ByteBuffer.allocate(100);
        assertThat(client.receive(answer)).isEqualTo(path);
        assertThat(text(answer.flip())).isEqualTo("hello");
      }
      assertThat(path.getPath()).doesNotExist();
    }
    assertThat(unanswered).containsExactly("unnamed", "unnamed");
  }

  @Test
  void shouldRefuseWhatItCannotDo() throws Exception {
    assertThatThrownBy(() -> new DatagramServer("nowhere", (self, data, sender) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere");
    DatagramServer server = echoing();
    assertThatThrownBy(() -> server.sendTo(ByteBuffer.allocate(1), HERE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith("it isn't started");
    server.start();
    DatagramServer other =
        new DatagramServer((InetSocketAddress) server.address(), (self, data, sender) -> {});
    assertThatThrownBy(other::start).isInstanceOf(java.net.BindException.class);
    DatagramServer without = new DatagramServer(HERE) {};
    without.start();
    say(connected(without), "hello");
    await(() -> !errors().isEmpty());
    assertThat(takeThrown()).singleElement().isInstanceOf(UnsupportedOperationException.class);
  }
}
