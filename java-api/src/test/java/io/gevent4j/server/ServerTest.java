package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** What the tests of servers share. */
abstract class ServerTest extends HubTest {
  static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final List<AutoCloseable> open = new ArrayList<>();

  /** Has this closed at the end of the test, the last one first. */
  <C extends AutoCloseable> C closing(C closeable) {
    open.add(0, closeable);
    return closeable;
  }

  /** By then the hub is closed, and its servers with it. */
  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** Sends back what comes, a line at a time. */
  static void echo(StreamSocket socket) throws IOException {
    for (String line = readLine(socket); line != null; line = readLine(socket)) {
      say(socket, line);
    }
  }

  static StreamServer started(StreamServer server) throws IOException {
    server.start();
    return server;
  }

  static StreamServer echoServer() {
    return new StreamServer(HERE, ServerTest::echo);
  }

  TcpSocket connect(BaseServer server) throws IOException {
    return connect(server.address());
  }

  TcpSocket connect(SocketAddress address) throws IOException {
    TcpSocket socket = closing(TcpSocket.connect(address));
    socket.setTimeout(LONG);
    return socket;
  }

  static void say(StreamSocket socket, String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(UTF_8);
    socket.write(bytes, 0, bytes.length);
  }

  /** The next line; null at the end. */
  static String readLine(StreamSocket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    byte[] one = new byte[1];
    while (socket.read(one, 0, 1) > 0) {
      if (one[0] == '\n') {
        return line.toString();
      }
      line.append((char) one[0]);
    }
    return line.isEmpty() ? null : line.toString();
  }

  static void assertAnswers(StreamSocket socket) throws IOException {
    say(socket, "hello");
    assertThat(readLine(socket)).isEqualTo("hello");
  }

  /** Of no use for what doesn't happen at all; it is told of late, not of wrong, answers. */
  static void assertSilent(StreamSocket socket) throws Exception {
    Gevent.sleep(0.05);
    assertThat(Timeout.silent(SHORT).call(() -> socket.read(new byte[1], 0, 1))).isNull();
  }

  static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as("ns waited").isLessThan(LONG.toNanos());
      Gevent.sleep(0.001);
    }
  }
}
