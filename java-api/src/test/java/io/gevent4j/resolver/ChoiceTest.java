package io.gevent4j.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which resolver a program gets that asks for none. */
@Timeout(60)
class ChoiceTest {
  /** Prints the hub's resolver, and what it makes of a name. */
  static final class Asks {
    public static void main(String[] args) throws Exception {
      try {
        io.gevent4j.Hub.get();
        System.out.println(Resolver.get().getClass().getSimpleName());
        System.out.println(Resolver.get().getHostByName(args[0]).getHostAddress());
      } catch (IllegalArgumentException wrong) {
        System.out.println(wrong.getMessage());
      }
    }
  }

  private static List<String> run(Map<String, String> environment, String name) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("--enable-native-access=ALL-UNNAMED");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.addAll(List.of(Asks.class.getName(), name));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Config.all().stream()
        .filter(setting -> setting.name().matches("(resolver|ares).*"))
        .forEach(setting -> builder.environment().remove(setting.environment()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      return new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void shouldBeThreadsUnlessSaidOtherwise() throws Exception {
    assertThat(run(Map.of(), "127.0.0.1")).containsExactly("ThreadResolver", "127.0.0.1");
  }

  @Test
  void shouldBeTheFirstOfTheEnvironmentsList() throws Exception {
    try (DnsServer server = new DnsServer()) {
      server.host("asked.test", "192.0.2.1");
      Map<String, String> environment =
          Map.of(
              "GEVENT_RESOLVER", "ares, thread",
              "GEVENT_RESOLVER_NAMESERVERS", server.address(),
              "GEVENT_RESOLVER_TIMEOUT", "30",
              "GEVENTARES_TRIES", "1",
              "GEVENTARES_NDOTS", "1");
      assertThat(run(environment, "asked.test")).containsExactly("AresResolver", "192.0.2.1");
    }
    assertThat(run(Map.of("GEVENT_RESOLVER", "block"), "127.0.0.1"))
        .containsExactly("BlockResolver", "127.0.0.1");
  }

  @Test
  void shouldRefuseNamesItDoesNotKnow() throws Exception {
    assertThat(run(Map.of("GEVENT_RESOLVER", "dnspython"), "127.0.0.1"))
        .singleElement()
        .asString()
        .startsWith("resolver: \"dnspython\" (environment GEVENT_RESOLVER) is not ");
    assertThat(
            run(
                Map.of("GEVENT_RESOLVER", "ares", "GEVENT_RESOLVER_NAMESERVERS", "1.2.3.4:x"),
                "127.0.0.1"))
        .singleElement()
        .asString()
        .contains("1.2.3.4:x");
  }
}
