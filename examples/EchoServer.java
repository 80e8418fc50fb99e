import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.StreamSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * Sends back each line that comes, to any number of clients at a time: try {@code nc 127.0.0.1
 * 16000}.
 */
public class EchoServer {
  public static void main(String[] args) throws IOException {
    StreamServer server =
        new StreamServer("127.0.0.1:" + (args.length > 0 ? args[0] : "16000"), EchoServer::echo);
    server.start();
    System.out.println("echo server on port " + server.serverPort());
    server.serveForever();
  }

  /** Runs in a greenlet for each client. When it returns, the connection is closed. */
  static void echo(StreamSocket socket) throws IOException {
    System.out.println("new connection");
    send(socket, "Welcome to the echo server! Type quit to exit.");
    var lines = new BufferedReader(new InputStreamReader(socket.inputStream(), UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.strip().equalsIgnoreCase("quit")) {
        System.out.println("client quit");
        return;
      }
      send(socket, line);
      System.out.println("echoed " + line);
    }
    System.out.println("client disconnected");
  }

  static void send(StreamSocket socket, String line) throws IOException {
    socket.outputStream().write((line + "\r\n").getBytes(UTF_8));
  }
}
