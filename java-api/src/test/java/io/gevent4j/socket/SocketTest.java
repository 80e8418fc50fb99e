package io.gevent4j.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.HubTest;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of sockets share. What they open is closed after them, when their hub is gone. */
abstract class SocketTest extends HubTest {
  /** What connections go over. */
  enum Link {
    TCP,
    TCP6,
    UNIX,
    PAIR
  }

  /** More than the system takes before the peer reads, by far. */
  static final int MUCH = 16 << 20;

  /** Of connections: buffers that the system sizes by itself may grow beyond any size. */
  private static final int BUFFER_SIZE = 1 << 17;

  /** Longer than anybody waits for a test: who isn't woken fails it. */
  static final Duration LONGER = Duration.ofHours(1);

  /** Who may wait beside others. A virtual thread that waits pins its carrier: so few can. */
  static final List<Kind> WAITING =
      Stream.of(Kind.values()).filter(kind -> kind != Kind.VIRTUAL).toList();

  static final byte[] MUCH_HEAP = new byte[MUCH];
  static final ByteBuffer MUCH_DIRECT = ByteBuffer.allocateDirect(MUCH).asReadOnlyBuffer();

  @TempDir Path directory;
  private final Queue<Closeable> opened = new ConcurrentLinkedQueue<>();
  private int paths;

  @AfterEach
  void closeAll() throws IOException {
    for (Closeable each : opened) {
      each.close();
    }
  }

  /** For parameterized tests. */
  static List<Kind> waiting() {
    return WAITING;
  }

  final <C extends Closeable> C keep(C opening) {
    opened.add(opening);
    return opening;
  }

  final TcpListener listen() throws IOException {
    return listen(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }

  final TcpListener listen(InetAddress address) throws IOException {
    return keep(TcpListener.bind(new InetSocketAddress(address, 0)));
  }

  final UnixDomainSocketAddress path() {
    return UnixDomainSocketAddress.of(directory.resolve("socket" + paths++));
  }

  final TcpSocket connect(TcpListener listener) throws IOException {
    return keep(TcpSocket.connect(listener.localAddress(), LONG, null));
  }

  /** Two ends of a new connection, with a timeout that is never up. */
  final StreamSocket[] pair(Link link) throws IOException {
    StreamSocket[] pair = open(link);
    for (StreamSocket end : pair) {
      keep(end).setTimeout(LONGER);
    }
    return pair;
  }

  final StreamSocket[] pair() throws IOException {
    return pair(Link.TCP);
  }

  private StreamSocket[] open(Link link) throws IOException {
    if (link == Link.PAIR) {
      return UnixSocket.pair();
    }
    if (link == Link.UNIX) {
      UnixDomainSocketAddress path = path();
      try (UnixListener listener = UnixListener.bind(path)) {
        return new StreamSocket[] {UnixSocket.connect(path), listener.accept()};
      }
    }
    try (TcpListener listener =
        link == Link.TCP ? listen() : listen(InetAddress.getByName("::1"))) {
      StreamSocket[] pair = {connect(listener), listener.accept()};
      for (StreamSocket end : pair) {
        end.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_SIZE);
        end.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_SIZE);
      }
      return pair;
    }
  }

  // ---- bytes ----

  /** Bytes that differ from place to place, and from seed to seed. */
  static byte[] bytes(int count, int seed) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8) * 17 + seed);
    }
    return bytes;
  }

  static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** Returns 1, so that it is a Callable, which may throw. */
  static int say(StreamSocket socket) throws IOException {
    return socket.write(ByteBuffer.wrap(new byte[] {'!'}));
  }

  /** The next byte, -1 at the end. */
  static int hear(StreamSocket socket) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    return socket.read(one) < 0 ? -1 : one.get(0);
  }

  static void assertTalk(StreamSocket one, StreamSocket other) throws IOException {
    say(one);
    assertThat(hear(other)).isEqualTo('!');
    say(other);
    assertThat(hear(one)).isEqualTo('!');
  }

  /** Writes more than the system takes, so that it waits unless somebody reads. */
  static int flood(StreamSocket socket) throws IOException {
    return socket.write(MUCH_DIRECT.duplicate());
  }

  /** Leaves no room, or next to none, for what is written. */
  static void fill(StreamSocket socket) {
    assertThat(thrownBy(() -> socket.write(MUCH_DIRECT.duplicate(), Duration.ZERO)))
        .isInstanceOf(SocketTimeoutException.class);
  }

  // ---- datagrams ----

  static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  /** What it says. */
  static String hear(MessageSocket socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    socket.receive(buffer);
    return UTF_8.decode(buffer.flip()).toString();
  }

  /** What it says, and who says it. */
  static String hear(MessageSocket socket, SocketAddress expected) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    assertThat(socket.receive(buffer)).isEqualTo(expected);
    return UTF_8.decode(buffer.flip()).toString();
  }

  // ---- descriptors ----

  /** What the system calls the open file of that number; null if there is none. */
  static String file(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException e) {
      return null;
    }
  }

  /** Waits until the number stands for something else, or for nothing. */
  static void awaitClosed(int fd, String file) {
    Others.until("descriptor " + fd + " is closed", () -> !file.equals(file(fd)));
  }
}
