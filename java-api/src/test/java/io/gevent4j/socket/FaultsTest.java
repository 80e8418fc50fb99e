package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.OpenSockets;
import io.gevent4j.Program;
import io.gevent4j.waiting.Others;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that break off, systems that have nothing left, and what is left behind. */
class FaultsTest extends SocketTest {
  /** A close of it is a reset. */
  private static void abort(StreamSocket socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  @Test
  void shouldSayThatThePeerHasResetTheConnection() throws Exception {
    StreamSocket[] pair = pair();
    String ends = " " + pair[0].localAddress() + " to " + pair[0].remoteAddress() + "]";
    Greenlet<Throwable> reader = Gevent.spawn(() -> thrownBy(() -> hear(pair[0])));
    turns();
    abort(pair[1]);
    assertThat(reader.get(LONG))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("read from")
        .hasMessageContaining(ends)
        .hasMessageContaining("ECONNRESET");
    assertThat(thrownBy(() -> say(pair[0])))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("EPIPE");
    StreamSocket[] another = pair();
    Greenlet<Throwable> writer = Gevent.spawn(() -> thrownBy(() -> flood(another[0])));
    turns();
    abort(another[1]);
    assertThat(writer.get(LONG))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("write to")
        .hasMessageContaining("ECONNRESET");
  }

  @Test
  void shouldAcceptConnectionsThatAreBrokenOffAlready() throws Exception {
    TcpListener listener = listen();
    for (int i = 0; i < 20; i++) {
      abort(connect(listener));
    }
    TcpSocket client = connect(listener);
    for (int i = 0; i < 20; i++) {
      TcpSocket broken = keep(listener.accept(LONG));
      assertThat(thrownBy(() -> hear(broken))).isInstanceOf(SocketException.class);
      broken.close();
    }
    assertTalk(client, keep(listener.accept(LONG)));
  }

  /**
   * At any moment of a busy exchange; nobody hangs, nothing but an exception of the JDK's comes.
   */
  @Test
  void shouldSurviveAResetAtAnyMoment() throws Exception {
    Random random = new Random(1);
    TcpListener listener = listen();
    OpenSockets sockets = new OpenSockets();
    for (int round = 0; round < 60; round++) {
      StreamSocket[] pair = {connect(listener), keep(listener.accept(LONG))};
      List<Greenlet<Throwable>> users = new ArrayList<>();
      for (StreamSocket end : pair) {
        end.setTimeout(LONG);
        users.add(Gevent.spawn(() -> thrownBy(() -> writeFor(end))));
        users.add(Gevent.spawn(() -> thrownBy(() -> readFor(end))));
      }
      for (int i = random.nextInt(6); i > 0; i--) {
        turn();
      }
      abort(pair[random.nextInt(2)]);
      for (Greenlet<Throwable> user : users) {
        assertThat(user.get(LONG)).isInstanceOf(IOException.class);
      }
      pair[0].close();
      pair[1].close();
    }
    assertThat(sockets.opened()).isEmpty();
  }

  private static void writeFor(StreamSocket socket) throws IOException {
    for (; ; ) {
      socket.write(ByteBuffer.allocate(100_000));
      turn();
    }
  }

  private static void readFor(StreamSocket socket) throws IOException {
    ByteBuffer some = ByteBuffer.allocateDirect(30_000);
    while (socket.read(some.clear()) >= 0) {
      turn();
    }
    throw new IOException("the end");
  }

  @Test
  void shouldWaitForAHalfOpenPeerAndNoLongerThanItIsTold() throws Exception {
    StreamSocket[] pair = pair();
    pair[1].shutdownOutput();
    assertThat(hear(pair[0])).isEqualTo(-1);
    assertThat(hear(pair[0])).as("and again").isEqualTo(-1);
    say(pair[0]);
    assertThat(hear(pair[1])).isEqualTo('!');
    pair[0].setTimeout(SHORT);
    assertThat(thrownBy(() -> flood(pair[0]))).isInstanceOf(java.net.SocketTimeoutException.class);
  }

  // ---- descriptors ----

  /** In a program of its own, which may have few. */
  static final class Exhausted {
    public static void main(String[] arguments) throws Exception {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Program.say("starts"); // from now on all classes are there
      Gevent.sleep(0.001);
      for (UnixSocket each : UnixSocket.pair()) {
        each.close();
      }
      try (TcpListener listener = TcpListener.bind(any)) {
        TcpSocket.connect(listener.localAddress()).close();
        listener.accept().close();
        Hub.get();
        List<TcpSocket> sockets = new ArrayList<>();
        try {
          for (; ; ) {
            sockets.add(TcpSocket.connect(listener.localAddress()));
          }
        } catch (SocketException e) {
          Program.say("connect " + e.getMessage());
        }
        try {
          listener.accept();
        } catch (SocketException e) {
          Program.say("accept " + e.getMessage());
        }
        try {
          UnixSocket.pair();
        } catch (SocketException e) {
          Program.say("pair " + e.getMessage());
        }
        Gevent.sleep(0.001);
        sockets.remove(0).close();
        try (TcpSocket accepted = listener.accept()) {
          Program.say("accepted");
        }
      }
    }
  }

  @Test
  void shouldSayThatThereAreNoDescriptorsLeftAndGoOnLater() throws Exception {
    try (Program program = Program.withDescriptors(100, Exhausted.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).hasSize(5);
      for (int i = 1; i < 4; i++) {
        assertThat(program.printed().get(i)).contains("EMFILE");
      }
      assertThat(program.printed().get(1)).contains("connect cannot open");
      assertThat(program.printed().get(2)).contains("accept cannot accept at TcpListener");
      assertThat(program.printed().get(4)).isEqualTo("accepted");
    }
  }

  // ---- many ----

  /** Kilobytes that the program keeps in memory. */
  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmRSS");
  }

