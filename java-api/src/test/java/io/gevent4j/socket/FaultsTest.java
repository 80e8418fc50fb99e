package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.OpenSockets;
import io.gevent4j.Program;
import io.gevent4j.select.GeventSelectorProvider;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

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

  /** The same with the types of the JDK's, which others wait for in their own way. */
  static final class ExhaustedForTheJdk {
    private static final List<Closeable> open = new ArrayList<>();
    private static ServerSocket listener;

    public static void main(String[] arguments) throws Exception {
      listener = keep(new GreenletServerSocket(0, 90, InetAddress.getLoopbackAddress()));
      SelectorProvider selectors = new GeventSelectorProvider();
      selectors.openSelector().close();
      connect().close();
      listener.accept().close();
      try { // from now on all classes are there
        new GreenletSocket("127.0.0.1", 1);
      } catch (ConnectException e) {
        Program.say("starts");
      }
      Gevent.sleep(0.001);
      tell("connect", () -> keep(connect()));
      tell("accept", listener::accept);
      tell("select", selectors::openSelector);
      open.remove(1).close();
      tell("select", selectors::openSelector); // which takes two, and gives back the one there is
      listener.accept().close();
      open.remove(1).close();
      selectors.openSelector().close();
      Program.say("goes on");
    }

    private static <C extends Closeable> C keep(C opened) {
      open.add(opened);
      return opened;
    }

    private static Socket connect() throws IOException {
      return new GreenletSocket("127.0.0.1", listener.getLocalPort());
    }

    /** Until it fails. */
    private static void tell(String what, Callable<?> call) throws Exception {
      try {
        for (; ; ) {
          call.call();
        }
      } catch (IOException e) {
        Program.say(what + " " + e.getMessage());
      }
    }
  }

  @Test
  void shouldTellUsersOfTheJdksTypesThatThereAreNoDescriptorsLeft() throws Exception {
    try (Program program = Program.withDescriptors(100, ExhaustedForTheJdk.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).hasSize(6).startsWith("starts").endsWith("goes on");
      for (String line : program.printed().subList(1, 5)) {
        assertThat(line).matches("(connect|accept|select) cannot .*: EMFILE: .*");
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
}
