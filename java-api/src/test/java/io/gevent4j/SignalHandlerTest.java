package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Signals whose handlers are greenlets, sent to a child where a failure would end the virtual
 * machine. gevent: test__signal.py.
 */
class SignalHandlerTest extends HubTest {
  /** Ends by itself, with 7, once a handler has waited in its own greenlet. */
  static final class Handles {
    public static void main(String[] arguments) {
      Waiter<String> waiter = new Waiter<>();
      Runnable handler =
          () -> {
            Gevent.sleep(0.01);
            waiter.switchTo("handled");
          };
      String signal = arguments[0];
      boolean number = Character.isDigit(signal.charAt(0));
      SignalHandler handling =
          number
              ? Gevent.signalHandler(Integer.parseInt(signal), handler)
              : Gevent.signalHandler(signal, handler);
      handling.setRef(true);
      Program.say("ready");
      Program.say(waiter.get());
      handling.cancel();
      System.exit(7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "SIGTERM", "15", "HUP", "INT", "USR1", "WINCH"})
  void shouldRunTheHandlerInAGreenlet(String signal) throws Exception {
    try (Program program = new Program(Handles.class, signal)) {
      program.awaitLine("ready");
      program.signal(signal.equals("15") ? "TERM" : signal.replace("SIG", ""));
      program.assertEnds(7);
      assertThat(program.printed()).as(program::toString).endsWith("handled");
      assertThat(program.complaints()).isEmpty();
    }
  }

  // gevent: test_reload, with QUIT, that would print the VM's stacks
  @Test
  void shouldTakeQuitFromTheVirtualMachine() throws Exception {
    try (Program program = new Program(Handles.class, "QUIT")) {
      program.awaitLine("ready").signal("QUIT").assertEnds(7);
      assertThat(program.printed()).as(program::toString).containsExactly("ready", "handled");
    }
  }

  /** Is told to end by TERM when it has cancelled its handler. */
  static final class Cancels {
    public static void main(String[] arguments) {
      SignalHandler handler = Gevent.signalHandler("TERM", () -> Program.say("handled"));
      SignalHandler other = Gevent.signalHandler("TERM", () -> Program.say("handled twice"));
      handler.cancel();
      handler.cancel();
      other.close();
      Program.say("ready");
      Gevent.sleep(60);
    }
  }

  @Test
  void shouldDoWhatItDidBeforeWhenItIsCancelled() throws Exception {
    try (Program program = new Program(Cancels.class)) {
      program.awaitLine("ready").signal("TERM").assertEnds(128 + 15);
      assertThat(program.printed()).containsExactly("ready");
    }
  }

  /** Closes the hub that handles TERM. */
  static final class Closes {
    public static void main(String[] arguments) throws InterruptedException {
      Gevent.signalHandler("TERM", () -> Program.say("handled"));
      Hub.get().close();
      Program.say("ready");
      Thread.sleep(60_000);
    }
  }

  @Test
  void shouldDoWhatItDidBeforeWhenTheHubIsClosed() throws Exception {
    try (Program program = new Program(Closes.class)) {
      program.awaitLine("ready").signal("TERM").assertEnds(128 + 15);
      assertThat(program.printed()).containsExactly("ready");
    }
  }

  /** Handles one signal after the other, and one that fails. */
  static final class Counts {
    public static void main(String[] arguments) {
      int[] count = new int[1];
      Hub.get().setExceptionStream(System.out);
      SignalHandler handler =
          Gevent.signalHandler(
              "USR1",
              () -> {
                Program.say("handled " + ++count[0]);
                throw new IllegalStateException("of the handler");
              });
      handler.setRef(true);
      Program.say("ready");
      while (count[0] < 3) {
        Gevent.sleep(0.001);
      }
    }
  }

  @Test
  void shouldHandleTheNextWhenOneHasFailed() throws Exception {
    try (Program program = new Program(Counts.class)) {
      program.awaitLine("ready");
      for (int i = 1; i <= 3; i++) {
        program.signal("USR1").awaitLine("handled " + i);
      }
      program.assertEnds(0);
      assertThat(program.printed())
          .as(program::toString)
          .anyMatch(line -> line.contains("of the handler"));
    }
  }

  /** Spins in its greenlets, and never lets the loop sleep. */
  static final class Spins {
    public static void main(String[] arguments) {
      boolean[] over = new boolean[1];
      Gevent.signalHandler("TERM", () -> over[0] = true);
      Program.say("ready");
      while (!over[0]) {
        Gevent.sleep(0);
      }
      Program.say("over");
    }
  }

  @Test
  void shouldHandleASignalWhileGreenletsSpin() throws Exception {
    try (Program program = new Program(Spins.class)) {
      program.awaitLine("ready").signal("TERM").assertEnds(0);
      assertThat(program.printed()).containsExactly("ready", "over");
    }
  }

  @Test
  void shouldRefuseTheSignalsOfTheVirtualMachineByName() {
    for (String signal : List.of("SEGV", "BUS", "FPE", "ILL", "SIGSEGV")) {
      assertThatThrownBy(() -> Gevent.signalHandler(signal, () -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(signal)
          .hasMessageContaining("virtual machine");
    }
  }

  @Test
  void shouldRefuseWhatIsNoSignalOrCanNotBeCaught() {
    for (String signal : List.of("KILL", "STOP", "NONE", "")) {
      assertThatThrownBy(() -> Gevent.signalHandler(signal, () -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (int signal : new int[] {0, -1, 9, 19, 999}) {
      assertThatThrownBy(() -> Gevent.signalHandler(signal, () -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Gevent.signalHandler("TERM", null))
        .isInstanceOf(NullPointerException.class);
    assertThat(Hub.get().loop().debug()).doesNotContain("signal watcher");
  }

  @Test
  void shouldSayWhatItHandlesAndWhetherItCounts() {
    try (SignalHandler handler = Gevent.signalHandler("WINCH", () -> {})) {
      assertThat(handler.isRef()).isFalse();
      handler.setRef(true);
      assertThat(handler.isRef()).isTrue();
      assertThat(handler.toString()).contains("SignalHandler", "WINCH", "active");
    }
  }
}
