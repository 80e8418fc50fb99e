package io.gevent4j.monkey;

import static java.lang.Thread.State.BLOCKED;
import static java.lang.Thread.State.RUNNABLE;
import static java.lang.Thread.State.TIMED_WAITING;
import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process ends at once, whatever hundreds of guests wait for, or one of them does. */
class ExitOfGuestsTest {
  private static final Duration AT_ONCE = Duration.ofMillis(500);
  private static final int RUNS = 5; // one of them has the machine for itself

  private static final Object HELD = new Object();

  static final class Blocked {
    private static final int MANY = 300;
    private static final InetSocketAddress ANY =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** By the number of the way in which it waits. */
    private static final Thread.State[] STATES = {
      WAITING, BLOCKED, TIMED_WAITING, RUNNABLE, RUNNABLE, WAITING, RUNNABLE
    };

    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll(Options.defaults().hubs(Integer.parseInt(arguments[1])));
      blockMany();
      Program.say("blocked");
      switch (arguments[0]) {
        case "returns" -> {
          return;
        }
        case "exits" -> new Thread(() -> System.exit(0)).start();
        case "spins" -> {
          Actor.start(
              () -> {
                for (; ; ) {
                  Thread.onSpinWait();
                }
              });
          System.exit(0);
        }
        default -> Runtime.getRuntime().halt(0);
      }
      LockSupport.park();
    }

    private static void blockMany() throws Exception {
      CountDownLatch held = new CountDownLatch(1);
      Actor.start(
          () -> {
            synchronized (HELD) {
              held.countDown();
              LockSupport.park();
            }
          });
      held.await();
      ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
      CountDownLatch about = new CountDownLatch(MANY);
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        int way = i % STATES.length;
        actors.add(Actor.start(() -> block(way, server, about)));
      }
      about.await();
      for (int i = 0; i < MANY; i++) {
        actors.get(i).await(STATES[i % STATES.length]);
      }
    }

    private static void block(int way, ServerSocket server, CountDownLatch about) throws Throwable {
      Actor.Part wait = waitOf(way, server);
      about.countDown();
      wait.play();
      Program.say("goes on");
    }

    /** In this way; what it needs is there. */
    private static Actor.Part waitOf(int way, ServerSocket server) throws IOException {
      return switch (way) {
        case 0 -> LockSupport::park;
        case 1 -> Blocked::enter;
        case 2 -> () -> Thread.sleep(100_000);
        case 3 -> new Socket(server.getInetAddress(), server.getLocalPort()).getInputStream()::read;
        case 4 -> ServerSocketChannel.open().bind(ANY)::accept;
        case 5 -> Blocked::waitForNobody;
        default -> Selector.open()::select;
      };
    }

    private static void enter() {
      synchronized (HELD) {
        Program.say("enters");
      }
    }

    private static void waitForNobody() throws InterruptedException {
      Object monitor = new Object();
      synchronized (monitor) {
        monitor.wait();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"returns,1", "returns,2", "exits,1", "exits,2", "halts,1", "spins,1"})
  void shouldEndAtOnce(String way, String hubs) throws Exception {
    Duration best = end(way, hubs);
    for (int i = 1; i < RUNS && best.compareTo(AT_ONCE) > 0; i++) {
      Duration took = end(way, hubs);
      best = took.compareTo(best) < 0 ? took : best;
    }
    assertThat(best).isLessThan(AT_ONCE);
  }

  /** Returns how long that takes, from its own word on. */
  private static Duration end(String way, String hubs) throws Exception {
    try (Program program = new Program(Blocked.class, way, hubs)) {
      Duration took = program.awaitLine("blocked").assertEnds(0);
      assertThat(program.printed()).containsExactly("blocked");
      assertThat(program.complaints()).isEmpty();
      return took;
    }
  }
}
