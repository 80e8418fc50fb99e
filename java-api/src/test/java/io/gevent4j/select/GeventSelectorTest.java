package io.gevent4j.select;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubDestroyed;
import io.gevent4j.OpenSockets;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Selectors in a hub. What any selector promises is in io.gevent4j.contract. */
class GeventSelectorTest extends SelectHubTest {
  private final GeventSelectorProvider provider = new GeventSelectorProvider();

  private Selector open() throws IOException {
    return keep(provider.openSelector());
  }

  // ---- many ----

  @Test
  void shouldLetAHundredGreenletsWaitEachForASelectorOfItsOwn() throws Exception {
    List<Pipe> pipes = new ArrayList<>();
    List<Greenlet<Integer>> greenlets = new ArrayList<>();
    int[] waiting = new int[1];
    int[] heard = new int[1];
    for (int i = 0; i < 100; i++) {
      Pipe pipe = pipe();
      pipes.add(pipe);
      greenlets.add(
          Gevent.spawn(
              () -> {
                Selector selector = open();
                pipe.source().register(selector, OP_READ);
                waiting[0]++;
                int count = 0;
                for (int round = 0; round < 3; round++) {
                  count += selector.select();
                  selector.selectedKeys().clear();
                  hear(pipe.source());
                  heard[0]++;
                }
                return count;
              }));
    }
    turns();
    assertThat(waiting[0]).isEqualTo(100);
    int threads = Thread.activeCount();
    for (int round = 1; round <= 3; round++) {
      assertThat(greenlets).noneMatch(Greenlet::ready);
      pipes.forEach(pipe -> say(pipe.sink()));
      while (heard[0] < 100 * round) {
        Gevent.sleep(0);
      }
    }
    assertThat(Gevent.joinAll(greenlets, LONG, true)).hasSize(100);
    assertThat(greenlets).allMatch(each -> each.value() == 3);
    assertThat(Thread.activeCount()).as("no thread is made").isLessThanOrEqualTo(threads);
  }

