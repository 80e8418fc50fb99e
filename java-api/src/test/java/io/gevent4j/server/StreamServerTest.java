package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.OpenSockets;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.threadpool.ThreadPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections are accepted, handled and closed. */
class StreamServerTest extends ServerTest {
  @Test
  void shouldServeSeveralAtATime() throws Exception {
    try (StreamServer server = started(echoServer())) {
      TcpSocket one = connect(server);
      TcpSocket two = connect(server);
      assertAnswers(two);
      assertAnswers(one);
      assertAnswers(two);
    }
  }

  @Test
  void shouldServeASocketOfTheJdk() throws Exception {
    ThreadPool threads = closing(new ThreadPool(1));
    try (StreamServer server = started(echoServer())) {
      byte[] answer =
          threads.apply(
              () -> {
                try (Socket socket = new Socket("127.0.0.1", server.serverPort())) {
                  socket.getOutputStream().write("hello\n".getBytes(UTF_8));
                  socket.shutdownOutput();
                  return socket.getInputStream().readAllBytes();
                }
              });
      assertThat(answer).isEqualTo("hello\n".getBytes(UTF_8));
    }
  }

  @Test
  void shouldServeAnotherProcess() throws Exception {
    try (StreamServer server = started(echoServer())) {
      String script =
          "import socket,sys; s=socket.create_connection(('127.0.0.1',int(sys.argv[1])));"
              + "s.sendall(b'hello\\n'); s.shutdown(1); print(s.recv(100).decode(),end='')";
      Process python =
          new ProcessBuilder("python3", "-c", script, "" + server.serverPort())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      await(() -> !python.isAlive());
      assertThat(python.getInputStream().readAllBytes()).isEqualTo("hello\n".getBytes(UTF_8));
    }
  }

  @Test
  void shouldTalkWithNetcat() throws Exception {
    StreamServer untilGoodbye =
        new StreamServer(
            HERE,
            socket -> {
              for (String line = ""; !line.equals("goodbye"); say(socket, line)) {
                line = readLine(socket);
              }
            });
    try (StreamServer server = started(untilGoodbye)) {
      Process netcat =
          new ProcessBuilder("nc", "127.0.0.1", "" + server.serverPort())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      closing(netcat::destroyForcibly);
      BufferedReader answers = netcat.inputReader(UTF_8);
      for (String line : List.of("hello", "goodbye")) {
        netcat.getOutputStream().write((line + "\n").getBytes(UTF_8));
        netcat.getOutputStream().flush();
        assertThat(Hub.get().blocking(answers::readLine)).isEqualTo(line);
      }
      netcat.getOutputStream().close();
      await(() -> !netcat.isAlive());
      assertThat(netcat.exitValue()).isZero();
      assertThat(answers.readLine()).isNull();
    }
  }

  @Test
  void shouldCloseTheConnectionWhenTheHandlerEnds() throws Exception {
    List<StreamSocket> handled = new ArrayList<>();
    try (StreamServer server = started(new StreamServer(HERE, handled::add))) {
      assertThat(readLine(connect(server))).isNull();
      assertThat(handled.get(0).isOpen()).isFalse();
    }
  }

  @Test
  void shouldReportWhatAHandlerThrowsAndServeOn() throws Exception {
    IOException failure = new IOException("of the handler");
    StreamServer server =
        started(
            new StreamServer(
                HERE,
                socket -> {
                  if (readLine(socket).equals("fail")) {
                    throw failure;
                  }
                }));
    TcpSocket failing = connect(server);
    say(failing, "fail");
    assertThat(readLine(failing)).as("it is closed").isNull();
    assertThat(takeThrown()).containsExactly(failure);
    TcpSocket other = connect(server);
    say(other, "go on");
    assertThat(readLine(other)).isNull();
  }

  /** What they have left behind, once the server has found out, is nothing. */
  @Test
  void shouldServeOnWhateverItsClientsBreakOff() throws Exception {
    byte[] much = new byte[16 << 20];
    StreamServer server =
        started(
            new StreamServer(
                HERE,
                socket -> {
                  for (String line; (line = readLine(socket)) != null; say(socket, line)) {
                    if (line.equals("much")) {
                      socket.write(much, 0, much.length); // of which they read nothing
                    }
                  }
                }));
    OpenSockets sockets = new OpenSockets();
    List<String> said = List.of("", "half a li", "hello\n", "much\n");
    for (int i = 0; i < 100; i++) {
      TcpSocket client = TcpSocket.connect(server.address());
      client.outputStream().write(said.get(i % 4).getBytes(UTF_8));
      for (int turns = i % 7; turns > 0; turns--) {
        turn();
      }
      if (i % 3 != 0) {
        client.setOption(StandardSocketOptions.SO_LINGER, 0); // it is a reset
      }
      client.close();
      if (i % 10 == 9) {
        try (TcpSocket other = TcpSocket.connect(server.address())) {
          assertAnswers(other);
        }
      }
    }
    await(() -> sockets.opened().isEmpty());
    assertThat(takeThrown()).isNotEmpty().allMatch(thrown -> thrown instanceof SocketException);
    assertThat(server.isStarted()).isTrue();
    server.stop();
  }

