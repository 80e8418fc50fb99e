package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
  @Parameter String loop;

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
    List<String> lines = ExampleRun.run(loop, "PoolDeterminism").lines().toList();
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

  private void assertPrints(String example, String... lines) throws Exception {
    ExampleRun.assertPrints(loop, example, lines);
  }
}
