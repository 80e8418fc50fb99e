package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.ExampleRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in {@code examples/} print what they say they print. */
class ExamplesTest extends GreenletTest {
  @Test
  void shouldSwitchTwo() {
    assertPrints("SwitchTwo", "12", "56", "34");
  }

  @Test
  void shouldFollowTheParentChain() {
    assertPrints("ParentChain", "12", "56", "78", "34");
  }

  @Test
  void shouldGenerate() {
    assertPrints("Generator", "begin send", "0 OK", "1 OK", "2 OK", "3 OK", "4 OK");
  }

  @Test
  void shouldPingPong() {
    assertPrints("PingPong", "ping 1", "pong 2", "ping 3", "pong 4", "ping 5", "pong 6", "done");
  }

  @Test
  void shouldRunTheProgramsOfTheReadme(@TempDir Path folder) throws IOException {
    String[] programs = Files.readString(ExampleRun.root().resolve("README.md")).split("```java\n");
    assertThat(programs).hasSize(6);
    assertPrints(program(folder, "Naps", programs[1]), "short", "long");
    assertPrints(program(folder, "Hello", programs[2]), "hello Ada", "goodbye Grace");
    assertPrints(program(folder, "Kitchen", programs[3]), "soup", "fish", "cake");
    assertPrints(program(folder, "Shout", programs[4]), "HELLO");
    assertPrints(program(folder, "Sleepers", programs[5]), "100 have slept on one kernel thread");
  }

  private static Path program(Path folder, String name, String text) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".java"), text.substring(0, text.indexOf("```")));
  }

  private static void assertPrints(String example, String... lines) {
    assertPrints(ExampleRun.root().resolve("examples/" + example + ".java"), lines);
  }

  private static void assertPrints(Path program, String... lines) {
    Finished finished = runJava(program.toString());
    assertThat(finished.stdout).as(finished.stderr).isEqualTo(String.join("\n", lines) + "\n");
    assertThat(finished.status).isZero();
  }
}
