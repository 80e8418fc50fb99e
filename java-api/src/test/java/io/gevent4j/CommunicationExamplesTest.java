package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs in {@code examples/} whose greenlets talk to each other print what gevent's do, in
 * the same order, over both loops.
 */
@ParameterizedClass
@ValueSource(strings = {"libev", "libuv"})
class CommunicationExamplesTest {
  /** How long a program may take before it counts as hanging. */
  private static final long DEADLINE_SECONDS = 60;

  @TempDir static Path classes;

  @Parameter String loop;
  @TempDir Path folder;

  /** Once, which is what takes long when a source file is run. */
  @BeforeAll
  static void compile() throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.addAll(List.of("-d", classes.toString()));
    try (Stream<Path> examples = Files.list(root().resolve("examples"))) {
      examples.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(status).isZero();
  }

  @Test
  void shouldWakeAllWhoWaitForAnEvent() throws Exception {
    assertPrints(
        "EventSetter",
        "setter pauses",
        "waiter 1 waits",
        "waiter 2 waits",
        "waiter 3 waits",
        "waiter 4 waits",
        "waiter 5 waits",
        "setter sets the event",
        "waiter 1 goes on",
        "waiter 2 goes on",
        "waiter 3 goes on",
        "waiter 4 goes on",
        "waiter 5 goes on");
  }

  @Test
  void shouldHandOverAResult() throws Exception {
    assertPrints("AsyncHello", "Hello,world.");
  }

  @Test
  void shouldHaveWorkersTakeTurns() throws Exception {
    String[] names = {"steve", "john", "nancy"};
    Stream<String> tasks =
        IntStream.range(0, 24).mapToObj(i -> names[i % 3] + " got task " + (i + 1));
    Stream<String> quits = Stream.of(names).map(name -> name + " quits");
    assertPrints("Workers", Stream.concat(tasks, quits).toArray(String[]::new));
  }

  @Test
  void shouldHaveBossAndWorkersWaitForEachOther() throws Exception {
    assertPrints(
        "BossAndWorkers",
        "steve got task 1",
        "john got task 2",
        "bob got task 3",
        "steve got task 4",
        "john got task 5",
        "bob got task 6",
        "assigned 1 to 9",
        "steve got task 7",
        "john got task 8",
        "bob got task 9",
        "steve got task 10",
        "john got task 11",
        "bob got task 12",
        "steve got task 13",
        "john got task 14",
        "bob got task 15",
        "steve got task 16",
        "john got task 17",
        "bob got task 18",
        "assigned 10 to 19",
        "steve got task 19",
        "Quitting time!",
        "Quitting time!",
        "Quitting time!");
  }

  @Test
  void shouldPingThroughAPool() throws Exception {
    assertPrints(
        "PoolPing",
        "map [alpha, beta, gamma, delta, epsilon]",
        "imap [alpha, beta, gamma, delta, epsilon]",
        "imapUnordered [beta, delta, gamma, alpha, epsilon]",
        "at most 3 at a time, and 3 free");
  }

  @Test
  void shouldChatThroughQueues() throws Exception {
    assertPrints(
        "Chat",
        "ann writes hello",
        "ben writes hi ann",
        "ann reads ann: hello",
        "ann reads ben: hi ann",
        "ben reads ann: hello",
        "ben reads ben: hi ann",
        "cleo reads ann: hello",
        "cleo reads ben: hi ann",
        "ann writes anyone?",
        "ann reads ann: anyone?",
        "ben reads ann: anyone?",
        "cleo reads ann: anyone?",
        "ann leaves",
        "ben leaves",
        "cleo leaves");
  }

  @Test
  void shouldHaveActorsAnswerEachOther() throws Exception {
    assertPrints(
        "Actors",
        "pinger reads start",
        "ponger reads ping",
        "pinger reads pong",
        "ponger reads ping",
        "pinger reads pong",
        "ponger reads ping",
        "pinger reads pong",
        "ponger reads stop");
  }

  /** What threads do is theirs: they may even end in one order, if rarely. */
  @Test
  void shouldEndInTheSameOrderOnEveryRunOfAPool() throws Exception {
    List<String> lines = run("PoolDeterminism").lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).isEqualTo("greenlets: always [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]");
    assertThat(lines.get(1)).matches("processes: (always \\[.*\\]|\\d+ orders in 20 runs)");
  }

  @Test
  void shouldGiveToTheConsumerFirstThroughAChannel() throws Exception {
    assertPrints("ChannelOrder", "c0 p0 c1 p1 c2 p2 ", "p0 c0 p1 c1 p2 c2 ");
  }

  @Test
  void shouldLetWhoIsQuickTakeTheSemaphoreAgain() throws Exception {
    assertPrints("SemaphoreTurns", "AAABBB", "ABABAB");
  }

  // ---- processes ----

  private void assertPrints(String example, String... lines) throws Exception {
    assertThat(run(example)).isEqualTo(String.join("\n", lines) + "\n");
  }

  /** Returns what the example prints. */
  private String run(String example) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-cp", classes + File.pathSeparator + System.getProperty("java.class.path")));
    command.add("--enable-native-access=ALL-UNNAMED");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.add(example);
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
    builder.environment().put("GEVENT_LOOP", loop);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(DEADLINE_SECONDS, SECONDS);
      String printed = Files.readString(stdout, UTF_8);
      String all = printed + Files.readString(stderr, UTF_8);
      assertThat(ended).as("the process has ended; " + all).isTrue();
      assertThat(process.exitValue()).as(all).isZero();
      return printed;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The root of the source tree. */
  private static Path root() {
    String given = System.getProperty("gevent4j.root");
    if (given != null) {
      return Path.of(given);
    }
    Path above = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.isDirectory(above.resolve("examples"))) {
      above = above.getParent();
      assertThat(above).as("a folder above with examples/ in it").isNotNull();
    }
    return above;
  }
}