  @Test
  void shouldHandleInASubclass() throws Exception {
    class Greeter extends StreamServer {
      Greeter() {
        super(HERE);
      }

      @Override
      protected void handle(StreamSocket socket) throws IOException {
        say(socket, "hello");
      }
    }
    assertThat(readLine(connect(started(new Greeter())))).isEqualTo("hello");
  }

  @Test
  void shouldRefuseToBeWithoutHandler() throws Exception {
    assertThatThrownBy(() -> new StreamServer(HERE, null)).isInstanceOf(NullPointerException.class);
    StreamServer server = started(new StreamServer(HERE) {});
    assertThat(readLine(connect(server))).isNull();
    assertThat(takeThrown())
        .singleElement()
        .isInstanceOf(UnsupportedOperationException.class)
        .asString()
        .contains("it has no handler");
  }

  @Test
  void shouldListenWithWhatItIsGiven() throws Exception {
    TcpListener listener = TcpListener.bind(HERE);
    StreamServer server = new StreamServer(listener, ServerTest::echo);
    assertThat(server.serverPort()).isEqualTo(listener.port());
    TcpSocket early = connect(server);
    say(early, "hello");
    assertSilent(early);
    server.start();
    assertThat(readLine(early)).isEqualTo("hello");
    assertAnswers(connect(server));
    server.stop();
    assertThat(listener.isOpen()).isFalse();
  }

