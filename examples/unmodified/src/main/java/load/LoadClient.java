package load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;

/**
 * Asks a web server for /pages/N on many connections at once, on each for the next one as soon as
 * it has the last: {@code LoadClient PORT CONNECTIONS REQUESTS [ROUNDS]}. One thread, one selector.
 */
public final class LoadClient {
  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private final long[] latencies;
  private int asked;
  private int answered;
  private int wrong;

  private LoadClient(int port, int requests) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    latencies = new long[requests];
  }

  public static void main(String[] args) throws IOException {
    int connections = Integer.parseInt(args[1]);
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 1;
    for (int i = 0; i < rounds; i++) {
      LoadClient client = new LoadClient(Integer.parseInt(args[0]), Integer.parseInt(args[2]));
      System.out.println(client.run(connections));
    }
  }

  private String run(int connections) throws IOException {
    long start = System.nanoTime();
    for (int i = 0; i < Math.min(connections, latencies.length); i++) {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.connect(server);
      channel.register(selector, SelectionKey.OP_CONNECT, new Connection(channel));
    }
    while (answered < latencies.length) {
      selector.select();
      Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
      while (keys.hasNext()) {
        ((Connection) keys.next().attachment()).ready();
        keys.remove();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Arrays.sort(latencies);
    return "%d requests, %d wrong, %.0f/s, p50 %.0f ms, p99 %.0f ms"
        .formatted(answered, wrong, answered / seconds, percentile(50), percentile(99));
  }

  private double percentile(int percent) {
    return latencies[(latencies.length - 1) * percent / 100] / 1e6;
  }

  private final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer response = ByteBuffer.allocate(4096);
    private int number;
    private long since;

    private Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void ready() throws IOException {
      if (!channel.isConnected()) {
        channel.finishConnect();
        channel.register(selector, SelectionKey.OP_READ, this);
        ask();
      } else if (channel.read(response) < 0) {
        throw new EOFException("closed after " + text());
      } else if (complete()) {
        check();
        ask();
      }
    }

    private void ask() throws IOException {
      if (asked == latencies.length) {
        channel.close();
        return;
      }
      number = asked++;
      since = System.nanoTime();
      String request = "GET /pages/" + number + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Has the last page come as a whole? It has a length, or else its last chunk. */
    private boolean complete() {
      String text = text();
      int body = text.indexOf("\r\n\r\n") + 4;
      if (body < 4) {
        return false;
      }
      String head = text.substring(0, body).toLowerCase();
      int length = head.indexOf("content-length: ");
      if (length < 0) {
        return text.endsWith("\r\n0\r\n\r\n");
      }
      int from = length + "content-length: ".length();
      String digits = head.substring(from, head.indexOf("\r\n", from));
      return text.length() >= body + Integer.parseInt(digits);
    }

    private void check() {
      latencies[answered++] = System.nanoTime() - since;
      String text = text();
      if (!text.startsWith("HTTP/1.1 200") || !text.contains("says: page " + number)) {
        wrong++;
      }
      response.clear();
    }

    private String text() {
      return new String(response.array(), 0, response.position(), StandardCharsets.ISO_8859_1);
    }
  }
}
