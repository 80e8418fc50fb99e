package unmodified;

import static org.assertj.core.api.Assertions.assertThat;

import basics.Children;
import basics.Console;
import basics.Exchanging;
import basics.ForkJoin;
import basics.Futures;
import basics.ParallelStreams;
import basics.Phases;
import basics.Stamps;
import basics.Timers;
import java.io.IOException;
import java.io.Writer;
import org.junit.jupiter.api.Test;

/** What the JDK itself offers to programs with many threads. */
class BasicsTest {
  @Test
  void shouldTalkToProcessesBothWaysAndWaitForThemWithATimeout() throws Exception {
    assertThat(Program.run(Children.class))
        .isEqualTo("Children: 20000 lines came back, status 0, a sleeper has not ended, then 143");
  }

  @Test
  void shouldReadLinesOfItsStandardInputWhileOthersRun() throws Exception {
    try (Program console = new Program(Console.class);
        Writer stdin = console.stdin()) {
      say(stdin, "Ada");
      assertThat(console.awaitLine("Hello, ")).isEqualTo("Ada!");
      console.awaitLine("tick 3");
      say(stdin, "Grace");
      assertThat(console.awaitLine("Hello, ")).isEqualTo("Grace!");
      stdin.close();
      assertThat(console.awaitEnd(0)).isEqualTo("Bye");
    }
  }

  private static void say(Writer stdin, String line) throws IOException {
    stdin.write(line + "\n");
    stdin.flush();
  }

  @Test
  void shouldRunTimersInOrder() throws Exception {
    assertThat(Program.run(Timers.class)).isEqualTo("Timers: [soon, late] and 5 ticks");
  }

  @Test
  void shouldForkAndJoin() throws Exception {
    assertThat(Program.run(ForkJoin.class)).isEqualTo("ForkJoin: 6765 6765");
  }

  @Test
  void shouldShareTheWorkOfStreams() throws Exception {
    assertThat(Program.run(ParallelStreams.class))
        .isEqualTo("ParallelStreams: 500000500000 10000 true");
  }

  @Test
  void shouldCombineFuturesThatComeLateOrFail() throws Exception {
    assertThat(Program.run(Futures.class)).isEqualTo("Futures: 328350, too late, failed");
  }

  @Test
  void shouldExchangeOneForOne() throws Exception {
    assertThat(Program.run(Exchanging.class)).isEqualTo("Exchanging: 20000 10000 nobody");
  }

  @Test
  void shouldGoThroughPhasesTogether() throws Exception {
    assertThat(Program.run(Phases.class)).isEqualTo("Phases: 2000 steps, 0 too early, over true");
  }

  @Test
  void shouldKeepWritersAndReadersApart() throws Exception {
    assertThat(Program.run(Stamps.class)).isEqualTo("Stamps: 20000, unequal 0");
  }
}
