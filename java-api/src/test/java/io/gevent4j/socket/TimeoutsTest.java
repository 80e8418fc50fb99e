package io.gevent4j.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Timeout;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long sockets wait, and what is left of them when somebody stops to. */
class TimeoutsTest extends SocketTest {
  private static void assertTimesOut(String operation, Body body) {
    long start = System.nanoTime();
    assertThatThrownBy(body::run)
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining(operation)
        .hasMessageContaining("timed out");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldStopWaitingWhenTheTimeOfTheSocketIsUp(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    pair[0].setTimeout(SHORT);
    assertThat(pair[0].timeout()).isEqualTo(SHORT);
    assertTimesOut("read from", () -> pair[0].read(ByteBuffer.allocate(1)));
    assertTimesOut("read from", () -> pair[0].read(ByteBuffer.allocateDirect(1)));
    assertTimesOut("read from", () -> pair[0].readFully(ByteBuffer.allocate(1)));
    assertTimesOut("write to", () -> pair[0].write(ByteBuffer.wrap(MUCH_HEAP)));
    assertTimesOut("write to", () -> flood(pair[0]));
    assertTimesOut("write to", () -> pair[0].write(MUCH_HEAP, 0, MUCH));
    assertTimesOut("write to", () -> pair[0].write(new ByteBuffer[] {MUCH_DIRECT.duplicate()}));
    assertTimesOut("read from", () -> pair[0].inputStream().read());
    assertTimesOut("write to", () -> pair[0].outputStream().write(MUCH_HEAP));
  }

  @Test
  void shouldStopWaitingWhenTheTimeOfTheCallIsUp() throws Exception {
    StreamSocket[] pair = pair();
    TcpListener listener = listen();
    assertTimesOut("read from", () -> pair[0].read(ByteBuffer.allocate(1), SHORT));
    assertTimesOut("read from", () -> pair[0].read(new byte[1], 0, 1, SHORT));
    assertTimesOut("read from", () -> pair[0].read(buffers(ByteBuffer.allocate(1)), SHORT));
    assertTimesOut("read from", () -> pair[0].readFully(ByteBuffer.allocate(1), SHORT));
    assertTimesOut("write to", () -> pair[0].write(MUCH_DIRECT.duplicate(), SHORT));
    assertTimesOut("write to", () -> pair[0].write(MUCH_HEAP, 0, MUCH, SHORT));
    assertTimesOut("write to", () -> pair[0].write(buffers(MUCH_DIRECT.duplicate()), SHORT));
    assertTimesOut("write to", () -> pair[0].sendFile(Path.of("/dev/zero"), 0, MUCH, SHORT));
    assertTimesOut("accept at", () -> listener.accept(SHORT));
    listener.setTimeout(SHORT);
    assertTimesOut("accept at", listener::accept);
    assertThat(listener.tryAccept()).isNull();
  }

  private static ByteBuffer[] buffers(ByteBuffer... buffers) {
    return buffers;
  }

  @Test
  void shouldReadAndWriteWithinTheTimeOfTheCall() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].setTimeout(Duration.ZERO); // else it wouldn't wait for the peer
    Greenlet<Void> writer = Gevent.spawn((Callable<Void>) () -> sayLater(pair[1], 4));
    assertThat(pair[0].read(new byte[1], 0, 1, LONG)).isEqualTo(1);
    assertThat(pair[0].read(buffers(ByteBuffer.allocate(1)), LONG)).isEqualTo(1);
    ByteBuffer two = ByteBuffer.allocate(2);
    pair[0].readFully(two, LONG);
    assertThat(two.array()).isEqualTo("!!".getBytes(UTF_8));
    writer.get();
    Greenlet<Void> reader = Gevent.spawn((Callable<Void>) () -> readFully(pair[1], 2 * MUCH));
    pair[0].write(MUCH_HEAP, 0, MUCH, LONG);
    assertThat(pair[0].write(buffers(MUCH_DIRECT.duplicate()), LONG)).isEqualTo(MUCH);
    reader.get();
  }

  private static Void sayLater(StreamSocket socket, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Gevent.sleep(SHORT);
      say(socket);
    }
    return null;
  }

  private static Void readFully(StreamSocket socket, int size) throws Exception {
    socket.readFully(ByteBuffer.allocate(size), LONG);
    return null;
  }

  @Test
  void shouldNotWaitAtAllWithATimeoutOfZero() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].setTimeout(Duration.ZERO);
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertThatThrownBy(() -> hear(pair[0])).isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> flood(pair[0])).isInstanceOf(SocketTimeoutException.class);
    assertThat(other.ready()).as("others have run").isFalse();
    say(pair[1]);
    assertThat(hear(pair[0])).isEqualTo('!');
    other.get();
  }

  // gevent: test__socket.py test_sendall_nonblocking, test_sendall_empty
  @Test
  void shouldWriteWhatFitsWithATimeoutOfZero() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].setTimeout(Duration.ZERO);
    Greenlet<Void> other = Gevent.spawn(() -> {});
    pair[0].write(ByteBuffer.wrap(new byte[] {'a'}));
    pair[0].write(direct(new byte[] {'b'}));
    pair[0].write(new byte[] {'c'}, 0, 1);
    pair[0].write(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {'d'})});
    pair[0].outputStream().write('e');
    assertThat(pair[0].write(ByteBuffer.allocate(0))).isZero();
    assertThat(other.ready()).as("others have run").isFalse();
    ByteBuffer all = ByteBuffer.allocate(5);
    pair[1].readFully(all);
    assertThat(all.array()).isEqualTo("abcde".getBytes(UTF_8));
    other.get();
  }

  @Test
  void shouldRefuseTimesBelowZero() throws Exception {
    StreamSocket[] pair = pair();
    TcpListener listener = listen();
    Duration negative = Duration.ofNanos(-1);
    List<Body> uses =
        List.of(
            () -> pair[0].setTimeout(negative),
            () -> pair[0].read(ByteBuffer.allocate(1), negative),
            () -> pair[0].write(ByteBuffer.allocate(1), negative),
            () -> pair[0].read(new byte[1], 0, 1, negative),
            () -> pair[0].write(new byte[1], 0, 1, negative),
            () -> pair[0].read(buffers(ByteBuffer.allocate(1)), negative),
            () -> pair[0].write(buffers(ByteBuffer.allocate(1)), negative),
            () -> pair[0].readFully(ByteBuffer.allocate(1), negative),
            () -> pair[0].sendFile(Path.of("/dev/zero"), 0, 1, negative),
            () -> listener.accept(negative),
            () -> TcpSocket.connect("localhost", listener.port(), negative),
            () -> TcpSocket.connect(listener.localAddress(), negative, null),
            () -> UnixSocket.connect(path(), negative));
    for (Body use : uses) {
      assertThat(thrownBy(use))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("negative");
    }
    assertThat(pair[0].timeout()).isEqualTo(LONGER);
  }

  @Test
  void shouldWaitForTheLongestTimeThereIs() throws Exception {
    StreamSocket[] pair = pair();
    pair[0].setTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
    Greenlet<Integer> writer = Gevent.spawn(() -> flood(pair[0]));
    Gevent.sleep(SHORT);
    assertThat(reader.ready()).isFalse();
    say(pair[1]);
    assertThat(reader.get()).isEqualTo('!');
    pair[1].readFully(ByteBuffer.allocate(MUCH));
    assertThat(writer.get()).isEqualTo(MUCH);
  }

  /** Each read of the peer lets the writer go on; each time it has less time left. */
  @Test
  void shouldWriteAllWithinOneTimeoutHoweverOftenItGoesOn() throws Exception {
    StreamSocket[] pair = pair();
    ByteBuffer[] muches = {
      ByteBuffer.allocateDirect(MUCH), ByteBuffer.allocate(MUCH),
    };
    for (ByteBuffer much : muches) {
      for (boolean vectored : List.of(false, true)) {
        much.clear();
        long[] received = new long[1];
        Greenlet<Void> reader =
            Gevent.spawn(
                (Callable<Void>)
                    () -> {
                      ByteBuffer some = ByteBuffer.allocate(1 << 14);
                      for (; ; ) {
                        received[0] += pair[1].read(some.clear());
                        Gevent.sleep(0.005);
                      }
                    });
        pair[0].setTimeout(Duration.ofMillis(100));
        assertThatThrownBy(
                () -> {
                  if (vectored) {
                    pair[0].write(new ByteBuffer[] {much});
                  } else {
                    pair[0].write(much);
                  }
                })
            .isInstanceOf(SocketTimeoutException.class);
        reader.kill();
        assertThat(much.hasRemaining()).isTrue();
        assertThat(received[0] + drain(pair[0], pair[1]))
            .as("the position says how much was sent")
            .isEqualTo(much.position());
      }
    }
  }

  /** Reads all the zeros that were sent; one that isn't is sent behind them. Returns how many. */
  private static long drain(StreamSocket from, StreamSocket to) throws Exception {
    from.setTimeout(LONG);
    Greenlet<Integer> last = Gevent.spawn(() -> say(from));
    ByteBuffer some = ByteBuffer.allocate(1 << 16);
    long sum = 0;
    do {
      sum += to.read(some.clear());
    } while (some.get(some.position() - 1) == 0);
    last.get();
    return sum - 1;
  }

  @Test
  void shouldReadFullyWithinOneTimeout() throws Exception {
    StreamSocket[] pair = pair();
    Greenlet<Void> writer =
        Gevent.spawn(
            (Callable<Void>)
                () -> {
                  for (; ; ) {
                    say(pair[1]);
                    Gevent.sleep(0.005);
                  }
                });
    pair[0].setTimeout(Duration.ofMillis(100));
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    assertThatThrownBy(() -> pair[0].readFully(buffer)).isInstanceOf(SocketTimeoutException.class);
    assertThat(buffer.position()).isBetween(1, 1 << 19);
    writer.kill();
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldStayUsableWhenItsGreenletIsKilledOrLate(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    for (int i = 0; i < 3; i++) {
      Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
      Greenlet<Integer> writer = Gevent.spawn(() -> flood(pair[0]));
      turns();
      reader.kill();
      writer.kill();
      assertThat(reader.ready() && writer.ready()).isTrue();
      try (Timeout timeout = Timeout.startNew(SHORT)) {
        assertThat(thrownBy(() -> hear(pair[0]))).isSameAs(timeout);
      }
      try (Timeout timeout = Timeout.startNew(SHORT)) {
        assertThat(thrownBy(() -> flood(pair[0]))).isSameAs(timeout);
      }
    }
    drain(pair[0], pair[1]);
    assertTalk(pair[0], pair[1]);
  }

  @Test
  void shouldNotLoseAConnectionWhenWhoAcceptsIsKilled() throws Exception {
    TcpListener listener = listen();
    Greenlet<TcpSocket> accepting = Gevent.spawn(() -> listener.accept());
    turns();
    TcpSocket client = connect(listener);
    accepting.kill(); // it may have been made ready
    try (TcpSocket accepted = listener.accept(LONG)) {
      assertTalk(client, accepted);
    }
  }
}
