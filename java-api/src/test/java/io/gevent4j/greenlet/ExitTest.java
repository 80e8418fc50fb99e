package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The end of the process: suspended greenlets neither hold it up nor run any more. Each program
 * runs in a process of its own.
 *
 * <p>greenlet: test_interpreter_shutdown.py.
 */
class ExitTest extends GreenletTest {
  private static Finished run(Class<?> program) {
    return runJava(program.getName());
  }

  private static void assertPrinted(Finished finished, String expected) {
    assertThat(finished.stdout).as(finished.stderr).isEqualTo(expected);
    assertThat(finished.status).as(finished.stderr).isZero();
  }

  static final class ManySuspended {
    private static final List<RawGreenlet> KEPT = new ArrayList<>();

    public static void main(String[] arguments) {
      for (int i = 0; i < 50; i++) {
        RawGreenlet greenlet = new RawGreenlet(ManySuspended::suspend);
        greenlet.switchTo();
        KEPT.add(greenlet);
      }
      System.out.println("main ends");
      System.exit(0);
    }

    private static Object suspend(Object value) {
      try {
        return toParent();
      } finally {
        System.out.println("must not be printed");
      }
    }
  }

  // greenlet: test_multiple_active_greenlets_at_shutdown
  @Test
  void shouldExitWithoutRunningFinallyBlocksWhenTheProgramCallsExit() {
    assertPrinted(run(ManySuspended.class), "main ends\n");
  }

  static final class ExitInAGreenlet {
    public static void main(String[] arguments) {
      new RawGreenlet(
              value -> {
                System.out.println("a greenlet exits");
                System.exit(3);
                return null;
              })
          .switchTo();
    }
  }

  @Test
  void shouldExitWithTheStatusWhenAGreenletCallsExit() {
    Finished finished = run(ExitInAGreenlet.class);
    assertThat(finished.stdout).as(finished.stderr).isEqualTo("a greenlet exits\n");
    assertThat(finished.status).isEqualTo(3);
  }

  static final class Halt {
    public static void main(String[] arguments) {
      suspendedEcho();
      System.out.println("halting");
      Runtime.getRuntime().halt(4);
    }
  }

  @Test
  void shouldHaltWhenGreenletsAreSuspended() {
    Finished finished = run(Halt.class);
    assertThat(finished.stdout).as(finished.stderr).isEqualTo("halting\n");
    assertThat(finished.status).isEqualTo(4);
  }

  static final class MainReturns {
    public static void main(String[] arguments) {
      RawGreenlet greenlet = suspendedEcho();
      System.out.println(greenlet.switchTo("main returns"));
    }
  }

  // greenlet: test_active_greenlet_at_shutdown_no_crash
  @Test
  void shouldExitWhenMainReturnsWithASuspendedGreenlet() {
    assertPrinted(run(MainReturns.class), "main returns\n");
  }

  static final class MainThrows {
    public static void main(String[] arguments) {
      suspendedEcho();
      new RawGreenlet(
              value -> {
                throw new IllegalStateException("nobody catches this");
              })
          .switchTo();
    }
  }

  @Test
  void shouldReportAndExitWithOneWhenAnExceptionLeavesMain() {
    Finished finished = run(MainThrows.class);
    assertThat(finished.status).isEqualTo(1);
    assertThat(finished.stderr).contains("nobody catches this");
  }

  static final class ThreadsWithSuspended {
    public static void main(String[] arguments) {
      List<RawGreenlet> kept = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        inThread(() -> kept.add(suspendedEcho()));
      }
      System.out.println(kept.size() + " threads have ended");
      System.exit(0);
    }
  }

  // greenlet: test_threaded_greenlets_at_shutdown
  @Test
  void shouldExitWhenThreadsHaveEndedWithSuspendedGreenlets() {
    assertPrinted(run(ThreadsWithSuspended.class), "3 threads have ended\n");
  }

  static final class NestedSuspended {
    public static void main(String[] arguments) {
      RawGreenlet main = RawGreenlet.getCurrent();
      System.out.println(descend(10, main));
      System.exit(0);
    }

    private static Object descend(int depth, RawGreenlet main) {
      return depth == 0
          ? main.switchTo("at the bottom")
          : new RawGreenlet(value -> descend(depth - 1, main)).switchTo();
    }
  }

  // greenlet: test_deeply_nested_greenlets_at_shutdown
  @Test
  void shouldExitWhenAChainOfGreenletsIsSuspended() {
    assertPrinted(run(NestedSuspended.class), "at the bottom\n");
  }

  static final class SuspendedInCatch {
    public static void main(String[] arguments) {
      RawGreenlet greenlet =
          new RawGreenlet(
              value -> {
                try {
                  throw new IllegalStateException();
                } catch (IllegalStateException caught) {
                  return toParent("handling " + caught);
                }
              });
      System.out.println(greenlet.switchTo());
      System.exit(0);
    }
  }

  // greenlet: test_greenlet_with_traceback_at_shutdown
  @Test
  void shouldExitWhenAGreenletIsSuspendedInACatchBlock() {
    assertPrinted(run(SuspendedInCatch.class), "handling java.lang.IllegalStateException\n");
  }

  static final class UseInAHook {
    public static void main(String[] arguments) {
      RawGreenlet kept = suspendedEcho();
      Tracer tracer = (event, origin, target) -> {};
      Thread hook =
          new Thread(
              () -> {
                System.out.println(RawGreenlet.getCurrent().getParent());
                System.out.println(new RawGreenlet(value -> "from " + value).switchTo("a hook"));
                RawGreenlet.setTrace(tracer);
                System.out.println(RawGreenlet.getTrace() == tracer);
              });
      Runtime.getRuntime().addShutdownHook(hook);
      System.out.println(kept.switchTo("main ends"));
      System.exit(0);
    }
  }

  // greenlet: test_getcurrent_during_atexit_no_crash, test_greenlet_construction_during_atexit,
  // test_settrace_during_atexit_no_crash, each with active greenlets
  @Test
  void shouldServeAShutdownHookWhenItUsesGreenlets() {
    assertPrinted(run(UseInAHook.class), "main ends\nnull\nfrom a hook\ntrue\n");
  }
}
