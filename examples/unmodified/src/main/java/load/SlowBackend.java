package load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/** A web server that says "page N" for /N after a while. No thread of it waits meanwhile. */
public final class SlowBackend implements AutoCloseable {
  private static final int BACKLOG = 1000;

  private final IntUnaryOperator delay;
  private final HttpServer server;
  private final ScheduledExecutorService answers = Executors.newSingleThreadScheduledExecutor();

  /** One on a free port. The delay is in milliseconds, by number. */
  public SlowBackend(IntUnaryOperator delay) throws IOException {
    this.delay = delay;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.createContext("/", this::handle);
    server.start();
  }

  /** One that needs 0.1 to 0.2 s, until it is killed. */
  public static void main(String[] args) throws IOException {
    System.out.println("listening on " + new SlowBackend(n -> 100 + n % 101).port());
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    int number = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
    answers.schedule(
        () -> answer(exchange, number), delay.applyAsInt(number), TimeUnit.MILLISECONDS);
  }

  private static void answer(HttpExchange exchange, int number) {
    byte[] page = ("page " + number).getBytes(StandardCharsets.UTF_8);
    try (OutputStream body = exchange.getResponseBody()) {
      exchange.sendResponseHeaders(200, page.length);
      body.write(page);
    } catch (IOException gone) {
      exchange.close(); // whoever asked does not wait any more
    }
  }

  @Override
  public void close() {
    server.stop(0);
    answers.shutdownNow();
  }
}
