package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Monitors that guests hold while they wait, and plain threads and other hubs that want them. */
class MonitorsOfGuestsTest {
  /** Each way by guests of so many hubs and by plain threads. */
  static final class Contended {
    private static final int MANY = 8;
    private static final int ROUNDS = 20;
    private static final Object MONITOR = new Object();
    private static int count; // guarded by it
    private static int inside; // guarded by it

    public static void main(String[] arguments) throws Exception {
      CountDownLatch go = new CountDownLatch(1);
      List<Actor> actors = Actor.startMany(MANY, () -> play(go, false));
      Monkey.patchAll(Options.defaults().hubs(Integer.parseInt(arguments[0])));
      actors.addAll(Actor.startMany(MANY, () -> play(go, true)));
      go.countDown();
      Actor.joinAll(actors);
      say("counted " + (count == 2 * MANY * ROUNDS));
      System.exit(0);
    }

    private static void play(CountDownLatch go, boolean guest) throws Exception {
      go.await();
      check((Hub.getIfExists() != null) == guest);
      for (int i = 0; i < ROUNDS; i++) {
        synchronized (MONITOR) {
          synchronized (MONITOR) { // both are let go in a wait, and taken again after it
            check(++inside == 1);
            int before = count;
            Thread.sleep(0, 1000);
            count = before + 1;
            inside--;
            MONITOR.notify();
            MONITOR.wait(1);
            check(Thread.holdsLock(MONITOR) && inside == 0);
          }
          check(Thread.holdsLock(MONITOR));
        }
      }
    }

    private static void check(boolean condition) {
      if (!condition) {
        throw new AssertionError();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void shouldBeHeldByOneAtATimeWhoeverWantsThem(String hubs) throws Exception {
    try (Program program = new Program(Contended.class, hubs)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("counted true");
    }
  }

  /** Two of two hubs have each what the other one wants. */
  static final class Deadlocked {
    private static final Object[] MONITORS = {new Object(), new Object()};

    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll(Options.defaults().hubs(2));
      CyclicBarrier both = new CyclicBarrier(2);
      Hub[] hubs = new Hub[2];
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int me = i;
        actors.add(
            Actor.start(
                "deadlocked-" + i,
                () -> {
                  hubs[me] = Hub.getIfExists();
                  synchronized (MONITORS[me]) {
                    both.await();
                    enter(MONITORS[1 - me]);
                  }
                }));
      }
      for (Actor actor : actors) {
        actor.await(Thread.State.BLOCKED);
      }
      say("two hubs: " + (hubs[0] != hubs[1]));
      for (int i = 0; i < 4; i++) {
        Actor.start(() -> Thread.sleep(1)).join(); // the hubs go on
      }
      say("deadlocked");
      Thread.sleep(100_000);
    }

    private static void enter(Object monitor) {
      synchronized (monitor) {
        say("never");
      }
    }
  }

  @Test
  void shouldShowADeadlockOfTwoHubsToJstack() throws Exception {
    try (Program program = new Program(Deadlocked.class)) {
      program.awaitLine("deadlocked");
      String jstack = Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
      try (Program dump = new Program(new ProcessBuilder(jstack, Long.toString(program.pid())))) {
        dump.assertEnds(0);
        assertThat(String.join("\n", dump.printed()))
            .contains("Found one Java-level deadlock")
            .contains(Arrays.asList("\"deadlocked-0\":", "\"deadlocked-1\":"));
      }
      assertThat(program.toString()).contains("two hubs: true").doesNotContain("never");
    }
  }
}
