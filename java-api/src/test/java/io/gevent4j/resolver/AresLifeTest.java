package io.gevent4j.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubDestroyed;
import io.gevent4j.HubTest;
import io.gevent4j.OpenSockets;
import io.gevent4j.Timeout;
import io.gevent4j.resolver.DnsServer.Way;
import io.gevent4j.waiting.Others;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lookups among the other things of a hub: many at once, given up, in flight when it closes. */
class AresLifeTest extends HubTest {
  private static final Duration DELAY = Duration.ofMillis(200);
  private static final int MANY = 100;

  /** That a resolver keeps for the questions to come. */
  private static final int FEW_SOCKETS = 4;

  private DnsServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = new DnsServer();
    server.host("*.fast.test", "192.0.2.1");
    server.host("*.slow.test", "192.0.2.2").manner("*.slow.test", Way.ANSWER, DELAY);
    server.manner("*.silent.test", Way.SILENT);
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  private AresResolver resolver() {
    return new AresResolver(new AresOptions().servers(server.address()).timeout(LONG).tries(1));
  }

  /** Greenlets that ask for different names that end so, and have asked. */
  private List<Greenlet<List<AddressInfo>>> ask(AresResolver resolver, int count, String end) {
    List<Greenlet<List<AddressInfo>>> askers = new ArrayList<>();
    int before = server.udpQuestions();
    for (int i = 0; i < count; i++) {
      String name = "n" + i + end;
      askers.add(Gevent.spawn(() -> resolver.getAddrInfo(name, 80)));
    }
    while (server.udpQuestions() < before + 2 * count) { // A and AAAA
      Gevent.sleep(Duration.ofMillis(1));
    }
    return askers;
  }

  // ---- many ----

