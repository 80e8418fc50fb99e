package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** {@code java.net}, in greenlets. */
class SocketsOfTheJdkTest extends PatchedTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  private ServerSocket listen() throws IOException {
    return keep(new ServerSocket(0, 50, HERE));
  }

  /** Two sockets that are connected with each other. */
  private Socket[] pair() throws Exception {
    ServerSocket server = listen();
    Greenlet<Socket> accepting = Gevent.spawn(server::accept);
    Socket client = keep(new Socket(HERE, server.getLocalPort()));
    return new Socket[] {client, keep(get(accepting))};
  }

  private static Greenlet<Integer> spawnRead(Socket socket) {
    return Gevent.spawn(() -> socket.getInputStream().read());
  }

  /** Repeats what it hears, until the end. */
  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldEchoForManyOnOneKernelThread() throws Exception {
    ServerSocket server = listen();
    int clients = 50;
    Greenlet<Object> accepting =
        Gevent.spawn(
            () -> {
              for (int i = 0; i < clients; i++) {
                Socket accepted = server.accept();
                Gevent.spawn(() -> echo(accepted));
              }
              return null;
            });
    int[] open = {0};
    int[] mostOpen = {0};
    List<Greenlet<Object>> greenlets = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      byte mark = (byte) i;
      greenlets.add(
          Gevent.spawn(
              () -> {
                try (Socket socket = new Socket(HERE, server.getLocalPort())) {
                  mostOpen[0] = Math.max(mostOpen[0], ++open[0]);
                  for (int round = 0; round < 20; round++) {
                    socket.getOutputStream().write(new byte[] {mark, (byte) round});
                    assertThat(socket.getInputStream().readNBytes(2))
                        .containsExactly(mark, (byte) round);
                  }
                  open[0]--;
                }
                return null;
              }));
    }
    for (Greenlet<Object> greenlet : greenlets) {
      get(greenlet);
    }
    get(accepting);
    assertThat(mostOpen[0]).as("so many at the same time").isGreaterThan(clients / 2);
  }

  @Test
  void shouldWriteAllOfMuch() throws Exception {
    Socket[] pair = pair();
    byte[] much = bytes(20_000_000);
    Greenlet<Object> writing =
        spawnBlocked(
            () -> {
              pair[0].getOutputStream().write(much);
              pair[0].shutdownOutput();
              return null;
            });
    assertThat(pair[1].getInputStream().readAllBytes()).isEqualTo(much);
    get(writing);
  }

  @Test
  void shouldEndAReadWhenTheTimeIsUp() throws Exception {
    Socket[] pair = pair();
    pair[0].setSoTimeout(50);
    Greenlet<Integer> reading = spawnRead(pair[0]);
    assertThat(failureOf(reading)).isInstanceOf(SocketTimeoutException.class);
    pair[1].getOutputStream().write(7);
    assertThat(get(spawnRead(pair[0]))).isEqualTo(7);
    pair[0].setSoTimeout(0);
    reading = spawnBlocked(() -> pair[0].getInputStream().read());
    pair[1].getOutputStream().write(8);
    assertThat(get(reading)).isEqualTo(8);
  }

  @Test
  void shouldEndAnAcceptWhenTheTimeIsUp() throws Exception {
    ServerSocket server = listen();
    server.setSoTimeout(50);
    assertThat(failureOf(Gevent.spawn(server::accept))).isInstanceOf(SocketTimeoutException.class);
    Greenlet<Socket> accepting = Gevent.spawn(server::accept);
    keep(new Socket(HERE, server.getLocalPort()));
    keep(get(accepting));
  }

  @Test
  void shouldEndAConnectWhenTheTimeIsUp() throws Exception {
    ServerSocket full = keep(new ServerSocket(0, 1, HERE));
    InetSocketAddress address = new InetSocketAddress(HERE, full.getLocalPort());
    Greenlet<Object> connecting =
        Gevent.spawn(
            () -> {
              for (int i = 0; i < 10; i++) {
                keep(new Socket()).connect(address, 200);
              }
              return null;
            });
    assertOthersRunBefore(connecting);
    assertThat(failureOf(connecting)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void shouldTellThatNobodyListens() throws Exception {
    ServerSocket server = listen();
    server.close();
    Greenlet<Socket> connecting = Gevent.spawn(() -> new Socket(HERE, server.getLocalPort()));
    assertThat(failureOf(connecting)).isInstanceOf(java.net.ConnectException.class);
  }

  @Test
  void shouldEndAnAcceptWhenTheServerIsClosed() throws Exception {
    ServerSocket server = listen();
    Greenlet<Socket> accepting = spawnBlocked(server::accept);
    server.close();
    assertThat(failureOf(accepting))
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
  }

  @Test
  void shouldEndAReadWhenTheSocketIsClosed() throws Exception {
    Socket[] pair = pair();
    Greenlet<Integer> reading = spawnBlocked(() -> pair[0].getInputStream().read());
    pair[0].close();
    assertThat(failureOf(reading)).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    assertThat(get(spawnRead(pair[1]))).isEqualTo(-1);
  }

  @Test
  void shouldEndAnAcceptThatAnotherThreadCloses() throws Exception {
    ServerSocket server = listen();
    Greenlet<Socket> accepting = spawnBlocked(server::accept);
    FutureTask<Object> closing =
        new FutureTask<>(
            () -> {
              server.close();
              return null;
            });
    new Thread(closing).start();
    assertThat(failureOf(accepting))
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    closing.get();
  }

  @Test
  void shouldEndAReceiveWhenTheSocketIsClosed() throws Exception {
    DatagramSocket socket = keep(new DatagramSocket(0, HERE));
    Greenlet<Object> receiving =
        spawnBlocked(
            () -> {
              socket.receive(new DatagramPacket(new byte[10], 10));
              return null;
            });
    socket.close();
    assertThat(failureOf(receiving)).isInstanceOf(SocketException.class);
  }

  @Test
  void shouldReceiveDatagrams() throws Exception {
    DatagramSocket one = keep(new DatagramSocket(0, HERE));
    DatagramSocket other = keep(new DatagramSocket(0, HERE));
    DatagramPacket packet = new DatagramPacket(new byte[10], 10);
    Greenlet<Integer> receiving =
        spawnBlocked(
            () -> {
              one.receive(packet);
              return packet.getLength();
            });
    other.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, one.getLocalSocketAddress()));
    assertThat(get(receiving)).isEqualTo(3);
    assertThat(packet.getPort()).isEqualTo(other.getLocalPort());
    one.setSoTimeout(50);
    Greenlet<Object> late =
        Gevent.spawn(
            () -> {
              one.receive(packet);
              return null;
            });
    assertThat(failureOf(late)).isInstanceOf(SocketTimeoutException.class);
  }

  /** The numbers of closed descriptors are those of the next ones. */
  @Test
  void shouldUseNumbersAgainThatWereWaitedFor() throws Exception {
    for (int i = 0; i < 50; i++) {
      Socket[] pair = pair();
      Greenlet<Integer> reading = spawnRead(pair[0]);
      turn();
      pair[1].getOutputStream().write(i);
      assertThat(get(reading)).isEqualTo(i);
      pair[0].close();
      pair[1].close();
    }
  }

  @Test
  void shouldBlockOtherThreadsAsBefore() throws Exception {
    Socket[] pair = pair();
    FutureTask<Integer> reading = new FutureTask<>(() -> pair[0].getInputStream().read());
    Thread thread = new Thread(reading);
    thread.start();
    assertThat(thread.isAlive()).isTrue();
    Gevent.spawn(() -> write(pair[1], 5)).join();
    assertThat(reading.get()).isEqualTo(5);
  }

  private static void write(Socket socket, int value) {
    try {
      socket.getOutputStream().write(value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldReadInMainWhileGreenletsRun() throws Exception {
    Socket[] pair = pair();
    Greenlet<Void> writing = Gevent.spawnLater(SHORT, () -> write(pair[1], 9));
    InputStream stream = pair[0].getInputStream();
    assertThat(stream.read()).isEqualTo(9);
    assertThat(writing.join(LONG)).isTrue();
  }

  @Test
  void shouldLoseNothingOfWhoIsKilledWhileHeReads() throws Exception {
    Socket[] pair = pair();
    Greenlet<Object> reading = spawnBlocked(() -> pair[0].getInputStream().read());
    reading.kill();
    assertThat(reading.isDead()).isTrue();
    assertThat(thrownBy(reading::get)).hasCauseInstanceOf(GreenletExit.class);
    write(pair[1], 3);
    assertThat(pair[0].getInputStream().read()).isEqualTo(3);
  }
}
