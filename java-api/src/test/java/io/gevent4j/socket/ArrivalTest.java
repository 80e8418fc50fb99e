package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the bytes of a connection arrived, by the system's clock. */
class ArrivalTest extends SocketTest {
  /** A way to read a byte. */
  private enum Way {
    DIRECT {
      @Override
      int read(TcpSocket socket) throws IOException {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        socket.readFully(one);
        return one.get(0);
      }
    },
    HEAP {
      @Override
      int read(TcpSocket socket) throws IOException {
        return hear(socket);
      }
    },
    STREAM {
      @Override
      int read(TcpSocket socket) throws IOException {
        return socket.inputStream().read();
      }
    };

    abstract int read(TcpSocket socket) throws IOException;
  }

  private TcpSocket[] timedPair() throws IOException {
    StreamSocket[] pair = pair();
    TcpSocket socket = (TcpSocket) pair[1];
    assertThat(socket.arrivalNanos()).isZero();
    socket.setOption(ExtendedOptions.SO_TIMESTAMPING, true);
    assertThat(socket.getOption(ExtendedOptions.SO_TIMESTAMPING)).isTrue();
    do { // the system begins to look at the clock a little later
      say(pair[0]);
      assertThat(hear(socket)).isEqualTo('!');
    } while (socket.arrivalNanos() == 0);
    return new TcpSocket[] {(TcpSocket) pair[0], socket};
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void shouldSayWhenBytesArrived(Way way) throws Exception {
    TcpSocket[] pair = timedPair();
    long before = System.currentTimeMillis();
    say(pair[0]);
    long after = System.currentTimeMillis();
    Gevent.sleep(SHORT.multipliedBy(5));
    assertThat(way.read(pair[1])).isEqualTo('!');
    assertThat(pair[1].arrivalNanos() / 1_000_000)
        .as("and not when they were read")
        .isBetween(before - 1, after + 1);
    assertThat(pair[1].arrivalNanosAtCard()).as("loopback has no clock").isZero();
    long first = pair[1].arrivalNanos();
    Greenlet<Integer> waiting = Gevent.spawn(() -> way.read(pair[1]));
    turns();
    say(pair[0]);
    assertThat(waiting.get(LONG)).isEqualTo('!');
    assertThat(pair[1].arrivalNanos()).isGreaterThan(first);
    pair[1].setOption(ExtendedOptions.SO_TIMESTAMPING, false);
    say(pair[0]);
    assertThat(way.read(pair[1])).isEqualTo('!');
    assertThat(pair[1].arrivalNanos()).isZero();
  }

  /** Also while others use the memory that is shared. */
  @Test
  void shouldReadAllThatComes() throws Exception {
    byte[] first = bytes(300_000, 1);
    byte[] second = bytes(300_000, 2);
    TcpSocket[] one = timedPair();
    TcpSocket[] another = timedPair();
    Greenlet<byte[]> reader = Gevent.spawn(() -> one[1].inputStream().readAllBytes());
    ByteBuffer direct = ByteBuffer.allocateDirect(second.length);
    Greenlet<Void> other =
        Gevent.spawn(
            () -> {
              while (direct.hasRemaining()) {
                another[1].read(direct.limit(Math.min(direct.position() + 999, second.length)));
                direct.limit(second.length);
              }
              return null;
            });
    for (int i = 0; i < first.length; i += 1000) {
      one[0].write(first, i, 1000);
      another[0].write(second, i, 1000);
    }
    one[0].close();
    assertThat(reader.get(LONG)).isEqualTo(first);
    other.get(LONG);
    assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(second));
    assertThat(hear(one[1])).isEqualTo(-1);
    for (TcpSocket socket : List.of(one[1], another[1])) {
      assertThat(socket.arrivalNanos()).isPositive();
    }
  }
}
