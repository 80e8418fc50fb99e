package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.socket.GreenletServerSocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.ServerSocketFactory;

/**
 * The echo server that one writes with java.net's types: each connection has somebody of its own.
 * Prints its port.
 *
 * <p>Argument: who that is, greenlet, virtual or platform.
 */
final class SocketEchoServer {
  static final int BACKLOG = 4096;

  /** For one connection: more than a message has. */
  static final int BUFFER = 8 * 1024;

  private SocketEchoServer() {}

  public static void main(String[] args) throws IOException {
    Consumer<Runnable> start = starter(args[0]);
    ServerSocket listener =
        factory(args[0]).createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    System.out.println(listener.getLocalPort());
    while (true) {
      Socket socket = listener.accept();
      start.accept(() -> echo(socket));
    }
  }

  private static ServerSocketFactory factory(String kind) {
    if (kind.equals("greenlet")) {
      Hub.get(); // or the first to be accepted would block the thread
      return GreenletServerSocketFactory.getDefault();
    }
    return ServerSocketFactory.getDefault();
  }

  private static Consumer<Runnable> starter(String kind) {
    switch (kind) {
      case "greenlet":
        return Gevent::spawnRaw;
      case "virtual":
        return VirtualThreads::start;
      case "platform":
        return action -> new Thread(action).start();
      default:
        throw new IllegalArgumentException("not greenlet, virtual or platform: " + kind);
    }
  }

  private static void echo(Socket connection) {
    try (Socket socket = connection) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // the client resets its connections
    }
  }
}
