package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.ConcurrentObjectUseError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One socket and several who use it: greenlets, other hubs, threads. */
class SharedTest extends SocketTest {
  static Stream<Arguments> twoKinds() {
    return WAITING.stream().flatMap(one -> WAITING.stream().map(other -> Arguments.of(one, other)));
  }

  @Test
  void shouldRefuseASecondReaderAndASecondWriter() throws Exception {
    StreamSocket[] pair = pair();
    TcpListener listener = listen();
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
    Greenlet<Throwable> writer = Gevent.spawn(() -> thrownBy(() -> flood(pair[0])));
    Greenlet<TcpSocket> accepting = Gevent.spawn(() -> listener.accept());
    turns();
    for (Body second : new Body[] {() -> hear(pair[0]), () -> flood(pair[0]), listener::accept}) {
      assertThatThrownBy(second::run)
          .isInstanceOf(ConcurrentObjectUseError.class)
          .hasMessageContaining("somebody else");
    }
    say(pair[1]);
    assertThat(reader.get()).isEqualTo('!');
    assertThat(writer.ready()).isFalse();
    pair[1].close();
    assertThat(writer.get()).isInstanceOf(SocketException.class);
    connect(listener).close();
    accepting.get().close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRefuseASecondReaderWhoeverItIs(Kind second) throws Exception {
    StreamSocket[] pair = pair();
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
    turns();
    try (Others others = new Others()) {
      others.start(
          second,
          () ->
              assertThat(thrownBy(() -> hear(pair[0])))
                  .isInstanceOf(ConcurrentObjectUseError.class));
    }
    say(pair[1]);
    assertThat(reader.get()).isEqualTo('!');
  }

  /** Full duplex: neither's waiting disturbs the other's. */
  @ParameterizedTest
  @MethodSource("twoKinds")
  void shouldBeReadByOneAndWrittenByAnother(Kind readers, Kind writers) throws Exception {
    StreamSocket[] pair = pair();
    byte[] there = bytes(1 << 20, 5);
    byte[] back = bytes(1 << 20, 6);
    try (Others others = new Others()) {
      others.start(writers, () -> pair[0].write(direct(there)));
      others.start(writers, () -> pair[1].write(back, 0, back.length));
      others.start(
          readers,
          () -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(back.length);
            pair[0].readFully(buffer);
            assertThat(buffer.flip()).isEqualTo(ByteBuffer.wrap(back));
          });
      others.start(
          readers,
          () -> {
            ByteBuffer buffer = ByteBuffer.allocate(there.length);
            pair[1].readFully(buffer);
            assertThat(buffer.array()).isEqualTo(there);
          });
    }
  }

  /** Each time another one waits for it, and in another hub or thread. */
  @Test
  void shouldGoFromHandToHand() throws Exception {
    StreamSocket[] pair = pair();
    int kinds = WAITING.size();
    for (int i = 0; i < kinds * kinds; i++) {
      Kind reader = WAITING.get(i % kinds);
      Kind writer = WAITING.get(i / kinds);
      try (Others others = new Others()) {
        others.startWaiting(reader, () -> assertThat(hear(pair[0])).isEqualTo('!'));
        others.start(writer, () -> say(pair[1]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "VIRTUAL")
  void shouldLetAnybodyConnectAndAccept(Kind kind) throws Exception {
    TcpListener listener = listen();
    try (Others others = new Others()) {
      for (int i = 0; i < 5; i++) {
        others.start(
            kind,
            () -> {
              try (TcpSocket socket = TcpSocket.connect("localhost", listener.port())) {
                socket.setTimeout(LONG);
                say(socket);
                assertThat(hear(socket)).isEqualTo('!');
              }
            });
      }
      others.start(
          kind,
          () -> {
            for (int i = 0; i < 5; i++) {
              try (TcpSocket socket = listener.accept(LONG)) {
                socket.setTimeout(LONG);
                assertThat(hear(socket)).isEqualTo('!');
                say(socket);
              }
            }
          });
    }
  }
}
