package io.gevent4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Program;
import io.gevent4j.binding.Native;
import io.gevent4j.socket.TcpSocket;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server survives that it can't accept; in processes that have no descriptors left. */
@Timeout(60)
class AcceptErrorTest {
  @Test
  void shouldAcceptAgainOnceThereAreDescriptors() throws Exception {
    try (Program program = Program.withDescriptors(128, OutOfDescriptors.class)) {
      program.assertEnds(0);
      List<String> printed = program.printed();
      assertThat(printed).hasSize(6);
      assertThat(printed.subList(0, 4))
          .allMatch(line -> line.matches("cannot accept at TcpListener\\[.*: EMFILE: .*"));
      assertThat(printed.subList(4, 6)).containsExactly("paused longer each time", "hello");
    }
  }

  @Test
  void shouldCloseWhenItsListenerIsNoneAnyMore() throws Exception {
    try (Program program = new Program(ShutListener.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).hasSize(2);
      assertThat(program.printed().get(0)).matches("cannot accept at TcpListener\\[.*: EINVAL: .*");
      assertThat(program.printed().get(1)).isEqualTo("closed");
    }
  }

  /** Its server can't accept four times. */
  static class OutOfDescriptors {
    private static final List<Throwable> errors = new ArrayList<>();
    private static final List<Long> times = new ArrayList<>();

    public static void main(String[] args) throws IOException {
      StreamServer server =
          new StreamServer(ServerTest.HERE, socket -> ServerTest.say(socket, "hello"));
      boolean[] fails = {true};
      server.setSpawn(
          handler -> {
            if (fails[0]) {
              throw new IllegalStateException();
            }
            Gevent.spawn(handler);
          });
      Gevent.getHub().setErrorHandler((context, thrown) -> note(thrown));
      server.start();
      loadClasses(server);
      fails[0] = false;
      server.stopAccepting();
      TcpSocket client = TcpSocket.connect(server.address());
      List<Closeable> open = fillUntilNoneIsGivenBack();
      server.startAccepting();
      while (errors.size() < 4) {
        Gevent.sleep(0.001);
      }
      for (Closeable each : open) {
        each.close();
      }
      errors.forEach(error -> Program.say(error.getMessage()));
      long first = times.get(1) - times.get(0);
      long second = times.get(2) - times.get(1);
      long third = times.get(3) - times.get(2);
      boolean longer = first > 10_000_000 && second > 20_000_000 && third > 40_000_000;
      Program.say(longer ? "paused longer each time" : "paused " + first + " " + second);
      Program.say(ServerTest.readLine(client));
    }

    private static void note(Throwable thrown) {
      times.add(System.nanoTime());
      errors.add(thrown);
    }

    /** All that will be needed, since files can't be read without descriptors. */
    private static void loadClasses(StreamServer server) throws IOException {
      ServerTest.readLine(TcpSocket.connect(server.address()));
      Gevent.spawn(() -> {}).join();
      Gevent.sleep(0.001);
      server.stopAccepting();
      try {
        TcpSocket.connect(new InetSocketAddress("127.0.0.1", 1)).close();
      } catch (ConnectException refused) {
        errors.clear();
        times.clear();
      }
    }

    /** Other threads may be about to load a class, for which they have one for a moment. */
    private static List<Closeable> fillUntilNoneIsGivenBack() throws IOException {
      List<Closeable> open = new ArrayList<>();
      for (List<Closeable> more = fill(); !more.isEmpty(); more = fill()) {
        open.addAll(more);
        Gevent.sleep(0.02);
      }
      return open;
    }

    private static List<Closeable> fill() throws IOException {
      List<Closeable> open = new ArrayList<>();
      try {
        for (; ; ) {
          open.add(new FileInputStream("/dev/null"));
        }
      } catch (FileNotFoundException noneLeft) {
        return open;
      }
    }
  }

  /** Somebody shuts down what its server listens with. */
  static class ShutListener {
    public static void main(String[] args) throws IOException {
      StreamServer server = new StreamServer(ServerTest.HERE, socket -> {});
      Gevent.getHub().setErrorHandler((context, thrown) -> Program.say(thrown.getMessage()));
      server.start();
      String line = server.toString();
      int fd = Integer.parseInt(line.replaceAll(".*fd=(\\d+).*", "$1"));
      Native.gv_socket_shutdown(Native.gv_socket_new(fd, new int[1]), Native.GV_READ);
      server.serveForever();
      Program.say(server.isClosed() ? "closed" : "open");
      System.exit(0); // two own the descriptor
    }
  }
}
