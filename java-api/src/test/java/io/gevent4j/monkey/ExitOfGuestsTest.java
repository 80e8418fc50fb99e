package io.gevent4j.monkey;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process ends at once, whatever hundreds of guests wait for, or one of them does. */
class ExitOfGuestsTest {
  private static final Object HELD = new Object();

  static final class Blocked {
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
          daemon(
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
      daemon(
          () -> {
            synchronized (HELD) {
              held.countDown();
              LockSupport.park();
            }
          });
      held.await();
      ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
      for (int i = 0; i < 300; i++) {
        int way = i % 7;
        daemon(() -> block(way, server));
      }
      Thread.sleep(100); // all have come to their waits, or nearly
    }

    private static void block(int way, ServerSocket server) throws Exception {
      Object monitor = new Object();
      switch (way) {
        case 0 -> LockSupport.park();
        case 1 -> {
          synchronized (HELD) {
            Program.say("enters");
          }
        }
        case 2 -> Thread.sleep(100_000);
        case 3 -> read(server);
        case 4 -> accept();
        case 5 -> {
          synchronized (monitor) {
            monitor.wait();
          }
        }
        default -> Selector.open().select();
      }
      Program.say("goes on");
    }

    private static void read(ServerSocket server) throws IOException {
      try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
        socket.getInputStream().read();
      }
    }

    private static void accept() throws IOException {
      ServerSocketChannel.open()
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .accept();
    }

    private static void daemon(Actor.Part part) {
      Actor.start(part);
    }
  }

  @ParameterizedTest
  @CsvSource({"returns,1", "returns,2", "exits,1", "exits,2", "halts,1", "spins,1"})
  void shouldEndAtOnce(String way, String hubs) throws Exception {
    try (Program program = new Program(Blocked.class, way, hubs)) {
      Duration took = program.awaitLine("blocked").assertEnds(0);
      assertThat(took).isLessThan(Duration.ofSeconds(5));
      assertThat(program.printed()).containsExactly("blocked");
      assertThat(program.complaints()).isEmpty();
    }
  }
}
