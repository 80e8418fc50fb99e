package io.gevent4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the contracts of selectors share: selectors and channels, closed at the end. */
abstract class SelectorWorldTest extends WorldTest {
  final SelectorProvider provider;
  private final List<AutoCloseable> opened = new ArrayList<>();

  SelectorWorldTest(World world, SelectorProvider provider) {
    super(world);
    this.provider = provider;
  }

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

  final Selector open() throws IOException {
    return keep(provider.openSelector());
  }

  /** Non-blocking, both ends. */
  final Pipe pipe() throws IOException {
    Pipe pipe = provider.openPipe();
    keep(pipe.source()).configureBlocking(false);
    keep(pipe.sink()).configureBlocking(false);
    return pipe;
  }

  /** Bound, and non-blocking. */
  final ServerSocketChannel server() throws IOException {
    ServerSocketChannel server = keep(provider.openServerSocketChannel());
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server.configureBlocking(false);
    return server;
  }

  /** Two ends of a connection, non-blocking. */
  final SocketChannel[] connection() throws IOException {
    try (ServerSocketChannel server = server()) {
      SocketChannel one = keep(provider.openSocketChannel());
      one.connect(server.getLocalAddress());
      SocketChannel other = keep(server.accept());
      one.configureBlocking(false);
      other.configureBlocking(false);
      return new SocketChannel[] {one, other};
    }
  }

  static void say(WritableByteChannel channel) throws IOException {
    assertThat(channel.write(ByteBuffer.wrap(new byte[] {1}))).isEqualTo(1);
  }

  /** Returns what read returns. */
  static int hear(ReadableByteChannel channel) throws IOException {
    return channel.read(ByteBuffer.allocate(100));
  }

  static SelectionKey register(SelectableChannel channel, Selector selector, int ops)
      throws IOException {
    return channel.register(selector, ops);
  }
}
