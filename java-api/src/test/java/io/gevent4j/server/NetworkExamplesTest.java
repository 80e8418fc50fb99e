package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gevent4j.ExampleRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code examples/} that use the network do so, over both loops. */
@ParameterizedClass
@ValueSource(strings = {"libev", "libuv"})
class NetworkExamplesTest {
  @Parameter String loop;

  @Test
  void shouldEcho() throws Exception {
    try (ExampleRun run = new ExampleRun(loop, "EchoServer", "0")) {
      int port = port(run);
      try (Client one = new Client(port);
          Client two = new Client(port)) {
        one.expect("Welcome to the echo server! Type quit to exit.");
        two.expect("Welcome to the echo server! Type quit to exit.");
        two.say("two").expect("two");
        one.say("one").expect("one");
        one.say("quit").expect(null);
      }
      String printed = run.awaitPrinted(text -> text.contains("client disconnected"));
      assertThat(printed.lines().skip(1))
          .containsExactly(
              "new connection",
              "new connection",
              "echoed two",
              "echoed one",
              "client quit",
              "client disconnected");
    }
  }

  @Test
  void shouldForwardUntilAllConnectionsAreClosed() throws Exception {
    try (ExampleRun echo = new ExampleRun(loop, "EchoServer", "0")) {
      int destination = port(echo);
      try (ExampleRun run =
          new ExampleRun(loop, "PortForwarder", "127.0.0.1:0", "127.0.0.1:" + destination)) {
        String first = run.awaitPrinted(text -> text.endsWith("\n"));
        int port = Integer.parseInt(first.split(" ")[1]);
        assertThat(first).isEqualTo("port " + port + " -> 127.0.0.1:" + destination + "\n");
        try (Client client = new Client(port)) {
          client.expect("Welcome to the echo server! Type quit to exit.");
          run.send("SIGINT");
          client.say("still here").expect("still here");
          client.say("quit").expect(null);
        }
        assertThat(run.awaitEnd(0)).isEqualTo(first + "connected\nclosed\ndone\n");
      }
    }
  }

  @Test
  void shouldTellOfWhatItCannotForwardTo() throws Exception {
    try (ExampleRun run = new ExampleRun(loop, "PortForwarder", "127.0.0.1:0", "127.0.0.1:1")) {
      String first = run.awaitPrinted(text -> text.endsWith("\n"));
      try (Client client = new Client(Integer.parseInt(first.split(" ")[1]))) {
        client.expect(null);
      }
      run.send("SIGTERM");
      assertThat(run.awaitEnd(0).lines().skip(1))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("failed to connect: ").contains("ECONNREFUSED"),
              line -> assertThat(line).isEqualTo("done"));
    }
  }

  @Test
  void shouldTalkThroughAUnixSocket() throws Exception {
    ExampleRun.assertPrints(
        loop, "UnixSockets", "listening: true", "HELLO", "GOODBYE", "listening: false");
  }

  @Test
  void shouldEchoByTls() throws Exception {
    ExampleRun.assertPrints(loop, "TlsEcho", "nobody else can read this", "TLSv1.3");
  }

  @Test
  void shouldExchangeDatagrams() throws Exception {
    try (ExampleRun server = new ExampleRun(loop, "UdpServer", "0")) {
      String port = "" + port(server);
      try (ExampleRun client = new ExampleRun(loop, "UdpClient", "hello", port)) {
        assertThat(client.awaitEnd(0).lines())
            .containsExactly("sending 5 bytes", "got received 5 bytes");
      }
      assertThat(server.stdout().lines().skip(1)).containsExactly("got hello");
      try (ExampleRun client = new ExampleRun(loop, "UdpClient", "hello", "1")) {
        assertThat(client.awaitEnd(0).lines())
            .containsExactly("sending 5 bytes", "nobody is there");
      }
    }
  }

  @Test
  void shouldDownloadOneByOneAndAllAtOnce() throws Exception {
    List<String> lines = ExampleRun.run(loop, "ConcurrentDownload").lines().toList();
    assertThat(lines).hasSize(14);
    assertThat(lines.subList(0, 6))
        .containsExactly(
            "synchronous",
            "/0.1: that took 0.1 s",
            "/0.3: that took 0.3 s",
            "/1.0: that took 1.0 s",
            "/0.2: that took 0.2 s",
            "/0.5: that took 0.5 s");
    assertThat(lines.subList(7, 13))
        .containsExactly(
            "asynchronous",
            "/0.1: that took 0.1 s",
            "/0.2: that took 0.2 s",
            "/0.3: that took 0.3 s",
            "/0.5: that took 0.5 s",
            "/1.0: that took 1.0 s");
    assertThat(seconds(lines.get(6))).isGreaterThanOrEqualTo(2.1);
    assertThat(seconds(lines.get(13))).isBetween(1.0, seconds(lines.get(6)));
  }

  private static double seconds(String line) {
    assertThat(line).matches("\\d+[.,]\\d\\d s");
    return Double.parseDouble(line.substring(0, line.length() - 2).replace(',', '.'));
  }

  @Test
  void shouldLookUpManyNames() throws Exception {
    String[] names = {"localhost", "127.0.0.1", "127.1.2.3"};
    try (ExampleRun run = new ExampleRun(loop, "DnsMassResolve", names)) {
      assertThat(run.awaitEnd(0).lines())
          .containsExactly(
              "localhost = 127.0.0.1",
              "127.0.0.1 = 127.0.0.1",
              "127.1.2.3 = 127.1.2.3",
              "finished within 2 seconds: 3/3");
    }
  }

  @Test
  void shouldFetchThroughTheProxy() throws Exception {
    HttpServer origin = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          byte[] answer = ("you asked for " + exchange.getRequestURI()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    origin.start();
    try (ExampleRun run = new ExampleRun(loop, "WebProxy", "0")) {
      int port = port(run);
      String url = "http://127.0.0.1:" + origin.getAddress().getPort();
      assertThat(fetch(port, url + "/page?n=1")).isEqualTo("200 you asked for /page?n=1");
      assertThat(fetch(port, "http://127.0.0.1:1/")).startsWith("502 ");
      assertThat(fetch(port, "http://nowhere.invalid/")).startsWith("404 ");
      try (Client client = new Client(port)) {
        client.say("CONNECT " + url.substring(7) + " HTTP/1.1").say("");
        client.expect("HTTP/1.0 200 Connection established").expect("");
        client.say("GET /tunnel HTTP/1.0").say("").expect("HTTP/1.1 200 OK");
      }
      assertThat(run.stdout().lines().skip(1))
          .hasSize(4)
          .startsWith("GET " + url + "/page?n=1 HTTP/1.1");
    } finally {
      origin.stop(0);
    }
  }

  /** The status, and the body or what it says instead. */
  private static String fetch(int port, String url) throws IOException {
    Proxy proxy =
        new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection(proxy);
    int status = connection.getResponseCode();
    byte[] body =
        (status < 400 ? connection.getInputStream() : connection.getErrorStream()).readAllBytes();
    return status + " " + new String(body, UTF_8);
  }

  /** That it says it listens at. */
  private static int port(ExampleRun run) throws Exception {
    String line = run.awaitPrinted(text -> text.endsWith("\n"));
    return Integer.parseInt(line.strip().replaceAll(".* ", ""));
  }

  /** One who sends and reads lines. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(30_000);
      lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    Client say(String line) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
      return this;
    }

    Client expect(String line) throws IOException {
      assertThat(lines.readLine()).isEqualTo(line);
      return this;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
