package unmodified;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.util.List;
import load.LoadClient;
import load.SlowBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import web.JettyServer;
import web.TomcatServer;

class WebTest {
  @ParameterizedTest
  @ValueSource(classes = {TomcatServer.class, JettyServer.class})
  void shouldServeFiveHundredAtOnceWhoAllWaitForABackend(Class<?> server) throws Exception {
    assertServes(options -> new Program(options, server));
  }

  @Test
  void shouldServeThemFromAJarWithJarsInside() throws Exception {
    assertServes(Program::springJar);
  }

  private interface Starter {
    Program start(List<String> options) throws Exception;
  }

  private static void assertServes(Starter starter) throws Exception {
    try (SlowBackend backend = new SlowBackend(n -> 100 + n % 101)) {
      String url = "-Dbackend=http://127.0.0.1:" + backend.port();
      try (Program program = starter.start(List.of(url, "-Dhttp.maxConnections=500"))) {
        String port = program.awaitLine("listening on ");
        assertThat(load(port, 500, 1500)).startsWith("1500 requests, 0 wrong");
        Program.assertKernelThreads(get(port, "/kernel-threads"));
        program.terminate();
      }
    }
  }

  private static String load(String port, int connections, int requests) throws Exception {
    String[] arguments = {port, Integer.toString(connections), Integer.toString(requests)};
    try (Program client = Program.plain(LoadClient.class, arguments)) {
      return client.awaitEnd(0);
    }
  }

  private static String get(String port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try (InputStream stream = uri.toURL().openStream()) {
      return new String(stream.readAllBytes(), UTF_8);
    }
  }
}
