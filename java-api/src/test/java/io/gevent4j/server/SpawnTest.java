package io.gevent4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.pool.Pool;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers are started in the way that is chosen, and failures to do so put off the next try. */
class SpawnTest extends ServerTest {
  private final List<RawGreenlet> handlers = new ArrayList<>();

  private StreamServer noting() {
    return new StreamServer(
        HERE,
        socket -> {
          handlers.add(RawGreenlet.getCurrent());
          echo(socket);
        });
  }

  @Test
  void shouldSpawnAGreenletUnlessToldOtherwise() throws Exception {
    assertAnswers(connect(started(noting())));
    assertThat(handlers).singleElement().isInstanceOf(Greenlet.class);
  }

  @Test
  void shouldSpawnARawGreenlet() throws Exception {
    StreamServer server = noting();
    server.setSpawn(Spawn.RAW);
    assertAnswers(connect(started(server)));
    assertThat(handlers).singleElement().isNotInstanceOf(Greenlet.class);
  }

  @Test
  void shouldHandleInTheHub() throws Exception {
    StreamServer server =
        new StreamServer(
            HERE,
            socket -> {
              handlers.add(RawGreenlet.getCurrent());
              say(socket, "hello");
            });
    server.setSpawn(Spawn.NONE);
    server.start();
    assertThat(readLine(connect(server))).isEqualTo("hello");
    assertThat(handlers).containsExactly(Gevent.getHub().runner());
  }

  @Test
  void shouldReportAHandlerThatWaitsInTheHub() throws Exception {
    StreamServer server = noting();
    server.setSpawn(Spawn.NONE);
    server.start();
    for (int i = 0; i < 2; i++) {
      assertThat(readLine(connect(server))).as("it is closed").isNull();
      assertThat(takeErrors())
          .singleElement()
          .satisfies(
              error -> {
                assertThat(error.context).isSameAs(server);
                assertThat(error.thrown).isInstanceOf(BlockingSwitchOutError.class);
              });
    }
  }

  // gevent: test__server.py test_invalid_callback, test_server_closes_client_sockets
  @ParameterizedTest
  @ValueSource(strings = {"greenlet", "raw", "none", "pool"})
  void shouldReportWhatAHandlerThrowsAndServeOnHoweverItIsSpawned(String way) throws Exception {
    IllegalStateException failure = new IllegalStateException("of the handler");
    int[] handled = new int[1];
    StreamServer server =
        new StreamServer(
            HERE,
            socket -> {
              if (handled[0]++ == 0) {
                throw failure;
              }
              say(socket, "hello");
            });
    if (way.equals("pool")) {
      server.setSpawn(1);
    } else {
      server.setSpawn(
          Map.of("greenlet", Spawn.GREENLET, "raw", Spawn.RAW, "none", Spawn.NONE).get(way));
    }
    server.start();
    assertThat(readLine(connect(server))).as("it is closed").isNull();
    assertThat(takeThrown()).containsExactly(failure);
    TcpSocket next = connect(server);
    assertThat(readLine(next)).isEqualTo("hello");
    assertThat(readLine(next)).isNull();
  }

  /** An accept that succeeds begins with the first delay again: else this would take 40 s. */
  @Test
  void shouldReportASpawnThatThrowsAndAcceptLaterAgain() throws Exception {
    int failures = 12;
    List<Long> times = new ArrayList<>();
    RejectedExecutionException failure = new RejectedExecutionException("of the test");
    StreamServer server = echoServer();
    server.setSpawn(
        handler -> {
          times.add(System.nanoTime());
          if (times.size() <= failures) {
            throw failure;
          }
          Gevent.spawn(handler);
        });
    server.setDelays(Duration.ofMillis(10), Duration.ofMinutes(1));
    server.start();
    List<TcpSocket> clients = new ArrayList<>();
    for (int i = 0; i <= failures; i++) {
      clients.add(connect(server));
    }
    assertAnswers(clients.get(failures));
    for (TcpSocket client : clients.subList(0, failures)) {
      assertThat(readLine(client)).as("it is closed").isNull();
    }
    assertThat(takeThrown()).hasSize(failures).containsOnly(failure);
    for (int i = 0; i < failures; i++) {
      assertThat(times.get(i + 1) - times.get(i)).isGreaterThan(10_000_000);
    }
  }

  @Test
  void shouldNotAcceptWhileThePoolIsFull() throws Exception {
    StreamServer server = noting();
    server.setSpawn(2);
    server.start();
    TcpSocket one = connect(server);
    assertAnswers(one);
    assertThat(server.full()).isFalse();
    TcpSocket two = connect(server);
    assertAnswers(two);
    assertThat(server.full()).isTrue();
    TcpSocket three = connect(server);
    say(three, "hello");
    assertSilent(three);
    assertThat(handlers).hasSize(2);
    one.close();
    assertThat(readLine(three)).isEqualTo("hello");
    TcpSocket four = connect(server);
    say(four, "hello");
    assertSilent(four);
    two.close();
    assertThat(readLine(four)).isEqualTo("hello");
  }

  @Test
  void shouldShareAPool() throws Exception {
    Pool pool = new Pool(1);
    StreamServer server = echoServer();
    server.setSpawn(pool);
    server.start();
    Event done = new Event();
    pool.spawn(() -> done.await());
    TcpSocket client = connect(server);
    say(client, "hello");
    assertSilent(client);
    done.set();
    assertThat(readLine(client)).isEqualTo("hello");
    assertThat(pool.size()).isOne();
    Greenlet<Boolean> waits = Gevent.spawn(() -> pool.spawn(() -> {}).join());
    turns();
    assertThat(waits.ready()).isFalse();
    client.close();
    waits.join();
  }

