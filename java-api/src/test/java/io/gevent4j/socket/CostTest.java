package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Allocated;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reading and writing allocate: nothing. */
class CostTest extends SocketTest {
  private static final int ROUNDS = 6_000;

  private Object sink;

  private static void ask(StreamSocket socket, ByteBuffer buffer) throws IOException {
    socket.write(buffer.clear());
    socket.readFully(buffer.clear());
  }

  private static void answer(StreamSocket socket, ByteBuffer buffer) throws IOException {
    socket.readFully(buffer.clear());
    socket.write(buffer.flip());
  }

  @ParameterizedTest
  @CsvSource({"true,TCP", "false,TCP", "true,PAIR", "false,PAIR"})
  void shouldAllocateNothingPerEcho(boolean direct, Link link) throws Exception {
    for (Duration timeout : new Duration[] {null, LONG}) {
      StreamSocket[] pair = pair(link);
      pair[0].setTimeout(timeout);
      pair[1].setTimeout(timeout);
      ByteBuffer one = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
      ByteBuffer other = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
      Greenlet<Long> server =
          Gevent.spawn(() -> Allocated.by(ROUNDS, () -> answer(pair[1], other)));
      assertThat(Allocated.by(ROUNDS, () -> ask(pair[0], one))).isLessThan(ROUNDS);
      assertThat(server.get()).isLessThan(ROUNDS);
    }
    assertThat(Allocated.by(ROUNDS, () -> sink = new Object()))
        .as("it would be seen")
        .isGreaterThan(ROUNDS);
  }
}