  // gevent: test__selectors.py test_select_many_sockets
  @Test
  void shouldFindAllThatAreReadyAtOnceInOneRound() throws Exception {
    Selector selector = open();
    List<Pipe> pipes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pipes.add(pipe());
      pipes.get(i).source().register(selector, OP_READ);
    }
    pipes.forEach(pipe -> say(pipe.sink()));
    assertThat(selector.selectNow()).isEqualTo(10);
    selector.selectedKeys().clear();
    for (Pipe pipe : pipes) {
      hear(pipe.source());
    }
    Greenlet<Integer> selecting = Gevent.spawn(() -> selector.select());
    turns();
    assertThat(selecting.ready()).isFalse();
    pipes.forEach(pipe -> say(pipe.sink()));
    assertThat(selecting.get()).isEqualTo(10);
  }

  @Test
  void shouldServeEchosWrittenForAnySelectorWhileOthersRun() throws Exception {
    ServerSocketChannel listener = keep(provider.openServerSocketChannel());
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    SocketAddress address = listener.getLocalAddress();
    Selector selector = open();
    Greenlet<Void> server = Gevent.spawn(() -> serve(selector, listener));
    long[] turns = new long[1];
    Greenlet<Void> busy =
        Gevent.spawn(
            () -> {
              for (; ; turns[0]++) {
                Gevent.sleep(0);
              }
            });
    Thread client = new Thread(() -> talk((InetSocketAddress) address));
    Set<Throwable> failures = ConcurrentHashMap.newKeySet();
    client.setUncaughtExceptionHandler((thread, thrown) -> failures.add(thrown));
    client.start();
    while (client.isAlive()) {
      Gevent.sleep(SHORT);
    }
    assertThat(failures).isEmpty();
    assertThat(turns[0]).isGreaterThan(100);
    busy.kill();
    selector.close();
    server.get();
  }

  /** As a program does that knows nothing of greenlets. */
  private static void serve(Selector selector, ServerSocketChannel listener) {
    try {
      listener.configureBlocking(false);
      listener.register(selector, OP_ACCEPT);
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (selector.isOpen()) {
        selector.select();
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext()) {
          SelectionKey key = keys.next();
          keys.remove();
          if (key.isAcceptable()) {
            SocketChannel accepted = listener.accept();
            accepted.configureBlocking(false);
            accepted.register(selector, OP_READ);
          } else if (key.isReadable()) {
            echo((SocketChannel) key.channel(), buffer);
          }
        }
      }
    } catch (ClosedSelectorException end) {
      return;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void echo(SocketChannel channel, ByteBuffer buffer) throws IOException {
    buffer.clear();
    if (channel.read(buffer) < 0) {
      channel.close();
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static void talk(InetSocketAddress address) {
    try {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        sockets.add(new Socket(address.getAddress(), address.getPort()));
      }
      for (int round = 0; round < 20; round++) {
        for (Socket socket : sockets) {
          socket.getOutputStream().write(("hello " + round).getBytes());
        }
        for (Socket socket : sockets) {
          byte[] heard = socket.getInputStream().readNBytes(("hello " + round).length());
          assertThat(new String(heard)).isEqualTo("hello " + round);
        }
      }
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // ---- others have their turn ----

  @Test
  void shouldLetOthersRunAlsoWhenItNeedNotWait() throws Exception {
    Selector selector = open();
    pipe().sink().register(selector, OP_WRITE);
    int[] ran = new int[1];
    Gevent.spawn(() -> ran[0]++);
    assertThat(selector.select()).isEqualTo(1);
    assertThat(ran[0]).isEqualTo(1);
    Gevent.spawn(() -> ran[0]++);
    assertThat(selector.selectNow()).isZero();
    assertThat(ran[0]).isEqualTo(2);
  }

  @Test
  void shouldBeWokenByAGreenletOfTheSameHub() throws Exception {
    Selector selector = open();
    Gevent.spawn(selector::wakeup);
    assertThat(selector.select()).isZero();
  }

  /** Whoever waits, in its home, in another hub or in none. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "VIRTUAL") // who waits pins his carrier
  void shouldWakeWhoeverSelects(Kind waiter) throws Exception {
    for (Kind waker : Kind.values()) {
      for (boolean closes : new boolean[] {false, true}) {
        Selector selector = open();
        selector.select(1); // from now on it has a home
        try (Others others = new Others()) {
          others.startWaiting(waiter, () -> assertThat(selector.select()).isZero());
          others.start(waker, closes ? selector::close : selector::wakeup);
        }
        assertThat(selector.isOpen()).isNotEqualTo(closes);
      }
    }
  }

  @Test
  void shouldBlockWhereTheGreenletIsAway() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    pipe.source().register(selector, OP_READ);
    Greenlet<Integer> away = Gevent.spawn(() -> Hub.get().blocking(selector::select));
    turns();
    say(pipe.sink());
    assertThat(away.get()).isEqualTo(1);
  }

  @Test
  void shouldLetAnActionWait() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    pipe.sink().register(selector, OP_WRITE);
    Event go = new Event();
    Greenlet<Integer> selecting = Gevent.spawn(() -> selector.select(key -> go.await()));
    Greenlet<Integer> second = Gevent.spawn(() -> selector.selectNow());
    turns();
    assertThat(selecting.ready() || second.ready()).isFalse();
    go.set();
    assertThat(selecting.get()).isEqualTo(1);
    assertThat(second.get()).isEqualTo(1);
  }

  // ---- what is thrown into who selects ----

  @Test
  void shouldBeOfUseAfterWhoSelectsWasKilledOrLate() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    pipe.source().register(selector, OP_READ);
    int active = Hub.get().loop().activeCount();
    for (long millis : new long[] {0, LONG.toMillis()}) {
      Greenlet<Integer> killed = Gevent.spawn(() -> selector.select(millis));
      turns();
      killed.kill();
      Throwable thrown =
          thrownBy(
              () -> {
                try (Timeout timeout = Timeout.startNew(SHORT)) {
                  selector.select(millis);
                }
              });
      assertThat(thrown).isInstanceOf(Timeout.class);
      assertThat(Hub.get().loop().activeCount()).isEqualTo(active);
    }
    say(pipe.sink());
    assertThat(selector.select()).isEqualTo(1);
  }

  @Test
  void shouldBeClosedByWhoLeavesLastWhenWhoClosesItIsKilled() throws Exception {
    Selector selector = open();
    Pipe pipe = pipe();
    SelectionKey key = pipe.sink().register(selector, OP_WRITE);
    Event go = new Event();
    Greenlet<Integer> selecting = Gevent.spawn(() -> selector.select(each -> go.await()));
    turns();
    Greenlet<Void> closing =
        Gevent.spawn(
            () -> {
              selector.close();
              return null;
            });
    turns();
    assertThat(closing.ready()).isFalse();
    closing.kill();
    assertThat(pipe.sink().isRegistered()).isTrue();
    go.set();
    assertThat(thrownBy(selecting::get)).hasRootCauseInstanceOf(ClosedSelectorException.class);
    assertThat(takeThrown()).hasOnlyElementsOfType(ClosedSelectorException.class);
    assertThat(key.isValid() || pipe.sink().isRegistered()).isFalse();
  }

  @Test
  void shouldThrowToWhoSelectsWhenTheHubIsClosed() throws Exception {
    Selector selector = open();
    Throwable[] thrown = new Throwable[1];
    runElsewhere(
        () -> {
          try (Hub hub = Hub.get()) {
            Gevent.spawnRaw(() -> thrown[0] = thrownBy(selector::select));
            turns();
          }
        });
    assertThat(thrown[0]).isInstanceOf(HubDestroyed.class);
    assertThat(selector.selectNow()).isZero();
  }

  @Test
  void shouldWaitInOneHubAfterAnother() throws Throwable {
    Selector selector = open();
    Pipe pipe = pipe();
    pipe.source().register(selector, OP_READ);
    Body use =
        () -> {
          for (long millis : new long[] {0, LONG.toMillis()}) {
            Gevent.spawn(() -> say(pipe.sink()));
            assertThat(selector.select(millis)).isOne();
            selector.selectedKeys().clear();
            assertThat(hear(pipe.source())).isOne();
          }
          assertThat(selector.select(1)).isZero();
        };
    Body useElsewhere =
        () -> {
          try (Hub hub = Hub.get()) {
            hub.setWaitsForThreads(false);
            use.run();
          }
        };
    runElsewhere(useElsewhere); // which is its home, and ends
    use.run();
    runElsewhere(useElsewhere);
    use.run();
  }

  // ---- what it uses up ----

  @Test
  void shouldCloseTheDescriptorsOfChannelsThatWereClosedWhileRegistered() throws Exception {
    Selector selector = open();
    Selector other = open();
    OpenSockets sockets = new OpenSockets();
    for (int i = 0; i < 50; i++) {
      SocketChannel[] ends = connection();
      for (SocketChannel end : ends) {
        end.configureBlocking(false);
        end.register(selector, OP_READ);
      }
      ends[0].register(other, OP_READ);
      ends[0].close();
      ends[1].close();
    }
    assertThat(sockets.opened()).hasSize(100);
    selector.selectNow();
    assertThat(sockets.opened()).hasSize(50);
    other.close();
    assertThat(sockets.opened()).isEmpty();
  }

  @Test
  void shouldCloseTheDescriptorsOfChannelsThatAnotherThreadClosesMeanwhile() throws Exception {
    Selector selector = open();
    selector.selectNow();
    List<DatagramChannel> channels = new ArrayList<>();
    OpenSockets sockets = new OpenSockets();
    for (int i = 0; i < 500; i++) {
      DatagramChannel channel = keep(provider.openDatagramChannel());
      channel.configureBlocking(false);
      channel.register(selector, OP_READ);
      channels.add(channel);
    }
    Thread closer =
        new Thread(
            () -> {
              try {
                for (DatagramChannel channel : channels) {
                  channel.close();
                  selector.wakeup();
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    closer.start();
    while (!selector.keys().isEmpty()) {
      selector.select();
    }
    closer.join();
    assertThat(sockets.opened()).isEmpty();
  }

  @Test
  void shouldLeaveNoDescriptorsWhenItIsClosed() throws Exception {
    open().selectNow();
    int before = descriptors();
    for (int i = 0; i < 100; i++) {
      try (Selector selector = provider.openSelector()) {
        selector.wakeup();
        selector.select();
        selector.select(1);
      }
    }
    assertThat(descriptors()).as("100 would be a leak").isLessThan(before + 50);
  }

  @Test
  void shouldLeaveNoDescriptorsWhenAnotherThreadClosesIt() throws Exception {
    List<Selector> selectors = new ArrayList<>();
    int before = descriptors();
    for (int i = 0; i < 100; i++) {
      selectors.add(open());
      selectors.get(i).select(1);
    }
    runElsewhere(
        () -> {
          for (Selector selector : selectors) {
            selector.close();
          }
        });
    Others.until("their descriptors are closed", () -> descriptors() < before + 50);
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }
}
