package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reading and writing allocate: nothing. */
class CostTest extends SocketTest {
  private static final int ROUNDS = 6_000;

  private long spent; // by the greenlet that answers
  private Object sink;

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static void exchange(StreamSocket socket, ByteBuffer buffer, boolean first)
      throws IOException {
    if (first) {
      socket.write(buffer.clear());
    }
    socket.readFully(buffer.clear());
    if (!first) {
      socket.write(buffer.flip());
    }
  }

  private void answer(StreamSocket socket, ByteBuffer buffer) throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      exchange(socket, buffer, false);
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      exchange(socket, buffer, false);
    }
    spent = allocated() - before;
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
      Greenlet<Void> server = Gevent.spawn(() -> answerAll(pair[1], other));
      for (int i = 0; i < ROUNDS; i++) {
        exchange(pair[0], one, true);
      }
      long before = allocated();
      for (int i = 0; i < ROUNDS; i++) {
        exchange(pair[0], one, true);
      }
      assertThat(allocated() - before).isLessThan(ROUNDS);
      server.get();
      assertThat(spent).isLessThan(ROUNDS);
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      sink = new Object();
    }
    assertThat(allocated() - before).as("it would be seen").isGreaterThan(ROUNDS);
  }

  private Void answerAll(StreamSocket socket, ByteBuffer buffer) throws IOException {
    answer(socket, buffer);
    return null;
  }
}
