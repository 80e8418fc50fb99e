package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code examples/} that use the hub print what they say, over both loops. */
@ParameterizedClass
@ValueSource(strings = {"libev", "libuv"})
class HubExamplesTest {
  @Parameter String loop;

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
    List<String> lines = ExampleRun.run(loop, "SynchronousAsynchronous").lines().toList();
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
    List<String> lines = ExampleRun.run(loop, "SelectPolling").lines().toList();
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
    try (ExampleRun run = new ExampleRun(loop, "GreenletStates")) {
      assertThat(run.awaitEnd(0).lines())
          .containsExactly(
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
      assertThat(run.stderr()).containsOnlyOnce("java.lang.IllegalStateException: no luck\n\tat ");
    }
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
    try (ExampleRun run = new ExampleRun(loop, "SignalKill", arguments)) {
      String ready = "ready, process " + run.pid() + "\n";
      run.awaitPrinted(ready::equals);
      run.send(signal);
      assertThat(run.awaitEnd(0)).isEqualTo(ready + "terminated\n");
    }
  }

  @Test
  void shouldCleanUpWhenTheProcessIsKilled() throws Exception {
    try (ExampleRun run = new ExampleRun(loop, "RunForever")) {
      String ready = "ready, process " + run.pid() + "\n";
      run.awaitPrinted(ready::equals);
      run.send("SIGTERM");
      assertThat(run.awaitEnd(128 + 15)).isEqualTo(ready + "cleaned up\n");
    }
  }

  @Test
  void shouldKillOnShutdown() throws Exception {
    assertPrints("KillOnShutdown", "shutting down", "killed", "bye");
  }

  @Test
  void shouldTakeTurnsInEachOfTwoThreads() throws Exception {
    List<String> lines = ExampleRun.run(loop, "TwoHubs").lines().toList();
    assertThat(lines)
        .containsExactlyInAnyOrder("one: a b a b a b", "two: a b a b a b", "the same hub: false");
    assertThat(lines.get(2)).isEqualTo("the same hub: false");
  }

  @Test
  void shouldRunWhatASubclassOverrides() throws Exception {
    assertPrints("SubclassGreenlet", "Hi there!", "Hi there!", "Hi there!", "greeted 3 times");
  }

  private void assertPrints(String example, String... lines) throws Exception {
    ExampleRun.assertPrints(loop, example, lines);
  }
}