  /** A pause that went on doubling would make this last for longer than there is time. */
  @Test
  void shouldPauseNoLongerThanTheMost() throws Exception {
    int[] asked = new int[1];
    StreamServer server =
        new StreamServer(HERE, ServerTest::echo) {
          @Override
          public boolean full() {
            return ++asked[0] <= 50;
          }
        };
    assertThat(server.minDelay()).isEqualTo(Duration.ofMillis(10));
    assertThat(server.maxDelay()).isEqualTo(Duration.ofSeconds(1));
    server.setDelays(Duration.ofMillis(1), Duration.ofMillis(3));
    server.start();
    assertAnswers(connect(server));
    assertThat(asked[0]).isGreaterThan(50);
  }

  @Test
  void shouldRefuseDelaysThatAreNone() {
    StreamServer server = echoServer();
    Duration some = Duration.ofMillis(1);
    for (Duration bad : new Duration[] {Duration.ZERO, some.negated(), some.multipliedBy(3)}) {
      assertThatThrownBy(() -> server.setDelays(bad, some.multipliedBy(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not delays");
    }
  }

  @Test
  void shouldAskNowAndThenWhetherItIsFullInItsOwnWay() throws Exception {
    for (boolean pooled : new boolean[] {true, false}) {
      boolean[] full = {true};
      int[] asked = new int[1];
      StreamServer server =
          new StreamServer(HERE, ServerTest::echo) {
            @Override
            public boolean full() {
              asked[0]++;
              return full[0];
            }
          };
      if (pooled) {
        server.setSpawn(2); // which has room
      }
      server.setDelays(Duration.ofMillis(1), Duration.ofMillis(20));
      server.start();
      TcpSocket client = connect(server);
      say(client, "hello");
      long start = System.nanoTime();
      assertSilent(client);
      int pauses = (int) ((System.nanoTime() - start) / 20_000_000);
      assertThat(asked[0]).isBetween(1, 20 + pauses); // not in each turn of the loop
      full[0] = false;
      assertThat(readLine(client)).isEqualTo("hello");
    }
  }

  @Test
  void shouldStayPausedWhenASlotIsFreeButItWasStopped() throws Exception {
    StreamServer server = noting();
    server.setSpawn(1);
    server.start();
    TcpSocket one = connect(server);
    assertAnswers(one);
    TcpSocket two = connect(server);
    say(two, "hello");
    assertSilent(two);
    server.stopAccepting();
    one.close();
    assertSilent(two);
    server.startAccepting();
    assertThat(readLine(two)).isEqualTo("hello");
  }

  @Test
  void shouldWaitForHandlersOfAPoolWhenItStops() throws Exception {
    Event go = new Event();
    StreamServer server =
        new StreamServer(
            HERE,
            socket -> {
              readLine(socket);
              go.await();
              say(socket, "done");
            });
    server.setSpawn(new Pool());
    server.start();
    TcpSocket client = connect(server);
    say(client, "begin");
    turns();
    Greenlet<Void> stop = Gevent.spawn(() -> server.stop(LONG));
    await(server::isClosed);
    assertThat(stop.ready()).isFalse();
    go.set();
    stop.join();
    assertThat(readLine(client)).isEqualTo("done");
  }

  @Test
  void shouldKillHandlersThatAreNotDoneInTime() throws Exception {
    List<Throwable> killed = new ArrayList<>();
    StreamServer server =
        new StreamServer(
            HERE,
            socket -> {
              try {
                say(socket, "ready");
                Gevent.sleep(LONG);
              } catch (Throwable thrown) {
                killed.add(thrown);
                throw thrown;
              }
            });
    server.setSpawn(new Pool());
    server.start();
    TcpSocket client = connect(server);
    assertThat(readLine(client)).isEqualTo("ready");
    server.stop(0.01);
    assertThat(killed).singleElement().asString().contains("has stopped");
    assertThat(readLine(client)).isNull();
  }

  @Test
  void shouldCloseAConnectionWhoseHandlerWasKilledBeforeItBegan() throws Exception {
    StreamServer server = noting();
    boolean[] spawned = new boolean[1];
    Pool pool =
        new Pool() {
          @Override
          protected Greenlet<Void> newGreenlet(Runnable run) { // is started after this
            spawned[0] = true;
            Gevent.getHub().loop().runCallback(() -> kill(exit(), false, null));
            return super.newGreenlet(run);
          }
        };
    server.setSpawn(pool);
    server.start();
    StreamSocket client = connect(server);
    await(() -> spawned[0]);
    assertThat(readLine(client)).as("it is closed, though the server goes on").isNull();
    assertThat(handlers).isEmpty();
    assertThat(server.isStarted()).isTrue();
  }

  @Test
  void shouldLeaveHandlersWithoutPoolRunningWhenItStops() throws Exception {
    StreamServer server = started(echoServer());
    TcpSocket client = connect(server);
    assertAnswers(client);
    server.stop();
    assertAnswers(client);
  }

  @Test
  void shouldRefuseSettingsThatMakeNoSense() throws Exception {
    StreamServer server = echoServer();
    assertThatThrownBy(() -> server.setSpawn(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server.setSpawn((Spawn) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> server.setDelays(LONG, SHORT))
        .isInstanceOf(IllegalArgumentException.class);
    server.start();
    assertThatThrownBy(() -> server.setSpawn(1)).isInstanceOf(IllegalStateException.class);
  }
}
