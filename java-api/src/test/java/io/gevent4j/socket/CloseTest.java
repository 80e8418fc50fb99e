package io.gevent4j.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubDestroyed;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The end of sockets, whoever waits for them and whoever brings it about. */
class CloseTest extends SocketTest {
  static Stream<Arguments> whoWaitsAndWhoCloses() {
    return WAITING.stream()
        .flatMap(waiter -> Stream.of(Kind.values()).map(closer -> Arguments.of(waiter, closer)));
  }

  private static void assertClosed(Throwable thrown, String operation) {
    assertThat(thrown)
        .isInstanceOf(SocketClosedException.class)
        .isInstanceOf(ClosedChannelException.class)
        .hasMessageContaining(operation)
        .hasMessageContaining("closed");
  }

  // ---- who waits ----

  @ParameterizedTest
  @MethodSource("whoWaitsAndWhoCloses")
  void shouldWakeWhoeverWaits(Kind waiter, Kind closer) throws Exception {
    StreamSocket[] pair = pair();
    TcpListener listener = listen();
    String file = file(pair[0].fileno());
    String listening = file(listener.fileno());
    int fd = pair[0].fileno();
    int listeningFd = listener.fileno();
    try (Others others = new Others()) {
      Map<String, Body> waits = new LinkedHashMap<>();
      waits.put("read from", () -> hear(pair[0]));
      waits.put("write to", () -> flood(pair[0]));
      waits.put("accept at", listener::accept);
      waits.forEach(
          (operation, wait) ->
              others.startWaiting(waiter, () -> assertClosed(thrownBy(wait), operation)));
      others.start(
          closer,
          () -> {
            pair[0].close();
            listener.close();
            assertThat(pair[0].isOpen() || listener.isOpen()).isFalse();
          });
    }
    awaitClosed(fd, file);
    awaitClosed(listeningFd, listening);
  }

  @Test
  void shouldWakeWhoReadsAndWhoWritesInOneForeignHub() throws Exception {
    StreamSocket[] pair = pair();
    say(pair[0]);
    assertThat(hear(pair[1])).isEqualTo('!'); // at home here
    String file = file(pair[0].fileno());
    int fd = pair[0].fileno();
    CountDownLatch waiting = new CountDownLatch(2);
    try (Others others = new Others()) {
      others.start(
          Kind.MAIN,
          () -> {
            Greenlet<Throwable> reader = Gevent.spawn(() -> thrownBy(() -> hear(pair[0])));
            Greenlet<Throwable> writer = Gevent.spawn(() -> thrownBy(() -> flood(pair[0])));
            turns();
            waiting.countDown();
            waiting.countDown();
            assertClosed(reader.get(), "read from");
            assertClosed(writer.get(), "write to");
          });
      Others.until("both wait", () -> waiting.getCount() == 0);
      pair[0].close();
    }
    awaitClosed(fd, file);
  }

  @Test
  void shouldGoOnWithASocketThatGetsTheNumberOfAClosedOne() throws Exception {
    int sameNumbers = 0; // the VM opens files as well, at any time
    for (int i = 0; i < 20; i++) {
      StreamSocket[] pair = pair(Link.PAIR);
      int fd = pair[0].fileno();
      String file = file(fd);
      Greenlet<Throwable> reader = Gevent.spawn(() -> thrownBy(() -> hear(pair[0])));
      turns();
      pair[0].close();
      assertThat(file(fd)).as("somebody is still inside").isEqualTo(file);
      assertClosed(reader.get(), "read from");
      assertThat(file(fd)).isNotEqualTo(file);
      StreamSocket[] next = pair(Link.PAIR);
      sameNumbers += next[0].fileno() == fd ? 1 : 0;
      Greenlet<Integer> again = Gevent.spawn(() -> hear(next[0]));
      turns();
      say(next[1]);
      assertThat(again.get()).isEqualTo('!');
      next[0].close();
      next[1].close();
      pair[1].close();
    }
    assertThat(sameNumbers).isPositive();
  }

