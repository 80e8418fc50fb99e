package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code examples/} that use the hub print what they say, over both loops. */
@ParameterizedClass
@ValueSource(strings = {"libev", "libuv"})
class HubExamplesTest {
  /** How long a program may take before it counts as hanging. */
  private static final long DEADLINE_SECONDS = 60;

  @TempDir static Path classes;

  @Parameter String loop;
  @TempDir Path folder;

  private Process process;

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

  @AfterEach
  void endTheProcess() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldGreetInTurns() throws Exception {
    assertPrints(
        "HelloWorld",
        "main is a RawGreenlet",
        "hub is a Hub",
        "foo is a Greenlet",
        "bar is a Greenlet",
        "foo again",
        "bar again",
        "done");
  }

  @Test
  void shouldCountOneAfterTheOtherWithoutYield() throws Exception {
    assertPrints(
        "CountWithoutYield", "a 1", "a 2", "a 3", "b 1", "b 2", "b 3", "c 1", "c 2", "c 3");
  }

  @Test
  void shouldCountInTurnsWithYield() throws Exception {
    assertPrints("CountWithYield", "a 1", "b 1", "c 1", "a 2", "b 2", "c 2", "a 3", "b 3", "c 3");
  }

  @Test
  void shouldTakeAsLongAsAllPausesOrAsTheLongest() throws Exception {
    List<String> lines = run("SynchronousAsynchronous").lines().toList();
    String[] tasks =
        IntStream.range(0, 10).mapToObj(i -> "task " + i + " done").toArray(String[]::new);
    assertThat(lines).hasSize(24);
    assertThat(lines.get(0)).isEqualTo("synchronous");
    assertThat(lines.subList(1, 11)).containsExactly(tasks);
    assertThat(lines.get(12)).isEqualTo("asynchronous");
    assertThat(lines.subList(13, 23)).containsExactlyInAnyOrder(tasks);
    double[] synchronous = seconds(lines.get(11), "all pauses");
    double[] asynchronous = seconds(lines.get(23), "the longest pause");
    double sum = synchronous[1];
    double longest = asynchronous[1];
    assertThat(synchronous[0]).isGreaterThan(sum - 0.002); // both are rounded to ms
    assertThat(asynchronous[0]).isBetween(longest - 0.002, (longest + sum) / 2);
  }

  private static double[] seconds(String line, String what) {
    Matcher matcher = Pattern.compile("(.*) s, and " + what + " took (.*) s").matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    return new double[] {
      Double.parseDouble(matcher.group(1).replace(',', '.')),
      Double.parseDouble(matcher.group(2).replace(',', '.'))
    };
  }

