package io.gevent4j.monkey;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits for a socket or channel is told when another one closes it. */
@Timeout(60)
class AsyncCloseContractOfTheJdkTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static void close(
      Closeable closeable, Class<? extends Throwable> thrown, Actor.Part part, String... methods)
      throws Exception {
    Actor actor = Actor.start(part).awaitIn(methods);
    closeable.close();
    assertThat(actor.outcome()).isInstanceOf(thrown);
  }

  @RepeatedTest(5)
  void shouldEndAnAccept() throws Exception {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    close(server, SocketException.class, server::accept, "accept", "accept0");
    ServerSocket limited = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    limited.setSoTimeout(60_000);
    close(limited, SocketException.class, limited::accept, "accept", "accept0", "poll");
    ServerSocketChannel channel = ServerSocketChannel.open().bind(ANY);
    close(channel, AsynchronousCloseException.class, channel::accept, "accept", "accept0");
  }

  @Test
  void shouldNeverConnectWhereNobodyListens() throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open().bind(ANY);
    SocketAddress refusing = server.getLocalAddress();
    server.close();
    for (int i = 0; i < 2000; i++) {
      SocketChannel channel = SocketChannel.open();
      Actor actor = Actor.start(() -> channel.connect(refusing));
      Actor.start(channel::close).join();
      assertThat(actor.outcome()).isInstanceOf(IOException.class);
    }
  }

  @RepeatedTest(5)
  void shouldEndARead() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
      close(socket, SocketException.class, () -> socket.getInputStream().read(), "read0");
      Socket limited = new Socket(server.getInetAddress(), server.getLocalPort());
      limited.setSoTimeout(60_000);
      close(limited, SocketException.class, () -> limited.getInputStream().read(), "poll");
      SocketChannel channel = SocketChannel.open(server.getLocalSocketAddress());
      ByteBuffer bytes = ByteBuffer.allocate(1);
      close(channel, AsynchronousCloseException.class, () -> channel.read(bytes), "read0");
    }
  }

  @RepeatedTest(5)
  void shouldEndAReceive() throws Exception {
    DatagramSocket socket = new DatagramSocket(ANY);
    close(
        socket,
        SocketException.class,
        () -> socket.receive(new DatagramPacket(new byte[1], 1)),
        "receive0",
        "poll");
    DatagramChannel channel = DatagramChannel.open().bind(ANY);
    ByteBuffer bytes = ByteBuffer.allocate(1);
    close(channel, AsynchronousCloseException.class, () -> channel.receive(bytes), "receive0");
  }

  @RepeatedTest(5)
  void shouldEndTheReadOfAPipe() throws Exception {
    Pipe pipe = Pipe.open();
    ByteBuffer bytes = ByteBuffer.allocate(1);
    close(
        pipe.source(), AsynchronousCloseException.class, () -> pipe.source().read(bytes), "read0");
    pipe.sink().close();
  }

  @RepeatedTest(5)
  void shouldSeeTheEndOfAProcessThatIsDestroyed() throws Exception {
    Process process = new ProcessBuilder("cat").start();
    Actor reader = Actor.start(() -> readToTheEnd(process.getInputStream())).awaitIn("readBytes");
    process.destroy();
    reader.join();
  }

  private static void readToTheEnd(InputStream stream) {
    try {
      assertThat(stream.read()).isEqualTo(-1);
    } catch (IOException e) {
      assertThat(e).hasMessage("Stream closed");
    }
  }

  @Test
  void shouldEndTheReadOfANamedPipe(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    FileChannel channel = FileChannel.open(path, READ, WRITE);
    ByteBuffer bytes = ByteBuffer.allocate(1);
    close(channel, AsynchronousCloseException.class, () -> channel.read(bytes), "read0");
    FileChannel second = FileChannel.open(path, READ, WRITE);
    Actor reader = Actor.start(() -> second.read(bytes)).awaitIn("read0");
    reader.thread.interrupt();
    assertThat(reader.outcome()).isInstanceOf(ClosedByInterruptException.class);
  }

  @RepeatedTest(5)
  void shouldEndASelection() throws Exception {
    Selector selector = Selector.open();
    close(selector, ClosedSelectorException.class, () -> select(selector), "wait", "epollWait");
  }

  private static void select(Selector selector) throws Exception {
    selector.select();
    selector.select();
  }

  @Test
  void shouldEndAllWhoReadAndWrite() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Actor reader = Actor.start(() -> socket.getInputStream().read()).awaitIn("read0");
      Actor second = Actor.start(() -> socket.getInputStream().read()); // waits for the first
      Actor writer =
          Actor.start(
              () -> {
                for (; ; ) {
                  socket.getOutputStream().write(new byte[1 << 20]);
                }
              });
      second.await(Thread.State.WAITING);
      writer.awaitIn("write0");
      socket.close();
      assertThat(reader.outcome()).isInstanceOf(SocketException.class);
      assertThat(second.outcome()).isInstanceOf(SocketException.class);
      assertThat(writer.outcome()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void shouldSeeTheEndWhenTheInputIsShut() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Actor reader =
          Actor.start(() -> assertThat(socket.getInputStream().read()).isEqualTo(-1))
              .awaitIn("read0");
      socket.shutdownInput();
      reader.join();
    }
  }
}
