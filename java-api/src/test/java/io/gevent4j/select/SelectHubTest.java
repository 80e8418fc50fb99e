package io.gevent4j.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.binding.Native;
import io.gevent4j.socket.UnixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the tests of descriptors share: some to poll, closed at the end. */
abstract class SelectHubTest extends HubTest {
  /** Of a descriptor that nobody has. */
  static final int NOBODYS = 123_456;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  final <C extends AutoCloseable> C keep(C closeable) {
    opened.add(closeable);
    return closeable;
  }

  final Pipe pipe() throws IOException {
    Pipe pipe = Pipe.open();
    keep(pipe.source()).configureBlocking(false);
    keep(pipe.sink()).configureBlocking(false);
    return pipe;
  }

  /** Two ends of a connection. */
  final SocketChannel[] connection() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel one = keep(SocketChannel.open(server.getLocalAddress()));
      SocketChannel other = keep(server.accept());
      return new SocketChannel[] {one, other};
    }
  }

  /** Two ends of one of ours; the first was waited for, so that the hub watches it from now on. */
  final UnixSocket[] watchedPair() throws Exception {
    UnixSocket[] ends = UnixSocket.pair();
    Greenlet<Integer> reader = Gevent.spawn(() -> keep(ends[0]).read(ByteBuffer.allocate(1)));
    turns();
    keep(ends[1]).write(ByteBuffer.allocate(1));
    assertThat(reader.get()).isOne();
    return ends;
  }

  static int fd(SelectableChannel channel) {
    return Native.gv_vm_channel_fd(channel);
  }

  static void say(WritableByteChannel channel) {
    try {
      assertThat(channel.write(ByteBuffer.wrap(new byte[] {1}))).isEqualTo(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns what read returns. */
  static int hear(ReadableByteChannel channel) throws IOException {
    return channel.read(ByteBuffer.allocate(100));
  }

  /** Fills what the other end doesn't read. */
  static void fill(WritableByteChannel channel) throws IOException {
    while (channel.write(ByteBuffer.allocate(1 << 16)) > 0) {
      continue;
    }
  }

  /** Runs this on a thread without a hub, and fails with what it throws. */
  static void runElsewhere(Body body) throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    Thread thread = new Thread(() -> thrown[0] = thrownBy(body));
    thread.start();
    thread.join();
    if (thrown[0] != null) {
      throw new AssertionError(thrown[0]);
    }
  }
}
