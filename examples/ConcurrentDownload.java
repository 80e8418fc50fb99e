import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Downloads pages one after the other, which takes as long as all of them together, and then all at
 * once, which takes as long as the slowest. The server is in the same program, and the same thread.
 */
public class ConcurrentDownload {
  public static void main(String[] args) throws Exception {
    try (StreamServer server = new StreamServer("127.0.0.1:0", ConcurrentDownload::serve)) {
      server.start();
      String host = "http://127.0.0.1:" + server.serverPort();
      List<URI> urls =
          Stream.of("/0.1", "/0.3", "/1.0", "/0.2", "/0.5")
              .map(path -> URI.create(host + path))
              .toList();
      measure("synchronous", () -> synchronous(urls));
      measure("asynchronous", () -> asynchronous(urls));
    }
  }

  static Void synchronous(List<URI> urls) throws IOException {
    for (URI url : urls) {
      print(url);
    }
    return null;
  }

  static Void asynchronous(List<URI> urls) {
    List<Greenlet<Void>> jobs = urls.stream().map(url -> Gevent.spawn(() -> print(url))).toList();
    Gevent.joinAll(jobs, null, true);
    return null;
  }

  static Void print(URI url) throws IOException {
    System.out.println(url.getPath() + ": " + download(url));
    return null;
  }

  static String download(URI url) throws IOException {
    try (TcpSocket socket = TcpSocket.connect(url.getHost(), url.getPort())) {
      send(socket, "GET " + url.getPath() + " HTTP/1.0\r\n\r\n");
      String response = new String(socket.inputStream().readAllBytes(), UTF_8);
      return response.substring(response.indexOf("\r\n\r\n") + 4);
    }
  }

  /** The server's side: each page takes as many seconds as its path says. */
  static void serve(StreamSocket socket) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(socket.inputStream(), UTF_8));
    String seconds = lines.readLine().split("[ /]")[2]; // GET /0.1 HTTP/1.0
    while (!lines.readLine().isEmpty()) {} // the headers
    Gevent.sleep(Double.parseDouble(seconds));
    send(socket, "HTTP/1.0 200 OK\r\n\r\nthat took " + seconds + " s");
  }

  static void send(StreamSocket socket, String text) throws IOException {
    socket.outputStream().write(text.getBytes(UTF_8));
  }

  static void measure(String name, Callable<Void> way) throws Exception {
    System.out.println(name);
    long start = System.nanoTime();
    way.call();
    System.out.printf("%.2f s%n", (System.nanoTime() - start) / 1e9);
  }
}
