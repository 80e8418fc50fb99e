package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.OpenSockets;
import io.gevent4j.Program;
import io.gevent4j.waiting.Others;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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

/**
 * {@code -Dgevent4j.churn.seconds=60}: 10,000 connections that open and close at random for so
 * long, of two processes, since one may not have the descriptors of both ends; fewer in a short
 * time. The second half does what the first did, with what that has left.
 */
@Timeout(600)
class ChurnTest extends SocketTest {
  private static final int SECONDS = Integer.getInteger("gevent4j.churn.seconds", 2);
  private static final int MOST = SECONDS > 10 ? 10_000 : 500;
  private static final byte ASK = '?';

  /** What a process keeps: KB of objects, KB in memory at all, and sockets. */
  record Kept(long objects, long resident, int sockets) {
    private static final int BYTES = 2 * Long.BYTES + Integer.BYTES;

    /** In this process. */
    static Kept here() throws IOException {
      System.gc();
      long objects =
          (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1024;
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return new Kept(objects, Long.parseLong(line.replaceAll("\\D", "")), openSockets());
        }
      }
      throw new AssertionError("no VmRSS");
    }

    private static int openSockets() {
      int count = 0;
      for (String fd : new File("/proc/self/fd").list()) {
        String file = file(Integer.parseInt(fd));
        count += file != null && file.startsWith("socket:") ? 1 : 0;
      }
      return count;
    }

    static Kept read(StreamSocket socket) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(BYTES);
      socket.readFully(all);
      return new Kept(all.flip().getLong(), all.getLong(), all.getInt());
    }

    void write(StreamSocket socket) throws IOException {
      ByteBuffer all = ByteBuffer.allocate(BYTES);
      socket.write(all.putLong(objects).putLong(resident).putInt(sockets).flip());
    }

    void assertNoMore(Kept later, String whose) {
      assertThat(later.sockets).as(whose + " sockets").isLessThanOrEqualTo(sockets);
      assertThat(later.objects).as(whose + " objects").isLessThan(objects + 3_000);
      assertThat(later.resident).as(whose + " KB").isLessThan(resident + resident / 10 + 20_000);
    }
  }

  // ---- the server ----

  /** In a process of its own. */
  static final class Server {
    public static void main(String[] arguments) throws IOException {
      InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
      try (TcpListener listener = TcpListener.bind(any, 4096)) {
        Program.say("" + listener.port());
        for (; ; ) {
          TcpSocket socket = listener.accept();
          Gevent.spawn(() -> serve(socket));
        }
      }
    }

    private static void serve(TcpSocket socket) {
      try (socket) {
        for (int heard; (heard = hear(socket)) >= 0; ) {
          if (heard == ASK) {
            Kept.here().write(socket);
          } else {
            say(socket);
          }
        }
      } catch (IOException e) {
        // it was reset
      }
    }
  }

  private static Kept ask(TcpSocket server) throws IOException {
    server.write(ByteBuffer.wrap(new byte[] {ASK}));
    return Kept.read(server);
  }

  // ---- its clients ----

  @Test
  void shouldNeitherLoseNorKeepAnythingWhenManyOpenAndCloseAtRandom() throws Exception {
    try (Program server = new Program(Server.class)) {
      SocketAddress address = new InetSocketAddress("127.0.0.1", server.awaitNumber());
      TcpSocket asking = keep(TcpSocket.connect(address, LONG, null));
      int sockets = ask(asking).sockets;
      OpenSockets own = new OpenSockets();
      long half = System.nanoTime() + SECONDS * 500_000_000L;
      int steps = churn(address, step -> step < 4 * MOST || System.nanoTime() < half);
      awaitClosed(own, asking, sockets);
      Kept here = Kept.here();
      Kept there = ask(asking);
      churn(address, step -> step < steps);
      awaitClosed(own, asking, sockets);
      Kept hereLater = Kept.here();
      Kept thereLater = ask(asking);
      System.out.printf(
          "twice %,d steps, up to %,d open: clients %s, then %s; server %s, then %s%n",
          steps, MOST, here, hereLater, there, thereLater);
      here.assertNoMore(hereLater, "the clients'");
      there.assertNoMore(thereLater, "the server's");
    }
  }

  private static void awaitClosed(OpenSockets own, TcpSocket asking, int sockets) throws Exception {
    Others.until("the clients are closed", () -> own.opened().isEmpty());
    Greenlet<Integer> left =
        Gevent.spawn(
            () -> {
              while (ask(asking).sockets > sockets) {
                Gevent.sleep(0.01);
              }
              return 0;
            });
    assertThat(left.get(LONG)).isZero();
  }

  /**
   * Opens three times as often as it closes while fewer are open than may be, and gets there.
   * Returns after how many steps it has stopped; with the same ones each time.
   */
  private static int churn(SocketAddress server, IntPredicate goesOn) throws IOException {
    int highest = 0;
    Random random = new Random(2);
    List<TcpSocket> open = new ArrayList<>();
    int step = 0;
    for (; goesOn.test(step); step++) {
      if (open.size() < MOST && (open.isEmpty() || random.nextInt(4) > 0)) {
        // from many addresses, since the ports of one don't last
        byte[] source = {127, 0, 1, (byte) (1 + random.nextInt(200))};
        InetSocketAddress from = new InetSocketAddress(InetAddress.getByAddress(source), 0);
        open.add(TcpSocket.connect(server, LONG, from));
        highest = Math.max(highest, open.size());
      } else {
        Collections.swap(open, random.nextInt(open.size()), open.size() - 1);
        end(open.remove(open.size() - 1), random);
      }
    }
    for (TcpSocket socket : open) {
      abort(socket);
    }
    assertThat(highest).as("open at a time").isEqualTo(MOST);
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

  /** It is a reset. */
  private static void abort(TcpSocket socket) throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }
}
