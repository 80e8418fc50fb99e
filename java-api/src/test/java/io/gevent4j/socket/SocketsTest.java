package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.binding.Native;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What gevent.socket has beside its classes. */
class SocketsTest extends SocketTest {
  @Test
  void shouldCreateServersConnectionsAndPairs() throws Exception {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpListener server = keep(Sockets.createServer(local));
    TcpSocket client = keep(Sockets.createConnection("localhost", server.port(), LONG, local));
    assertTalk(client, keep(server.accept(LONG)));
    keep(Sockets.createConnection("localhost", server.port())).close();
    keep(Sockets.createConnection("localhost", server.port(), LONG)).close();
    keep(Sockets.createServer(local, 5, true));
    UnixSocket[] pair = Sockets.socketPair();
    assertTalk(keep(pair[0]), keep(pair[1]));
  }

  @ParameterizedTest
  @MethodSource("waiting")
  void shouldWaitForADescriptorWhoeverAsks(Kind kind) throws Exception {
    StreamSocket[] pair = pair(Link.PAIR);
    int fd = pair[0].fileno();
    CountDownLatch about = new CountDownLatch(1);
    try (Others others = new Others()) {
      others.start(
          kind,
          () -> {
            assertThat(Sockets.waitReadWrite(fd, LONG)).isEqualTo(Sockets.WRITE);
            Sockets.waitWrite(fd, Duration.ZERO);
            assertThatThrownBy(() -> Sockets.waitRead(fd, SHORT))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("descriptor " + fd);
            assertThatThrownBy(() -> Sockets.waitRead(fd, Duration.ZERO))
                .isInstanceOf(SocketTimeoutException.class);
            about.countDown();
            Sockets.waitRead(fd, null);
            Sockets.waitRead(fd, Duration.ZERO);
            assertThat(Sockets.waitReadWrite(fd, LONG)).isEqualTo(Sockets.READ | Sockets.WRITE);
          });
      Others.until("it is about to wait", () -> about.getCount() == 0);
      say(pair[1]);
    }
    assertThat(hear(pair[0])).isEqualTo('!');
  }

  /** As poll(2) has it; loops can't watch them. */
  @Test
  void shouldFindFilesReadyAtOnce() throws Exception {
    for (String path : List.of("/dev/null", "/etc/passwd", "/")) {
      int fd = Native.gv_file_open(path);
      Sockets.waitRead(fd, null);
      Sockets.waitWrite(fd, Duration.ZERO);
      assertThat(Sockets.waitReadWrite(fd, LONG)).isEqualTo(Sockets.READ | Sockets.WRITE);
      Native.gv_file_close(fd);
    }
  }

  @Test
  void shouldRefuseDescriptorsThatArentThere() {
    for (int fd : new int[] {-1, 1 << 20}) {
      for (Duration timeout : new Duration[] {null, Duration.ZERO, SHORT}) {
        assertThatThrownBy(() -> Sockets.waitRead(fd, timeout))
            .isInstanceOf(SocketException.class)
            .hasMessageContaining("EBADF")
            .hasMessageContaining("" + fd);
      }
    }
    assertThatThrownBy(() -> Sockets.waitRead(0, Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldLetSeveralWaitForOneDescriptor() throws Exception {
    StreamSocket[] pair = pair(Link.PAIR);
    int fd = pair[0].fileno();
    List<Greenlet<Integer>> waiting =
        List.of(
            Gevent.spawn(() -> await(fd)),
            Gevent.spawn(() -> await(fd)),
            Gevent.spawn(() -> hear(pair[0])));
    turns();
    say(pair[1]);
    for (Greenlet<Integer> each : waiting) {
      assertThat(each.get(LONG)).isIn(1, (int) '!');
    }
  }

  private static int await(int fd) throws Exception {
    Sockets.waitRead(fd, LONG);
    return 1;
  }
}