  @Test
  void shouldAskForManyAtOnceWithoutThreads() throws Exception {
    try (AresResolver resolver = resolver()) {
      int[] turns = new int[1];
      Greenlet<Void> other =
          Gevent.spawn(
              () -> {
                for (; ; ) {
                  Gevent.sleep(Duration.ofMillis(1));
                  turns[0]++;
                }
              });
      long start = System.nanoTime();
      List<Greenlet<List<AddressInfo>>> askers = ask(resolver, MANY, ".slow.test");
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .noneMatch(name -> name.startsWith("threadpool-"));
      for (Greenlet<List<AddressInfo>> asker : askers) {
        assertThat(asker.get()).hasSize(1);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(took).isBetween(DELAY, DELAY.multipliedBy(MANY)); // some 0.3 s
      assertThat(turns[0]).as("others ran meanwhile").isPositive();
      other.kill();
    }
  }

  @Test
  void shouldKeepNoDescriptors() throws Exception {
    try (AresResolver resolver = resolver()) {
      assertThat(resolver.getAddrInfo("first.fast.test", 80)).hasSize(1);
      OpenSockets sockets = new OpenSockets();
      for (int i = 0; i < 1000; i++) {
        assertThat(resolver.getAddrInfo("n" + i + ".fast.test", 80)).hasSize(1);
      }
      assertThat(sockets.opened()).hasSizeLessThanOrEqualTo(FEW_SOCKETS);
    }
  }

  @Test
  void shouldKeepNoDescriptorsOfResolversThatAreClosed() throws Exception {
    OpenSockets sockets = new OpenSockets();
    for (int i = 0; i < 50; i++) {
      try (AresResolver resolver = resolver()) {
        Greenlet<List<AddressInfo>> asker = ask(resolver, 1, ".silent.test").get(0);
        assertThat(asker.isDead()).isFalse();
      }
    }
    turns();
    takeErrors(); // of the askers
    assertThat(sockets.opened()).isEmpty();
  }

  // ---- given up ----

  @Test
  void shouldForgetTheRequestOfAKilledGreenlet() throws Exception {
    try (AresResolver resolver = resolver()) {
      List<Greenlet<List<AddressInfo>>> askers = ask(resolver, 2, ".slow.test");
      askers.get(0).kill();
      assertThat(askers.get(0).isDead()).isTrue();
      assertThat(askers.get(1).get()).as("the other's").hasSize(1);
      assertThat(resolver.getAddrInfo("x.fast.test", 80)).hasSize(1);
    }
  }

  @Test
  void shouldLetGoOfAllWhenNobodyWaitsAnyMore() throws Exception {
    try (AresResolver resolver = resolver()) {
      OpenSockets sockets = new OpenSockets();
      List<Greenlet<List<AddressInfo>>> askers = ask(resolver, 10, ".silent.test");
      assertThat(sockets.opened()).isNotEmpty();
      Gevent.killAll(askers);
      turns();
      assertThat(sockets.opened()).isEmpty();
      assertThat(resolver.toString()).contains("0 lookups");
      assertThat(Hub.get().join(LONG)).as("nothing is left").isTrue();
    }
  }

  @Test
  void shouldBeGivenUpByATimeout() throws Exception {
    try (AresResolver resolver = resolver()) {
      Throwable thrown =
          thrownBy(
              () -> {
                try (Timeout timeout = Timeout.startNew(Duration.ofMillis(50))) {
                  resolver.getAddrInfo("x.silent.test", 80);
                }
              });
      assertThat(thrown).isInstanceOf(Timeout.class);
      assertThat(resolver.getAddrInfo("x.fast.test", 80)).hasSize(1);
    }
  }

  @Test
  void shouldNotKeepTheHubForThoseWhoHaveGone() throws Exception {
    try (AresResolver resolver = resolver()) {
      List<Greenlet<List<AddressInfo>>> askers = ask(resolver, 1, ".silent.test");
      List<Greenlet<List<AddressInfo>>> others = ask(resolver, 1, ".slow.test");
      askers.get(0).kill();
      assertThat(Hub.get().join(LONG)).isTrue();
      assertThat(others.get(0).isDead()).as("it was waited for").isTrue();
    }
  }

  // ---- closed ----

  @Test
  void shouldTellAllWhoWaitWhenItIsClosed() throws Exception {
    AresResolver resolver = resolver();
    List<Greenlet<List<AddressInfo>>> askers = ask(resolver, 3, ".silent.test");
    resolver.close();
    Gevent.joinAll(askers);
    assertThat(takeThrown())
        .hasSize(3)
        .allSatisfy(
            thrown ->
                assertThat(thrown)
                    .isInstanceOf(LookupException.class)
                    .hasMessageContaining(".silent.test, 80: the resolver was closed"));
    assertThatThrownBy(() -> resolver.getHostByName("x.fast.test"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("getHostByName")
        .hasMessageContaining("closed");
    resolver.close();
  }

  @Test
  void shouldEndWithItsHub() throws Exception {
    OpenSockets sockets = new OpenSockets();
    List<Throwable> thrown = new ArrayList<>();
    AresResolver[] resolvers = new AresResolver[1];
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                resolvers[0] = resolver();
                Gevent.spawn(
                    () -> thrown.add(thrownBy(() -> resolvers[0].getHostByName("x.silent.test"))));
                turns();
              }
            });
    thread.start();
    thread.join();
    assertThat(thrown).hasSize(1);
    assertThat(thrown.get(0)).isInstanceOf(HubDestroyed.class);
    assertThat(resolvers[0].toString()).contains("closed");
    assertThat(sockets.opened()).isEmpty();
    resolvers[0].close();
  }

  @Test
  void shouldEndWithTheThreadOfItsHub() throws Exception {
    AresResolver[] resolvers = new AresResolver[1];
    OpenSockets sockets = new OpenSockets();
    Thread thread =
        new Thread(
            () -> {
              resolvers[0] = resolver();
              Gevent.spawn(() -> resolvers[0].getHostByName("x.silent.test"));
              turns();
            });
    thread.start();
    thread.join();
    Others.until( // the last act of that thread comes after its end
        "the resolver is closed",
        () -> resolvers[0].toString().contains("closed") && sockets.opened().isEmpty());
  }

  @Test
  void shouldRefuseOtherThreads() throws Exception {
    try (AresResolver resolver = resolver()) {
      List<Throwable> thrown = new ArrayList<>();
      Thread thread =
          new Thread(
              () -> {
                thrown.add(thrownBy(() -> resolver.getHostByName("x.fast.test")));
                thrown.add(thrownBy(resolver::close));
              });
      thread.start();
      thread.join();
      assertThat(thrown).hasOnlyElementsOfType(IllegalStateException.class).hasSize(2);
      assertThat(resolver.getAddrInfo("x.fast.test", 80)).hasSize(1);
    }
  }
}
