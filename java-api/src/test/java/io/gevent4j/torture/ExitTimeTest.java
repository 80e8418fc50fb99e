package io.gevent4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.RawGreenlet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Hazard 7 of docs/design.md: the VM waits up to 300 ms for threads in native code, which is where
 * it sees suspended greenlets. How long an exit takes, and whether it comes at all.
 */
@Tag("torture")
class ExitTimeTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int RUNS = 3; // the best one counts: the others met a busy machine
  private static final int RACES = 4;

  /** What thousands of greenlets may add; a VM that waits for them adds 300 ms. */
  private static final Duration MOST_ADDED = Duration.ofMillis(150);

  private static final Duration MOST_WHILE_SWITCHING = Duration.ofSeconds(1);

  /** Says when the end begins, in the parent's time. */
  private static void tellEnding() {
    System.out.println("ending " + Instant.now());
    System.out.flush();
  }

  /** With as many greenlets as the first argument says, suspended. Ends as the second one says. */
  static final class Suspended {
    private static final List<RawGreenlet> KEPT = new ArrayList<>();

    public static void main(String[] arguments) {
      for (int i = Integer.parseInt(arguments[0]); i > 0; i--) {
        RawGreenlet greenlet = new RawGreenlet(Suspended::suspend);
        greenlet.switchTo();
        KEPT.add(greenlet);
      }
      switch (arguments[1]) {
        case "return" -> tellEnding();
        case "exit" -> {
          tellEnding();
          System.exit(0);
        }
        case "exit in a greenlet" ->
            new RawGreenlet(
                    value -> {
                      tellEnding();
                      System.exit(0);
                      return null;
                    })
                .switchTo();
        case "halt" -> {
          tellEnding();
          Runtime.getRuntime().halt(0);
        }
        case "halt in a greenlet" ->
            new RawGreenlet(
                    value -> {
                      tellEnding();
                      Runtime.getRuntime().halt(0);
                      return null;
                    })
                .switchTo();
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    }

    private static Object suspend(Object value) {
      try {
        return RawGreenlet.getCurrent().getParent().switchTo();
      } finally {
        System.out.println("a finally block ran");
      }
    }
  }

  /** Two hooks at a time use greenlets, beside those that are suspended already. */
  static final class Hooks {
    public static void main(String[] arguments) {
      Suspended.main(new String[] {"100", "return"});
      for (int i = 0; i < 2; i++) {
        Runtime.getRuntime().addShutdownHook(new Thread(Hooks::count));
      }
    }

    private static void count() {
      int sum = 0;
      for (int i = 0; i < 1_000; i++) {
        RawGreenlet greenlet =
            new RawGreenlet(value -> (int) RawGreenlet.getCurrent().getParent().switchTo(1) + 1);
        sum += (int) greenlet.switchTo();
        sum += (int) greenlet.switchTo(1);
      }
      System.out.println("counted " + sum);
    }
  }

  /** Daemon threads start, switch and end greenlets all the while. */
  static final class Busy {
    public static void main(String[] arguments) throws InterruptedException {
      CountDownLatch running = new CountDownLatch(2);
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(() -> switchForEver(running));
        thread.setDaemon(true);
        thread.start();
      }
      running.await();
      Suspended.main(arguments);
    }

    private static void switchForEver(CountDownLatch running) {
      RawGreenlet[] greenlets = new RawGreenlet[20];
      while (true) {
        for (int i = 0; i < greenlets.length; i++) {
          if (greenlets[i] == null || greenlets[i].isDead()) {
            greenlets[i] = new RawGreenlet(Busy::turn);
          }
          greenlets[i].switchTo();
        }
        running.countDown();
      }
    }

    private static Object turn(Object value) {
      for (int i = ThreadLocalRandom.current().nextInt(100); i > 0; i--) {
        RawGreenlet.getCurrent().getParent().switchTo(new byte[100]);
      }
      return null;
    }
  }

  /** From the child's own word to the end of its process. */
  private static Duration ending(Child.Outcome outcome) {
    return Duration.between(Instant.parse(outcome.told("ending")), outcome.end());
  }

  private static Child.Outcome run(Jdk jdk, Class<?> program, Object... arguments) {
    return new Child(jdk, program).arguments(arguments).run(PATIENCE).assertStatus(0);
  }

  private static Duration best(Jdk jdk, int greenlets, String way) {
    Duration best = PATIENCE;
    for (int i = 0; i < RUNS; i++) {
      Child.Outcome outcome = run(jdk, Suspended.class, greenlets, way);
      assertThat(outcome.stdout()).as(outcome::toString).doesNotContain("finally");
      Duration took = ending(outcome);
      best = took.compareTo(best) < 0 ? took : best;
    }
    return best;
  }

  @TestFactory
  Stream<DynamicTest> shouldAddLittleToAnExit() {
    return Jdk.each(
        "shouldAddLittleToAnExit",
        jdk -> {
          Duration without = best(jdk, 0, "exit");
          StringBuilder told =
              new StringBuilder(jdk + ": exit takes " + without.toMillis() + " ms");
          for (String way : List.of("exit", "return", "exit in a greenlet", "halt")) {
            Duration with = best(jdk, 2_000, way);
            told.append("; ").append(way).append(" with 2,000 greenlets ");
            told.append(with.toMillis()).append(" ms");
            assertThat(with).as(told.toString()).isLessThan(without.plus(MOST_ADDED));
          }
          System.out.println(told);
        });
  }

  @TestFactory
  Stream<DynamicTest> shouldServeShutdownHooks() {
    return Jdk.each(
        "shouldServeShutdownHooks",
        jdk -> {
          Child.Outcome outcome = run(jdk, Hooks.class);
          assertThat(outcome.stdout().lines().skip(1))
              .as(outcome::toString)
              .containsExactly("counted 3000", "counted 3000");
        });
  }

  @TestFactory
  Stream<DynamicTest> shouldExitWhileOthersSwitch() {
    return Jdk.each(
        "shouldExitWhileOthersSwitch by",
        List.of("exit", "return", "exit in a greenlet", "halt in a greenlet"),
        ExitTimeTest::race);
  }

  private static void race(Jdk jdk, String way) {
    List<Long> took = new ArrayList<>();
    for (int i = 0; i < RACES; i++) {
      Child.Outcome outcome = run(jdk, Busy.class, 10, way).assertNoComplaint();
      took.add(ending(outcome).toMillis());
    }
    String told = jdk + ": " + way + " while others switch takes " + took + " ms";
    assertThat(Collections.min(took)).as(told).isLessThan(MOST_WHILE_SWITCHING.toMillis());
    System.out.println(told);
  }
}
