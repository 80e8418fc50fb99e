package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.waiting.Others;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That only the greenlet waits. */
class GreenletSocketTest extends HubTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private static GreenletServerSocket listen() throws Exception {
    return new GreenletServerSocket(0, 200, HERE);
  }

  private static GreenletSocket connect(ServerSocket server) throws Exception {
    return new GreenletSocket("127.0.0.1", server.getLocalPort());
  }

  private static Greenlet<Void> spawn(Body body) {
    return Gevent.spawn(
        () -> {
          Throwable thrown = thrownBy(body);
          if (thrown != null) {
            throw raise(thrown);
          }
          return null;
        });
  }

  /** Gives back what it is told, to each until his end. */
  private static Greenlet<Void> spawnEcho(ServerSocket server) {
    return spawn(
        () -> {
          for (; ; ) {
            Socket client = server.accept();
            spawn(
                () -> {
                  try (client) {
                    client.getInputStream().transferTo(client.getOutputStream());
                  }
                });
          }
        });
  }

  @Test
  void shouldLetOthersRunWhileItWaits() throws Exception {
    try (GreenletServerSocket server = listen()) {
      Greenlet<Socket> accepting = Gevent.spawn(server::accept);
      turn();
      try (Socket client = connect(server);
          Socket accepted = accepting.get()) {
        Greenlet<Integer> reading = Gevent.spawn(() -> client.getInputStream().read());
        turns();
        assertThat(reading.isActive()).isTrue();
        accepted.getOutputStream().write('x');
        assertThat(reading.get()).isEqualTo('x');
      }
    }
  }

  @Test
  void shouldServeAHundredOnOneThread() throws Exception {
    try (GreenletServerSocket server = listen()) {
      Greenlet<Void> echo = spawnEcho(server);
      List<Greenlet<String>> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String text = "I am " + i;
        clients.add(
            Gevent.spawn(
                () -> {
                  try (Socket socket = connect(server)) {
                    socket.getOutputStream().write(text.getBytes());
                    socket.shutdownOutput();
                    return new String(socket.getInputStream().readAllBytes());
                  }
                }));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(clients.get(i).get()).isEqualTo("I am " + i);
      }
      echo.kill();
    }
  }

  @Test
  void shouldReadAndWriteMuchAtOnce() throws Exception {
    byte[] much = new byte[3 << 20];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) (i * 7 >> 2);
    }
    try (GreenletServerSocket server = listen()) {
      Greenlet<Void> echo = spawnEcho(server);
      try (Socket socket = connect(server)) {
        Greenlet<byte[]> reading =
            Gevent.spawn(() -> socket.getInputStream().readNBytes(much.length));
        socket.getOutputStream().write(much);
        assertThat(reading.get()).isEqualTo(much);
      }
      echo.kill();
    }
  }

  @Test
  void shouldLetGreenletsTakeTurnsInTheirOrder() throws Exception {
    try (GreenletServerSocket server = listen();
        Socket client = connect(server);
        Socket accepted = server.accept()) {
      List<Greenlet<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(Gevent.spawn(() -> client.getInputStream().read()));
        turn();
      }
      for (int i = 0; i < 3; i++) {
        accepted.getOutputStream().write('a' + i);
        assertThat(readers.get(i).get()).isEqualTo('a' + i);
      }
    }
  }

  @Test
  void shouldTellAllWhoWaitWhenItIsClosed() throws Exception {
    try (GreenletServerSocket server = listen();
        Socket client = connect(server);
        Socket accepted = server.accept()) {
      List<Greenlet<Throwable>> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        waiting.add(Gevent.spawn(() -> thrownBy(() -> client.getInputStream().read())));
        waiting.add(
            Gevent.spawn(() -> thrownBy(() -> client.getOutputStream().write(new byte[8 << 20]))));
        waiting.add(Gevent.spawn(() -> thrownBy(server::accept)));
      }
      turns();
      client.close();
      server.close();
      for (Greenlet<Throwable> each : waiting) {
        assertThat(each.get()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Others.Kind.class)
  void shouldWorkAndCloseFromEverywhere(Others.Kind kind) throws Throwable {
    try (GreenletServerSocket server = listen();
        Others others = new Others()) {
      Socket client = connect(server);
      Socket accepted = server.accept();
      Greenlet<Throwable> reading =
          Gevent.spawn(() -> thrownBy(() -> accepted.getInputStream().readNBytes(2)));
      turn();
      others.start(
          kind,
          () -> {
            client.getOutputStream().write('x');
            assertThat(thrownBy(() -> timedRead(client)))
                .isInstanceOf(SocketTimeoutException.class);
            accepted.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.close();
          });
      others.join();
      assertThat(reading.get()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    }
  }

  /** Who closes it has told the peer already when it is still open for the system. */
  @Test
  void shouldTellWhoReadsThatItIsClosedAndNotHowThePeerAnswers() throws Exception {
    try (GreenletServerSocket server = listen()) {
      GreenletSocketImpl client = new GreenletSocketImpl(false);
      client.create(true);
      client.connect(server.getLocalSocketAddress(), 0);
      Socket accepted = server.accept();
      Greenlet<Throwable> reader =
          Gevent.spawn(() -> thrownBy(() -> client.read(new byte[1], 0, 1)));
      turns();
      Object descriptor = ((DualSocket) valueOf(client, "socket")).descriptor();
      Thread closer = new Thread(client::close);
      synchronized (valueOf(descriptor, "state")) { // it comes no further than to tell the peer
        closer.start();
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        accepted.close();
        assertThat(reader.get()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
      }
      closer.join();
    }
  }

  private static Object valueOf(Object object, String field) throws Exception {
    Field declared = object.getClass().getDeclaredField(field);
    declared.setAccessible(true);
    return declared.get(object);
  }

  private static int timedRead(Socket socket) throws Exception {
    socket.setSoTimeout(10);
    return socket.getInputStream().read();
  }

  @Test
  void shouldStayUsableWhenAReaderIsKilledOrLate() throws Exception {
    try (GreenletServerSocket server = listen();
        Socket client = connect(server);
        Socket accepted = server.accept()) {
      Greenlet<Integer> killed = Gevent.spawn(() -> client.getInputStream().read());
      Greenlet<Integer> second = Gevent.spawn(() -> client.getInputStream().read());
      turns();
      killed.kill();
      Throwable late =
          thrownBy(
              () -> {
                try (Timeout timeout = Timeout.startNew(SHORT)) {
                  client.getInputStream().read();
                }
              });
      assertThat(late).isInstanceOf(Timeout.class);
      accepted.getOutputStream().write('k');
      assertThat(second.get()).isEqualTo('k');
    }
  }

  @Test
  void shouldCountTheTimeInTheQueueAsWaiting() throws Exception {
    try (GreenletServerSocket server = listen();
        Socket client = connect(server);
        Socket accepted = server.accept()) {
      Greenlet<Integer> first = Gevent.spawn(() -> client.getInputStream().read());
      turn();
      client.setSoTimeout(20);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Read timed out");
      assertThat(first.isActive()).isTrue();
      accepted.getOutputStream().write('f');
      assertThat(first.get()).isEqualTo('f');
    }
  }

  @Test
  void shouldCloseWhatAKilledGreenletIsConnecting() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, HERE);
        Socket one = new Socket(HERE, full.getLocalPort());
        Socket two = new Socket(HERE, full.getLocalPort());
        Socket socket = new GreenletSocket()) {
      Greenlet<Void> connecting = spawn(() -> socket.connect(full.getLocalSocketAddress()));
      turns();
      assertThat(connecting.isActive()).isTrue();
      connecting.kill();
      assertThat(thrownBy(() -> socket.connect(full.getLocalSocketAddress(), 10)))
          .hasMessage("Socket closed");
    }
  }

  // gevent: test__hub.py TestCloseSocketWhilePolling, by a callback that may not wait
  @Test
  void shouldTellWhoConnectsThatItIsClosed() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, HERE);
        Socket one = new Socket(HERE, full.getLocalPort());
        Socket two = new Socket(HERE, full.getLocalPort());
        Socket socket = new GreenletSocket()) {
      Greenlet<Throwable> connecting =
          Gevent.spawn(() -> thrownBy(() -> socket.connect(full.getLocalSocketAddress())));
      turns();
      assertThat(connecting.ready()).isFalse();
      Throwable[] closing = new Throwable[1];
      Gevent.getHub().loop().runCallback(() -> closing[0] = thrownBy(socket::close));
      assertThat(connecting.get()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
      assertThat(closing[0]).isNull();
    }
  }

  @Test
  void shouldTalkToTheLeanTypes() throws Exception {
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress(HERE, 0));
        Socket client = new GreenletSocket("localhost", listener.port());
        TcpSocket accepted = listener.accept()) {
      client.getOutputStream().write("lean".getBytes());
      ByteBuffer buffer = ByteBuffer.allocate(4);
      accepted.readFully(buffer);
      assertThat(new String(buffer.array())).isEqualTo("lean");
      accepted.close();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void shouldTalkToPython() throws Exception {
    String program =
        """
        import socket
        server = socket.create_server(('127.0.0.1', 0))
        print(server.getsockname()[1], flush=True)
        client, _ = server.accept()
        data = client.recv(1 << 16)
        while data:
            client.sendall(data.upper())
            data = client.recv(1 << 16)
        client.shutdown(socket.SHUT_WR)
        """;
    Process python =
        new ProcessBuilder("python3", "-c", program)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = new BufferedReader(new InputStreamReader(python.getInputStream()));
        Socket socket = new GreenletSocket("127.0.0.1", Integer.parseInt(out.readLine()))) {
      socket.getOutputStream().write("snake".getBytes());
      assertThat(socket.getInputStream().readNBytes(5)).isEqualTo("SNAKE".getBytes());
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(python.waitFor()).isZero();
    } finally {
      python.destroy();
    }
  }

  @Test
  void shouldBlockAThreadThatHasNoHub() throws Exception {
    Hub.get().setWaitsForThreads(true);
    try (GreenletServerSocket server = listen()) {
      var client =
          SocketContract.aside(
              () -> {
                try (Socket socket = connect(server)) {
                  assertThat(socket.getInputStream().read()).isEqualTo('h');
                }
              });
      try (Socket accepted = server.accept()) {
        accepted.getOutputStream().write('h');
        assertThat(client.get()).isNull();
      }
    }
  }

  @Test
  void shouldTimeOutWhileOthersRun() throws Exception {
    try (GreenletServerSocket server = listen()) {
      server.setSoTimeout(30);
      int[] turns = new int[1];
      Greenlet<Void> other =
          Gevent.spawn(
              () -> {
                for (; ; ) {
                  Gevent.sleep(Duration.ofMillis(1));
                  turns[0]++;
                }
              });
      assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
      assertThat(turns[0]).isPositive();
      other.kill();
    }
  }
}
