package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process ends promptly, with its own status, whatever its hub does at that time. */
class HubExitTest extends HubTest {
  private static final Duration PROMPT = Duration.ofSeconds(10); // on a busy machine
  private static final int STATUS = 3;

  /** First argument: what the hub does; second: how the process ends; third: in whom. */
  static final class Ends {
    public static void main(String[] arguments) throws Exception {
      String work = arguments[0];
      for (int i = 0; i < 300; i++) {
        Gevent.spawn(Ends::suspended);
      }
      if (work.equals("away")) {
        for (int i = 0; i < 5; i++) {
          Gevent.spawn(Ends::away);
        }
        for (int i = 0; i < 5; i++) {
          Gevent.spawn(Ends::comeAndGo);
        }
      }
      boolean spins = work.equals("spinning");
      if (spins) {
        Gevent.spawn(Ends::spin);
      }
      Gevent.sleep(0.02);
      CountDownLatch told = new CountDownLatch(1);
      Runnable end =
          () -> {
            Program.say("ending");
            told.countDown();
            end(arguments[1]);
          };
      switch (arguments[2]) {
        case "main" -> end.run();
        case "greenlet" -> Gevent.spawn(end);
        case "callback" -> Hub.get().loop().runCallback(end);
        case "thread" -> new Thread(end).start();
        default -> throw new IllegalArgumentException(arguments[2]);
      }
      if (!arguments[1].equals("return")) {
        wait(spins);
      }
    }

    private static void wait(boolean spins) {
      if (spins) {
        spin();
      }
      Gevent.sleep(600);
    }

    private static void suspended() {
      try {
        Gevent.sleep(600);
      } finally {
        Program.say("a finally block ran");
      }
    }

    private static Object away() throws Exception {
      return Hub.get()
          .blocking(
              () -> {
                Thread.sleep(600_000);
                return null;
              });
    }

    private static Object comeAndGo() throws Exception {
      for (; ; ) {
        Hub.get().blocking(() -> null);
      }
    }

    private static void spin() {
      for (; ; ) {
        Gevent.sleep(0);
      }
    }

    private static void end(String how) {
      switch (how) {
        case "exit" -> System.exit(STATUS);
        case "halt" -> Runtime.getRuntime().halt(STATUS);
        case "return" -> {} // of main
        default -> throw new IllegalArgumentException(how);
      }
    }
  }

  static Stream<Arguments> ends() {
    return Stream.of("sleeping", "spinning", "away")
        .flatMap(
            work ->
                Stream.of(
                    Arguments.of(work, "exit", "main"),
                    Arguments.of(work, "exit", "greenlet"),
                    Arguments.of(work, "exit", "thread"),
                    Arguments.of(work, "halt", "greenlet"),
                    Arguments.of(work, "return", "main")));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void shouldEndPromptlyWithItsStatus(String work, String how, String who) throws Exception {
    try (Program program = new Program(Ends.class, work, how, who)) {
      program.awaitLine("ending");
      Duration took = program.assertEnds(how.equals("return") ? 0 : STATUS);
      assertThat(took).isLessThan(PROMPT);
      assertThat(program.printed()).as(program::toString).containsExactly("ending");
      assertThat(program.complaints()).isEmpty();
    }
  }

  @Test
  void shouldEndPromptlyInACallback() throws Exception {
    try (Program program = new Program(Ends.class, "sleeping", "exit", "callback")) {
      assertThat(program.awaitLine("ending").assertEnds(STATUS)).isLessThan(PROMPT);
    }
  }

  // gevent: test__issues461_471.py
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void shouldEndByASignal(String signal) throws Exception {
    assumeTrue(!signal.equals("HUP") || !ignoresHangups(), "hangups are ignored here, by nohup");
    try (Program program = new Program(Waits.class)) {
      Duration took =
          program
              .awaitLine("ready")
              .signal(signal)
              .assertEnds(128 + (signal.equals("INT") ? 2 : signal.equals("TERM") ? 15 : 1));
      assertThat(took).isLessThan(PROMPT);
      assertThat(program.printed()).containsExactly("ready", "hook");
      assertThat(program.complaints()).isEmpty();
    }
  }

  /** So do processes that are started from here. */
  private static boolean ignoresHangups() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 1) != 0);
  }

  /** Sleeps in its loop. */
  static final class Waits {
    public static void main(String[] arguments) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Program.say("hook")));
      Gevent.spawn(() -> Gevent.sleep(600));
      Gevent.spawn(
          () -> {
            Gevent.sleep(0.01);
            Program.say("ready");
          });
      Hub.get().join();
    }
  }

  /** Ends with what main doesn't catch. */
  static final class Throws {
    public static void main(String[] arguments) {
      Gevent.spawn(() -> Gevent.sleep(600));
      Gevent.spawn(
          () -> {
            throw new SystemExit(STATUS);
          });
      try {
        Gevent.sleep(600);
      } catch (SystemExit exit) {
        System.exit(exit.status());
      }
    }
  }

  @Test
  void shouldEndWithTheStatusThatAGreenletAskedFor() throws Exception {
    try (Program program = new Program(Throws.class)) {
      program.assertEnds(STATUS);
      assertThat(program.complaints()).isEmpty();
    }
  }

  /** Nothing can happen any more, and main doesn't catch that. */
  static final class Deadlocks {
    public static void main(String[] arguments) {
      Gevent.spawn(() -> new Waiter<Void>().get()).join();
    }
  }

  @Test
  void shouldEndWithTheErrorWhenMainWaitsForEver() throws Exception {
    try (Program program = new Program(Deadlocks.class)) {
      program.assertEnds(1);
      assertThat(program.complaints()).contains("LoopExit", "main waits", "Deadlocks.main");
    }
  }

  /** Hooks use hubs of their own threads, and main's is still there. */
  static final class Hooks {
    public static void main(String[] arguments) {
      Gevent.spawn(() -> Gevent.sleep(600));
      Gevent.sleep(0);
      Runtime.getRuntime().addShutdownHook(new Thread(Hooks::work));
    }

    private static void work() {
      Greenlet<Integer> greenlet =
          Gevent.spawn(
              () -> {
                Gevent.sleep(0.01);
                return 5;
              });
      greenlet.join();
      Program.say("hook " + greenlet.value());
    }
  }

  @Test
  void shouldServeShutdownHooks() throws Exception {
    try (Program program = new Program(Hooks.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).as(program::toString).containsExactly("hook 5");
    }
  }
}