  /**
   * Its hub closes it when it next runs; until then whoever is inside may find what the peer does.
   */
  @ParameterizedTest
  @EnumSource(Link.class)
  void shouldTellWhoIsInsideThatItIsClosedAndNotHowThePeerAnswers(Link link) throws Exception {
    StreamSocket[] pair = pair(link);
    say(pair[1]);
    assertThat(hear(pair[0])).isEqualTo('!'); // at home here
    Descriptor.Call closedMeanwhile =
        (hub, self, socket, memory, size, nanos) -> {
          Thread closer =
              new Thread(
                  () -> {
                    pair[0].close();
                    assertThat(thrownBy(pair[1]::shutdownOutput)).isNull();
                  });
          closer.start();
          assertThat(thrownBy(closer::join)).isNull();
          long end = Native.gv_socket_read(hub, self, socket, memory, size, nanos);
          assertThat(end).as("what the system says").isZero();
          return end;
        };
    Scratch scratch = Scratch.here();
    assertThat(pair[0].descriptor().perform(closedMeanwhile, scratch.address(), 1, -1))
        .isEqualTo(Native.GV_ECLOSED);
  }

  @Test
  void shouldWakeOnlyThoseWhoWaitForIt() throws Exception {
    List<StreamSocket[]> pairs = new ArrayList<>();
    List<Greenlet<Object>> readers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      StreamSocket[] pair = pair(Link.PAIR);
      pairs.add(pair);
      readers.add(
          Gevent.spawn(
              () -> {
                try {
                  return hear(pair[0]);
                } catch (SocketClosedException e) {
                  return e;
                }
              }));
    }
    turns();
    for (int i = 0; i < 50; i += 2) {
      pairs.get(i)[0].close();
    }
    turns();
    for (int i = 1; i < 50; i += 2) {
      assertThat(readers.get(i).ready()).isFalse();
      say(pairs.get(i)[1]);
    }
    for (int i = 0; i < 50; i++) {
      Object got = readers.get(i).get();
      assertThat(got).isInstanceOf(i % 2 == 0 ? SocketClosedException.class : Integer.class);
    }
  }

  // ---- afterwards ----

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldRefuseEveryUseOfAClosedOne(Kind user) throws Exception {
    StreamSocket socket = pair()[0];
    TcpListener listener = listen();
    socket.close();
    socket.close();
    listener.close();
    Map<String, Body> uses = new LinkedHashMap<>();
    uses.put("read from", () -> socket.read(ByteBuffer.allocate(1)));
    uses.put("read from ", () -> socket.read(ByteBuffer.allocateDirect(1)));
    uses.put("write to", () -> socket.write(ByteBuffer.allocate(1)));
    uses.put("write to ", () -> socket.write(new ByteBuffer[] {ByteBuffer.allocateDirect(1)}));
    uses.put("write", () -> socket.sendFile(Path.of("/etc/passwd"), 0, 1));
    uses.put("shut down", socket::shutdownInput);
    uses.put("shut", socket::shutdownOutput);
    uses.put("address", socket::localAddress);
    uses.put("peer", socket::remoteAddress);
    uses.put("set SO_SNDBUF", () -> set(socket));
    uses.put("read SO_SNDBUF", () -> socket.getOption(java.net.StandardSocketOptions.SO_SNDBUF));
    uses.put("accept", listener::accept);
    uses.put("accept ", listener::tryAccept);
    try (Others others = new Others()) {
      others.start(
          user, () -> uses.forEach((name, use) -> assertClosed(thrownBy(use), name.strip())));
    }
    assertThat(socket.toString()).contains("TcpSocket").contains("closed");
    assertThat(listener.toString()).contains("TcpListener").contains("closed");
    assertThat(socket.fileno()).isEqualTo(-1);
    assertThat(socket.isOpen()).isFalse();
  }

  // gevent: test__socket_ex.py TestClosedSocket
  @Test
  void shouldLetNobodyRunWhenAClosedOneIsRefused() throws Exception {
    StreamSocket socket = pair()[0];
    TcpListener listener = listen();
    socket.close();
    listener.close();
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertClosed(thrownBy(() -> socket.write(ByteBuffer.allocate(1), LONG)), "write to");
    assertClosed(thrownBy(() -> socket.read(ByteBuffer.allocate(1), LONG)), "read from");
    assertClosed(thrownBy(() -> listener.accept(LONG)), "accept");
    assertThat(other.ready()).as("others have run").isFalse();
    other.get();
  }

  private static void set(StreamSocket socket) throws Exception {
    socket.setOption(java.net.StandardSocketOptions.SO_SNDBUF, 1);
  }

  // ---- hubs that end ----

  @Test
  void shouldOutliveTheHubThatItIsAtHomeIn() throws Exception {
    StreamSocket[] pair = pair();
    for (int i = 0; i < 3; i++) {
      try (Others others = new Others()) {
        others.start(
            Kind.MAIN,
            () -> {
              Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
              turns();
              say(pair[1]);
              assertThat(reader.get()).isEqualTo('!');
            });
      }
    }
    assertTalk(pair[0], pair[1]);
  }

  @Test
  void shouldBeUsableWhenTheHubOfWhoWaitedIsClosed() throws Exception {
    StreamSocket[] pair = pair();
    AtomicInteger destroyed = new AtomicInteger();
    try (Others others = new Others()) {
      others.start(
          Kind.MAIN,
          () -> {
            Gevent.spawn(
                () -> {
                  try {
                    return hear(pair[0]);
                  } catch (HubDestroyed e) {
                    destroyed.incrementAndGet();
                    throw e;
                  }
                });
            turns();
          });
    }
    assertThat(destroyed.get()).isEqualTo(1);
    assertTalk(pair[0], pair[1]);
    Greenlet<Throwable> reader = Gevent.spawn(() -> thrownBy(() -> hear(pair[0])));
    turns();
    pair[0].close();
    assertClosed(reader.get(), "read from");
  }

  /** What another thread has asked of a hub that ends meanwhile is done all the same. */
  @Test
  void shouldBeClosedByAnotherThreadWhileItsHubComesToItsEnd() throws Exception {
    for (int round = 0; round < 30; round++) {
      StreamSocket[] pair = pair(Link.PAIR);
      int fd = pair[0].fileno();
      String file = file(fd);
      CountDownLatch used = new CountDownLatch(1);
      try (Others others = new Others()) {
        others.start(
            Kind.MAIN,
            () -> {
              say(pair[0]);
              used.countDown();
            });
        others.start(
            Kind.PLAIN,
            () -> {
              used.await();
              pair[0].close();
            });
      }
      awaitClosed(fd, file);
      pair[1].close();
    }
  }

  @Test
  void shouldBeClosedByItsHubWhenThatNextRuns() throws Exception {
    StreamSocket[] pair = pair(Link.PAIR);
    say(pair[0]);
    int fd = pair[0].fileno();
    String file = file(fd);
    Thread closer = new Thread(pair[0]::close);
    closer.start();
    closer.join(LONG.toMillis());
    assertThat(pair[0].isOpen()).isFalse();
    Gevent.sleep(SHORT);
    assertThat(file(fd)).isNotEqualTo(file);
  }

  // ---- nobody ----

  @Test
  void shouldNotKeepTheHubFromBeingIdleUnlessSomebodyWaits() throws Exception {
    StreamSocket[] pair = pair();
    Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
    turns();
    say(pair[1]);
    assertThat(reader.get()).isEqualTo('!');
    assertThat(Hub.get().join(LONG)).isTrue();
    Greenlet<Integer> waiting = Gevent.spawn(() -> hear(pair[0]));
    assertThat(Hub.get().join(SHORT)).isFalse();
    waiting.kill();
    assertThat(Hub.get().join(LONG)).isTrue();
  }

  @Test
  void shouldNotKeepTheHubFromBeingIdleWhenItIsToldSo() throws Exception {
    for (Link link : List.of(Link.TCP, Link.PAIR)) {
      StreamSocket[] pair = pair(link);
      pair[0].setTimeout(null);
      assertThat(pair[0].isRef()).isTrue();
      Greenlet<Integer> reader = Gevent.spawn(() -> hear(pair[0]));
      turns();
      pair[0].setRef(false);
      assertThat(pair[0].isRef()).isFalse();
      assertThat(Hub.get().join(LONG)).as("who waits already counts no more").isTrue();
      say(pair[1]);
      Greenlet<Integer> first = reader;
      Others.until("it hears", first::ready);
      assertThat(reader.get()).isEqualTo('!');
      reader = Gevent.spawn(() -> hear(pair[0]));
      assertThat(Hub.get().join(LONG)).isTrue();
      pair[0].setRef(true);
      assertThat(Hub.get().join(SHORT)).isFalse();
      reader.kill();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldBeClosedWhenNobodyKnowsIt(Kind user) throws Exception {
    StreamSocket[] pair = UnixSocket.pair();
    keep(pair[0]);
    try (Others others = new Others()) {
      others.start(
          user,
          () -> {
            say(pair[1]);
            pair[1] = null;
          });
    }
    assertThat(hear(pair[0])).isEqualTo('!');
    Greenlet<Integer> end = Gevent.spawn(() -> hear(pair[0]));
    Others.until(
        "its peer reads the end",
        () -> {
          System.gc();
          return end.ready();
        });
    assertThat(end.get()).isEqualTo(-1);
  }
}
