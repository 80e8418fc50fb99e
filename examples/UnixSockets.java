import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.UnixSocket;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server that listens at a path, which it deletes when it is closed, and a client. */
public class UnixSockets {
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("unix-sockets");
    Path path = folder.resolve("echo.sock");
    try (StreamServer server = new StreamServer(path.toString(), UnixSockets::shout)) {
      server.start();
      System.out.println("listening: " + Files.exists(path));
      System.out.println(ask(path, "hello"));
      System.out.println(ask(path, "goodbye"));
    }
    System.out.println("listening: " + Files.exists(path));
    Files.delete(folder);
  }

  /** The server's side, in a greenlet of its own. */
  static void shout(StreamSocket socket) throws IOException {
    String said = new String(socket.inputStream().readAllBytes(), UTF_8);
    socket.outputStream().write(said.toUpperCase().getBytes(UTF_8));
  }

  /** The client's. */
  static String ask(Path path, String question) throws IOException {
    try (UnixSocket socket = UnixSocket.connect(UnixDomainSocketAddress.of(path))) {
      socket.outputStream().write(question.getBytes(UTF_8));
      socket.shutdownOutput();
      return new String(socket.inputStream().readAllBytes(), UTF_8);
    }
  }
}
