package io.gevent4j.jmh;

import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.socket.UnixSocket;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Param;

/** A message over a connection within this machine, and one back. */
public class SocketPairBenchmark extends TalkBenchmark {
  private static final int MESSAGE = 64; // bytes

  /** By TCP, threads with java.net.Socket; or by unix sockets, threads with SocketChannel. */
  @Param({"tcp", "unix"})
  String how;

  @Override
  Talk betweenGreenlets() {
    try {
      if (how.equals("unix")) {
        UnixSocket[] pair = UnixSocket.pair();
        return talk(new Channel(pair[0]), new Channel(pair[1]));
      }
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (TcpListener listener = TcpListener.bind(any)) {
        TcpSocket one = TcpSocket.connect(listener.localAddress());
        return talk(new Channel(one), new Channel(listener.accept()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  Talk betweenThreads() {
    try {
      return how.equals("unix") ? byUnixChannels() : bySockets();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Talk bySockets() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket one = new Socket(listener.getInetAddress(), listener.getLocalPort());
      return talk(new Stream(one), new Stream(listener.accept()));
    }
  }

  private static Talk byUnixChannels() throws IOException {
    Path directory = Files.createTempDirectory("pair");
    Path path = directory.resolve("socket");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      SocketChannel one = SocketChannel.open(listener.getLocalAddress());
      return talk(new Channel(one), new Channel(listener.accept()));
    } finally {
      Files.deleteIfExists(path);
      Files.delete(directory);
    }
  }

  private static Talk talk(End one, End other) {
    return Talk.thereAndBack(one::send, other::receive, other::send, one::receive);
  }

  /** Of a connection; used by one at a time. */
  private interface End {
    void send() throws IOException;

    void receive() throws IOException;
  }

  private static final class Channel implements End {
    private final ByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE);

    Channel(ByteChannel channel) {
      this.channel = channel;
    }

    @Override
    public void send() throws IOException {
      channel.write(buffer.clear()); // all of it: they wait
    }

    @Override
    public void receive() throws IOException {
      buffer.clear();
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException();
        }
      }
    }
  }

  private static final class Stream implements End {
    private final Socket socket;
    private final byte[] buffer = new byte[MESSAGE];

    Stream(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
    }

    @Override
    public void send() throws IOException {
      socket.getOutputStream().write(buffer);
    }

    @Override
    public void receive() throws IOException {
      if (socket.getInputStream().readNBytes(buffer, 0, MESSAGE) < MESSAGE) {
        throw new EOFException();
      }
    }
  }
}
