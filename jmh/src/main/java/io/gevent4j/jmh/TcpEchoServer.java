package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * An echo server on TcpSocket: each connection has a greenlet of its own, and all share the memory
 * that they read into. Prints its port.
 */
final class TcpEchoServer {
  private TcpEchoServer() {}

  public static void main(String[] args) throws IOException {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpListener listener = TcpListener.bind(local, SocketEchoServer.BACKLOG);
    ByteBuffer memory = ByteBuffer.allocateDirect(SocketEchoServer.BUFFER);
    System.out.println(listener.port());
    while (true) {
      TcpSocket socket = listener.accept();
      Gevent.spawnRaw(() -> echo(socket, memory));
    }
  }

  /**
   * What is read is written before another greenlet runs: so all of them have the same memory, as
   * in the C programs.
   */
  private static void echo(TcpSocket connection, ByteBuffer memory) {
    try (TcpSocket socket = connection) {
      ByteBuffer buffer = memory.duplicate();
      while (socket.read(buffer) > 0) {
        writeAtOnce(socket, buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      // the client resets its connections
    }
  }

  private static void writeAtOnce(TcpSocket socket, ByteBuffer buffer) throws IOException {
    try {
      socket.write(buffer, Duration.ZERO);
    } catch (SocketTimeoutException e) {
      ByteBuffer rest = ByteBuffer.allocateDirect(buffer.remaining()).put(buffer);
      socket.write(rest.flip());
    }
  }
}
