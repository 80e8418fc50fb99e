package io.gevent4j.monkey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java.nio.channels}, and the streams of processes, in greenlets. */
class ChannelsOfTheJdkTest extends PatchedTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @TempDir private Path directory;

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String read(java.nio.channels.ReadableByteChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    int count = channel.read(buffer);
    return count < 0 ? null : new String(buffer.array(), 0, count, UTF_8);
  }

  private SocketChannel[] connect(ServerSocketChannel server) throws Exception {
    Greenlet<SocketChannel> accepting = spawnBlocked(server::accept);
    SocketChannel client = keep(SocketChannel.open(server.getLocalAddress()));
    return new SocketChannel[] {client, keep(get(accepting))};
  }

  private SocketChannel[] pair() throws Exception {
    return connect(keep(ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0))));
  }

  private void assertTalk(SocketChannel[] pair) throws Exception {
    Greenlet<String> reading = spawnBlocked(() -> read(pair[0]));
    pair[1].write(text("hello"));
    assertThat(get(reading)).isEqualTo("hello");
    ByteBuffer much = ByteBuffer.allocate(20_000_000);
    Greenlet<Integer> writing = spawnBlocked(() -> pair[0].write(much));
    ByteBuffer heard = ByteBuffer.allocate(20_000_000);
    while (heard.hasRemaining()) {
      pair[1].read(heard);
    }
    assertThat(get(writing)).isEqualTo(20_000_000);
  }

  @Test
  void shouldTalkThroughChannels() throws Exception {
    assertTalk(pair());
  }

  @Test
  void shouldTalkThroughUnixChannels() throws Exception {
    ServerSocketChannel server = keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    server.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
    assertTalk(connect(server));
  }

  @Test
  void shouldGatherAndScatter() throws Exception {
    SocketChannel[] pair = pair();
    ByteBuffer[] into = {ByteBuffer.allocate(2), ByteBuffer.allocate(10)};
    Greenlet<Long> reading = spawnBlocked(() -> pair[0].read(into));
    assertThat(pair[1].write(new ByteBuffer[] {text("he"), text("llo")})).isEqualTo(5);
    assertThat(get(reading)).isEqualTo(5);
    assertThat(into[1].position()).isEqualTo(3);
  }

  @Test
  void shouldEndAReadWhenTheChannelIsClosed() throws Exception {
    SocketChannel[] pair = pair();
    Greenlet<String> reading = spawnBlocked(() -> read(pair[0]));
    pair[0].close();
    assertThat(failureOf(reading)).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void shouldEndAnAcceptWhenTheChannelIsClosed() throws Exception {
    ServerSocketChannel server =
        keep(ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0)));
    Greenlet<SocketChannel> accepting = spawnBlocked(server::accept);
    server.close();
    assertThat(failureOf(accepting)).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void shouldSelect() throws Exception {
    SocketChannel[] pair = pair();
    Selector selector = keep(Selector.open());
    pair[0].configureBlocking(false);
    pair[0].register(selector, SelectionKey.OP_READ);
    assertThat(read(pair[0])).as("it doesn't block").isEmpty();
    assertThat(get(Gevent.spawn(() -> selector.select(50)))).isZero();
    Greenlet<Integer> selecting = spawnBlocked(() -> selector.select());
    pair[1].write(text("x"));
    assertThat(get(selecting)).isEqualTo(1);
    assertThat(read(pair[0])).isEqualTo("x");
    selector.selectedKeys().clear();
    selecting = spawnBlocked(() -> selector.select());
    selector.wakeup();
    assertThat(get(selecting)).isZero();
    selecting = spawnBlocked(() -> selector.select(60_000));
    Thread waking = new Thread(selector::wakeup);
    waking.start();
    assertThat(get(selecting)).isZero();
    waking.join();
  }

  @Test
  void shouldReadFromAPipe() throws Exception {
    Pipe pipe = Pipe.open();
    Pipe.SourceChannel source = keep(pipe.source());
    Pipe.SinkChannel sink = keep(pipe.sink());
    Greenlet<String> reading = spawnBlocked(() -> read(source));
    sink.write(text("pipe"));
    assertThat(get(reading)).isEqualTo("pipe");
    Greenlet<Integer> writing = spawnBlocked(() -> sink.write(ByteBuffer.allocate(300_000)));
    ByteBuffer heard = ByteBuffer.allocate(300_000);
    while (heard.hasRemaining()) {
      source.read(heard);
    }
    assertThat(get(writing)).isEqualTo(300_000);
    reading = spawnBlocked(() -> read(source));
    source.close();
    assertThat(failureOf(reading)).isInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void shouldTalkWithAProcess() throws Exception {
    Process process = new ProcessBuilder("cat").start();
    try {
      BufferedReader reader = process.inputReader(UTF_8);
      Greenlet<String> reading = spawnBlocked(reader::readLine);
      Greenlet<Object> writing =
          Gevent.spawn(
              () -> {
                process.getOutputStream().write("hello\n".getBytes(UTF_8));
                process.getOutputStream().flush();
                return null;
              });
      assertThat(get(reading)).isEqualTo("hello");
      get(writing);
      reading = spawnBlocked(reader::readLine);
      process.getOutputStream().close();
      assertThat(get(reading)).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldReadItsStandardInput() throws Exception {
    ProcessBuilder builder = StandardInput.command();
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream()));
    assertThat(reader.readLine()).isEqualTo("others run");
    process.getOutputStream().write("word\n".getBytes(UTF_8));
    process.getOutputStream().flush();
    assertThat(reader.readLine()).isEqualTo("heard word");
    assertThat(reader.readLine()).isNull();
  }

  @Test
  void shouldSendFiles() throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[20_000_000]);
    SocketChannel[] pair = pair();
    try (java.nio.channels.FileChannel from = java.nio.channels.FileChannel.open(file)) {
      Greenlet<Long> sending =
          spawnBlocked(
              () -> {
                long sent = 0;
                while (sent < 20_000_000) {
                  sent += from.transferTo(sent, 20_000_000 - sent, pair[0]);
                }
                return sent;
              });
      ByteBuffer heard = ByteBuffer.allocate(20_000_000);
      while (heard.hasRemaining()) {
        pair[1].read(heard);
      }
      assertThat(get(sending)).isEqualTo(20_000_000);
    }
  }
}
