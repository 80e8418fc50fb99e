package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that has a hub itself, and patches all: main and spawned greenlets beside guests. */
class PatchedHubTest {
  private interface Turn {
    void take() throws Exception;
  }

  /** Kills a greenlet that lets others run in the way that is asked for. */
  public static class KillsWhoYields {
    private static final Object MONITOR = new Object();

    public static void main(String[] arguments) throws Exception {
      Hub.get();
      Monkey.patchAll();
      Turn turn = wayOf(arguments[0]);
      Greenlet<Void> killed =
          Gevent.spawn(
              () -> {
                while (true) {
                  turn.take();
                }
              });
      Gevent.spawnLater(0.002, () -> Gevent.kill(killed));
      while (!killed.isDead()) {
        synchronized (MONITOR) {
          Thread.yield();
        }
        Thread.yield();
      }
      try {
        killed.get();
      } catch (CancellationException expected) {
        System.out.println("killed");
      }
    }

    private static Turn wayOf(String name) {
      return switch (name) {
        case "yield" -> Thread::yield;
        case "sleep" -> () -> Thread.sleep(0);
        default ->
            () -> {
              synchronized (MONITOR) {
                Thread.yield();
              }
            };
      };
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yield", "sleep", "synchronized"})
  void shouldEndWhoIsKilledWhileItYields(String way) throws Exception {
    try (Program program = new Program(KillsWhoYields.class, way)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("killed");
    }
  }

  /** Main looks at a guest's state all the time, and never waits. */
  public static class Spins {
    public static void main(String[] arguments) throws Exception {
      Hub.get();
      Monkey.patchAll();
      boolean[] about = {false};
      Thread parked =
          new Thread(
              () -> {
                about[0] = true;
                LockSupport.park();
              });
      parked.start();
      while (!about[0]) {
        Thread.yield();
      }
      while (parked.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      LockSupport.unpark(parked);
      parked.join();
      System.out.println("seen");
    }
  }

  @Test
  void shouldShowThatAGuestParksToMainThatNeverWaits() throws Exception {
    try (Program program = new Program(Spins.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("seen");
    }
  }
}