  /**
   * {@code -Dgevent4j.churn.seconds=60}: connections that open and close at random for so long, up
   * to 9,000 at a time. The second half does what the first did, with what that has left.
   */
  @Test
  @Timeout(600)
  void shouldNeitherLoseNorKeepAnythingWhenManyOpenAndCloseAtRandom() throws Exception {
    int seconds = Integer.getInteger("gevent4j.churn.seconds", 2);
    int most = seconds > 10 ? 9_000 : 1000;
    TcpListener listener = keep(TcpListener.bind(new InetSocketAddress("127.0.0.1", 0), 4096));
    Greenlet<Void> server = Gevent.spawn(() -> serve(listener));
    OpenSockets sockets = new OpenSockets();
    long half = System.nanoTime() + seconds * 500_000_000L;
    int steps = churn(listener, most, step -> System.nanoTime() < half);
    Others.until("all are closed", () -> sockets.opened().isEmpty());
    System.gc();
    long resident = resident();
    churn(listener, most, step -> step < steps);
    Others.until("all are closed again", () -> sockets.opened().isEmpty());
    System.gc();
    assertThat(resident()).as("KB").isLessThan(resident + resident / 10 + 20_000);
    assertThat(steps).isGreaterThan(100);
    server.kill();
  }

  /** Returns after how many steps it has stopped; with the same ones each time. */
  private static int churn(TcpListener listener, int most, IntPredicate goesOn) throws IOException {
    Random random = new Random(2);
    List<TcpSocket> open = new ArrayList<>();
    int step = 0;
    for (; goesOn.test(step); step++) {
      if (open.size() < most && random.nextInt(most) >= open.size() / 2) {
        // many addresses, since the ports of one don't last
        byte[] source = {127, 0, 1, (byte) (1 + random.nextInt(200))};
        InetSocketAddress from = new InetSocketAddress(InetAddress.getByAddress(source), 0);
        open.add(TcpSocket.connect(listener.localAddress(), LONG, from));
      } else {
        Collections.swap(open, random.nextInt(open.size()), open.size() - 1);
        end(open.remove(open.size() - 1), random);
      }
    }
    for (TcpSocket socket : open) {
      abort(socket);
    }
    return step;
  }

  private static void end(TcpSocket socket, Random random) throws IOException {
    socket.setTimeout(LONG);
    if (random.nextInt(4) > 0) {
      say(socket);
      assertThat(hear(socket)).isEqualTo('!');
    }
    if (random.nextBoolean()) {
      abort(socket);
    } else {
      socket.close();
    }
  }

  private static Void serve(TcpListener listener) throws IOException {
    for (; ; ) {
      TcpSocket socket = listener.accept();
      Gevent.spawn(() -> thrownBy(() -> echo(socket)));
    }
  }

  private static void echo(TcpSocket socket) throws IOException {
    try (socket) {
      while (hear(socket) >= 0) {
        say(socket);
      }
    }
  }
}