  @Test
  void shouldTakeABacklogOnlyWhereItListensItself() throws Exception {
    StreamServer server = echoServer();
    server.setBacklog(1);
    assertThatThrownBy(() -> server.setBacklog(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a backlog: 0");
    server.start();
    assertThatThrownBy(() -> server.setBacklog(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot set the backlog of")
        .hasMessageEndingWith("it is started");
    StreamServer given = closing(new StreamServer(TcpListener.bind(HERE), ServerTest::echo));
    assertThatThrownBy(() -> given.setBacklog(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has a backlog already");
  }

  @Test
  void shouldKnowWhereItListens() throws Exception {
    StreamServer server = new StreamServer("localhost:0", ServerTest::echo);
    assertThat(server.serverHost()).isEqualTo("localhost");
    assertThat(server.serverPort()).isZero();
    assertThat(server.isStarted()).isFalse();
    server.start();
    assertThat(server.isStarted()).isTrue();
    assertThat(server.serverHost()).isEqualTo("127.0.0.1");
    assertThat(server.serverPort()).isPositive();
    assertThat(server.address()).isEqualTo(new InetSocketAddress("127.0.0.1", server.serverPort()));
    server.stop();
    assertThat(server.isStarted()).isFalse();
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void shouldDescribeItself() throws Exception {
    Handler<StreamSocket> handler =
        new Handler<>() {
          @Override
          public void handle(StreamSocket socket) {}

          @Override
          public String toString() {
            return "nothing";
          }
        };
    StreamServer server = new StreamServer("unix:/none", handler);
    assertThat(server.toString()).matches("StreamServer@[0-9a-f]+\\[/none handler=nothing]");
    StreamServer other = started(new StreamServer(HERE, handler));
    assertThat(other.toString())
        .matches("StreamServer@[0-9a-f]+\\[fd=\\d+ /127.0.0.1:\\d+ handler=nothing]");
    other.stop();
    assertThat(other.toString())
        .matches("StreamServer@[0-9a-f]+\\[closed /127.0.0.1:\\d+ handler=nothing]");
  }

  @Test
  void shouldStartOnlyOnce() throws Exception {
    StreamServer server = started(echoServer());
    server.start();
    assertAnswers(connect(server));
    server.stop();
    assertThatThrownBy(server::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("cannot start StreamServer@")
        .hasMessageEndingWith("it is closed");
  }

  @Test
  void shouldTellWhatItCannotListenAtAndTryAgain() throws Exception {
    StreamServer first = started(echoServer());
    StreamServer second = new StreamServer(first.address(), ServerTest::echo);
    assertThatThrownBy(second::start)
        .isInstanceOf(BindException.class)
        .hasMessageContaining("" + first.serverPort());
    first.stop();
    second.start();
    assertAnswers(connect(second));
  }

  @Test
  void shouldListenAgainWhereConnectionsAreStillOpen() throws Exception {
    StreamServer first = started(echoServer());
    TcpSocket client = connect(first);
    assertAnswers(client);
    first.stop();
    StreamServer second = started(new StreamServer(first.address(), ServerTest::echo));
    assertAnswers(connect(second));
    assertAnswers(client);
  }

  @Test
  void shouldRefuseConnectionsOnceItIsStopped() throws Exception {
    StreamServer server = started(echoServer());
    server.stop();
    server.stop();
    assertThatThrownBy(() -> connect(server)).isInstanceOf(ConnectException.class);
  }

  @Test
  void shouldPauseAndGoOn() throws Exception {
    StreamServer server = started(echoServer());
    server.stopAccepting();
    TcpSocket client = connect(server);
    say(client, "hello");
    assertSilent(client);
    server.startAccepting();
    assertThat(readLine(client)).isEqualTo("hello");
  }

  @Test
  void shouldTakeNothingMoreOnceAHandlerHasPausedIt() throws Exception {
    int[] handled = new int[1];
    StreamServer[] server = new StreamServer[1];
    server[0] =
        new StreamServer(
            HERE,
            socket -> {
              handled[0]++;
              server[0].stopAccepting();
            });
    server[0].setSpawn(Spawn.NONE);
    server[0].start();
    server[0].stopAccepting();
    TcpSocket one = connect(server[0]);
    TcpSocket two = connect(server[0]);
    server[0].startAccepting();
    assertThat(readLine(one)).as("it is closed").isNull();
    assertSilent(two);
    assertThat(handled[0]).isOne();
    server[0].startAccepting();
    assertThat(readLine(two)).isNull();
  }

  @Test
  void shouldServeUntilItIsStopped() throws Exception {
    StreamServer server = echoServer();
    Greenlet<Void> served =
        Gevent.spawn(
            () -> {
              server.serveForever();
              return null;
            });
    await(server::isStarted);
    assertAnswers(connect(server));
    assertThat(served.ready()).isFalse();
    server.stop();
    assertThat(served.join(LONG)).isTrue();
    assertThat(served.successful()).isTrue();
  }

  @Test
  void shouldServeForeverAfterStart() throws Exception {
    StreamServer server = started(echoServer());
    Gevent.spawnLater(SHORT, () -> server.stop());
    server.serveForever();
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void shouldStopWhenItsWaiterIsKilled() throws Exception {
    StreamServer server = started(echoServer());
    Greenlet<Void> served =
        Gevent.spawn(
            () -> {
              server.serveForever();
              return null;
            });
    turns();
    served.kill();
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void shouldStopFromItsHandler() throws Exception {
    StreamServer[] server = new StreamServer[1];
    server[0] = new StreamServer(HERE, socket -> server[0].stop());
    server[0].start();
    assertThat(readLine(connect(server[0]))).isNull();
    assertThat(server[0].isClosed()).isTrue();
  }

  @Test
  void shouldTakeNoMoreThanToldBeforeOthersHaveTheirTurn() throws Exception {
    int[] handled = new int[1];
    StreamServer server = new StreamServer(HERE, socket -> handled[0]++);
    server.setSpawn(Spawn.NONE);
    server.setMaxAccept(2);
    server.start();
    server.stopAccepting();
    for (int i = 0; i < 5; i++) {
      connect(server);
    }
    server.startAccepting();
    List<Integer> seen = new ArrayList<>();
    Gevent.getHub().loop().check().start(() -> seen.add(handled[0])); // after each poll
    await(() -> handled[0] == 5);
    turns();
    assertThat(seen).containsSubsequence(2, 4, 5).doesNotContain(1, 3);
    assertThatThrownBy(() -> server.setMaxAccept(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldLeaveNothingOpenWhenItsHubIsClosed() throws Exception {
    Thread thread =
        new Thread(
            () -> {
              try {
                StreamServer server = started(echoServer());
                Gevent.getHub().close();
                assertThat(server.isClosed()).isTrue();
                new StreamServer(server.address(), ServerTest::echo).start(); // in another hub
                Gevent.getHub().close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    Throwable[] thrown = new Throwable[1];
    thread.setUncaughtExceptionHandler((failed, why) -> thrown[0] = why);
    thread.start();
    thread.join(SECONDS.toMillis(30));
    assertThat(thrown[0]).isNull();
  }
}
