package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The echo server that one writes on TcpSocket: each connection has a greenlet of its own. Prints
 * its port.
 */
final class TcpEchoServer {
  private TcpEchoServer() {}

  public static void main(String[] args) throws IOException {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    TcpListener listener = TcpListener.bind(local, SocketEchoServer.BACKLOG);
    System.out.println(listener.port());
    while (true) {
      TcpSocket socket = listener.accept();
      Gevent.spawnRaw(() -> echo(socket));
    }
  }

  private static void echo(TcpSocket connection) {
    try (TcpSocket socket = connection) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(SocketEchoServer.BUFFER);
      while (socket.read(buffer) > 0) {
        socket.write(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      // the client resets its connections
    }
  }
}