  @Test
  void shouldWorkWhileOthersPoll() throws Exception {
    List<String> lines = run("SelectPolling").lines().toList();
    assertThat(lines)
        .extracting(line -> line.replaceAll(" at .*", ""))
        .containsExactly(
            "first polls",
            "second polls",
            "the third works meanwhile",
            "the third is done",
            "first is done",
            "second is done");
    for (String line : lines.subList(4, 6)) {
      assertThat(line).matches(".* at \\d+[.,]\\d s");
      String seconds = line.replaceAll(".* at | s", "").replace(',', '.');
      assertThat(Double.parseDouble(seconds)).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void shouldEndInTheSameOrderOnEveryRun() throws Exception {
    assertPrints("Determinism", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", "100 runs");
  }

  @Test
  void shouldTellTheStates() throws Exception {
    assertPrints(
        "GreenletStates",
        "winner started: true",
        "loser started: true",
        "winner started: false",
        "winner ready: true",
        "winner successful: true",
        "winner value: a prize",
        "winner exception: null",
        "loser started: false",
        "loser ready: true",
        "loser successful: false",
        "loser value: null",
        "loser exception: java.lang.IllegalStateException: no luck",
        "get threw: no luck");
    assertThat(stderr()).containsOnlyOnce("java.lang.IllegalStateException: no luck\n\tat ");
  }

  @Test
  void shouldNotWaitLongerThanTheTimeout() throws Exception {
    assertPrints("TimeoutJoin", "Could not complete", "ready: false");
  }

  @Test
  void shouldLimitTheTimeOfABlock() throws Exception {
    assertPrints("TimeoutBlock", "too long", "no answer within 0.05 s", "no answer", "went on");
  }

  @Test
  void shouldKillAtSigquit() throws Exception {
    assertSignalKills("SIGQUIT");
  }

  @Test
  void shouldKillAtSigterm() throws Exception {
    assertSignalKills("SIGTERM", "SIGTERM");
  }

  private void assertSignalKills(String signal, String... arguments) throws Exception {
    start("SignalKill", arguments);
    String ready = "ready, process " + process.pid() + "\n";
    awaitPrinted(ready);
    send(signal);
    assertEnds(0, ready + "terminated\n");
  }

  @Test
  void shouldCleanUpWhenTheProcessIsKilled() throws Exception {
    start("RunForever");
    String ready = "ready, process " + process.pid() + "\n";
    awaitPrinted(ready);
    send("SIGTERM");
    assertEnds(128 + 15, ready + "cleaned up\n");
  }

  @Test
  void shouldKillOnShutdown() throws Exception {
    assertPrints("KillOnShutdown", "shutting down", "killed", "bye");
  }

  @Test
  void shouldTakeTurnsInEachOfTwoThreads() throws Exception {
    List<String> lines = run("TwoHubs").lines().toList();
    assertThat(lines)
        .containsExactlyInAnyOrder("one: a b a b a b", "two: a b a b a b", "the same hub: false");
    assertThat(lines.get(2)).isEqualTo("the same hub: false");
  }

  @Test
  void shouldRunWhatASubclassOverrides() throws Exception {
    assertPrints("SubclassGreenlet", "Hi there!", "Hi there!", "Hi there!", "greeted 3 times");
  }

  // ---- processes ----

  private void assertPrints(String example, String... lines) throws Exception {
    assertThat(run(example)).isEqualTo(String.join("\n", lines) + "\n");
  }

  /** Returns what the example prints. */
  private String run(String example) throws Exception {
    start(example);
    awaitEnd();
    assertThat(process.exitValue()).as(stdout() + stderr()).isZero();
    return stdout();
  }

  private void start(String example, String... arguments) throws Exception {
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
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().put("GEVENT_LOOP", loop);
    process = builder.start();
  }

  /** Waits until the process has printed this, and nothing else. */
  private void awaitPrinted(String expected) throws Exception {
    long start = System.nanoTime();
    while (!stdout().equals(expected)) {
      assertThat(process.isAlive()).as(stdout() + stderr()).isTrue();
      assertThat(NANOSECONDS.toSeconds(System.nanoTime() - start))
          .as("seconds waited for: " + expected + "; " + stdout() + stderr())
          .isLessThan(DEADLINE_SECONDS);
      Thread.sleep(10);
    }
  }

  private void send(String signal) throws Exception {
    String kill = "kill -" + signal.substring("SIG".length()) + " " + process.pid();
    assertThat(new ProcessBuilder("sh", "-c", kill).inheritIO().start().waitFor()).isZero();
  }

  private void assertEnds(int status, String printed) throws Exception {
    awaitEnd();
    assertThat(stdout()).as(stderr()).isEqualTo(printed);
    assertThat(process.exitValue()).isEqualTo(status);
  }

  private void awaitEnd() throws Exception {
    boolean ended = process.waitFor(DEADLINE_SECONDS, SECONDS);
    assertThat(ended).as("the process has ended; " + stdout() + stderr()).isTrue();
  }

  private String stdout() throws Exception {
    return Files.readString(folder.resolve("stdout"), UTF_8);
  }

  private String stderr() throws Exception {
    return Files.readString(folder.resolve("stderr"), UTF_8);
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
