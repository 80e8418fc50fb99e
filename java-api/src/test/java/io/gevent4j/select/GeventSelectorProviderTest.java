package io.gevent4j.select;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GeventSelectorProviderTest extends SelectHubTest {
  @Test
  void shouldOpenTheChannelsOfTheProviderThatIsThere() throws Exception {
    SelectorProvider jdk = SelectorProvider.provider();
    SelectorProvider ours = new GeventSelectorProvider();
    assertThat(ours.openSelector()).satisfies(each -> keep(each).provider().equals(ours));
    assertThat(keep(ours.openSocketChannel()).provider()).isSameAs(jdk);
    assertThat(keep(ours.openServerSocketChannel()).provider()).isSameAs(jdk);
    assertThat(keep(ours.openDatagramChannel()).provider()).isSameAs(jdk);
    assertThat(keep(ours.openDatagramChannel(StandardProtocolFamily.INET)).provider())
        .isSameAs(jdk);
    assertThat(keep(ours.openSocketChannel(StandardProtocolFamily.UNIX)).provider()).isSameAs(jdk);
    assertThat(keep(ours.openServerSocketChannel(StandardProtocolFamily.UNIX)).provider())
        .isSameAs(jdk);
    Pipe pipe = ours.openPipe();
    assertThat(keep(pipe.source()).provider()).isSameAs(jdk);
    assertThat(keep(pipe.sink()).provider()).isSameAs(jdk);
    assertThat(ours.inheritedChannel()).isNull();
  }

  // ---- for the whole process ----

  @Test
  void shouldServeTheWholeProcessWhenItIsItsProvider() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add(
        "-Djava.nio.channels.spi.SelectorProvider=" + GeventSelectorProvider.class.getName());
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.add(Everywhere.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(printed).isTrue();
      assertThat(printed).isEqualTo("provider, channels, hub, client\n");
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Run in a JVM of its own. */
  static final class Everywhere {
    private Everywhere() {}

    public static void main(String[] args) throws Exception {
      require(SelectorProvider.provider() instanceof GeventSelectorProvider);
      System.out.print("provider");
      Pipe pipe = Pipe.open();
      SocketChannel.open().close();
      ServerSocketChannel.open().close();
      DatagramChannel.open().close();
      require(!(pipe.source().provider() instanceof GeventSelectorProvider));
      System.out.print(", channels");
      Selector selector = Selector.open();
      pipe.source().configureBlocking(false);
      pipe.source().register(selector, OP_READ);
      Greenlet<Integer> selecting = Gevent.spawn(() -> selector.select());
      Gevent.sleep(0);
      require(!selecting.ready());
      say(pipe.sink());
      require(selecting.get() == 1);
      System.out.print(", hub");
      HttpServer server = server();
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      require(response.body().equals("hello"));
      server.stop(0);
      System.out.println(", client");
      System.exit(0);
    }

    /** The JDK's own server and client, which are written for any selector. */
    private static HttpServer server() throws IOException {
      var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(UTF_8));
            exchange.close();
          });
      server.start();
      return server;
    }

    private static void require(boolean condition) {
      if (!condition) {
        throw new AssertionError();
      }
    }
  }
}
