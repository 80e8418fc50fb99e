import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.server.StreamServer;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpSocket;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * An HTTP proxy, for one request a connection, and a tunnel for all that is encrypted: try {@code
 * curl -x 127.0.0.1:8088 http://example.com}.
 */
public class WebProxy {
  public static void main(String[] args) throws IOException {
    String port = args.length > 0 ? args[0] : "8088";
    StreamServer server = new StreamServer("127.0.0.1:" + port, WebProxy::serve);
    server.start();
    System.out.println("web proxy on port " + server.serverPort());
    server.serveForever();
  }

  static void serve(StreamSocket client) throws IOException {
    InputStream fromClient = new BufferedInputStream(client.inputStream());
    String request = readLine(fromClient);
    System.out.println(request);
    String[] words = request.split(" "); // GET http://host:80/path HTTP/1.1
    boolean tunnel = words[0].equals("CONNECT"); // or CONNECT host:443 HTTP/1.1
    URI url = URI.create(tunnel ? "https://" + words[1] : words[1]);
    int port = url.getPort() >= 0 ? url.getPort() : tunnel ? 443 : 80;
    try (TcpSocket origin = TcpSocket.connect(url.getHost(), port)) {
      StringBuilder head = new StringBuilder(words[0] + " " + path(url) + " HTTP/1.0\r\n");
      for (String line = readLine(fromClient); ; line = readLine(fromClient)) {
        if (!line.toLowerCase().matches("(proxy-)?connection:.*")) {
          head.append(line).append("\r\n");
        }
        if (line.isEmpty()) {
          break;
        }
      }
      if (tunnel) {
        send(client, "HTTP/1.0 200 Connection established\r\n\r\n");
      } else {
        send(origin, head.toString());
      }
      Greenlet<Void> requests = Gevent.spawn(() -> copy(fromClient, origin));
      copy(origin.inputStream(), client);
      requests.kill();
    } catch (IOException e) {
      String status = e instanceof UnknownHostException ? "404 Not Found" : "502 Bad Gateway";
      send(client, "HTTP/1.0 " + status + "\r\n\r\n" + e.getMessage() + "\r\n");
    }
  }

  static String path(URI url) {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  static Void copy(InputStream from, StreamSocket to) {
    try {
      from.transferTo(to.outputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      to.close(); // one side is gone
    }
    return null;
  }

  static String readLine(InputStream from) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c >= 0 && c != '\n'; c = from.read()) {
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  static void send(StreamSocket socket, String text) throws IOException {
    socket.outputStream().write(text.getBytes(ISO_8859_1));
  }
}
