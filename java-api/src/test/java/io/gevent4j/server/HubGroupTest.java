package io.gevent4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.SystemExit;
import io.gevent4j.binding.Native;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.socket.Certificates;
import io.gevent4j.socket.TcpSocket;
import io.gevent4j.socket.TlsSocket;
import io.gevent4j.socket.UnixSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several hubs, each in a thread of its own, work and serve together. */
class HubGroupTest extends ServerTest {
  private static final int MANY = 64;

  private HubGroup group(int size) {
    Gevent.getHub().setWaitsForThreads(true);
    return closing(new HubGroup("test", size));
  }

  // ---- work ----

  @Test
  void shouldHaveAHubInEachThread() throws Exception {
    HubGroup group = group(3);
    assertThat(group.size()).isEqualTo(3);
    List<Hub> hubs = group.run(number -> Hub.get());
    assertThat(new HashSet<>(hubs)).hasSize(3).doesNotContain(Gevent.getHub());
    assertThat(group.<Hub>run(number -> Hub.get())).isEqualTo(hubs);
    assertThat(hubs.get(2).toString()).contains("test-2");
    assertThat(group).hasToString("HubGroup[test 3]");
  }

  @Test
  void shouldRunAtTheSameTime() throws Exception {
    HubGroup group = group(2);
    Event[] said = {new Event(), new Event()};
    List<Boolean> heard =
        group.run(
            number -> {
              said[number].set();
              return said[1 - number].await(LONG);
            });
    assertThat(heard).containsExactly(true, true);
  }

  @Test
  void shouldDealGreenletsOutByTurns() throws Exception {
    HubGroup group = group(2);
    List<Hub> hubs = group.run(number -> Hub.get());
    List<Hub> used = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      used.add(group.spawn(() -> Hub.get()).get());
    }
    assertThat(used).containsExactly(hubs.get(0), hubs.get(1), hubs.get(0), hubs.get(1));
  }

  @Test
  void shouldTellWhatACallThrows() throws Exception {
    HubGroup group = group(2);
    IOException failure = new IOException("of the test");
    AsyncResult<Void> result =
        group.spawn(
            () -> {
              throw failure;
            });
    assertThatThrownBy(result::get).isInstanceOf(ExecutionException.class).hasCause(failure);
    assertThatThrownBy(
            () ->
                group.run(
                    number -> {
                      throw failure;
                    }))
        .isInstanceOf(ExecutionException.class)
        .hasCause(failure);
  }

  @Test
  void shouldRefuseToHaveNoHub() {
    assertThatThrownBy(() -> new HubGroup(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a group can't have 0 hubs");
  }

  // ---- the end ----

  @Test
  void shouldLetGreenletsEndBeforeItStops() throws Exception {
    HubGroup group = group(2);
    Set<String> done = ConcurrentHashMap.newKeySet();
    Event began = new Event();
    Event go = new Event();
    group.spawn(
        () -> {
          began.set();
          go.await();
          done.add("first");
        });
    began.await();
    group.spawn(() -> done.add("second"));
    Gevent.spawnLater(SHORT, () -> go.set());
    group.stop(LONG);
    assertThat(done).containsExactlyInAnyOrder("first", "second");
    group.stop();
    assertThatThrownBy(() -> group.spawn(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("no hub is left: HubGroup[test 2]");
    assertThatThrownBy(() -> group.run(number -> number))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("test-0 has ended, of HubGroup[test 2]");
  }

  @Test
  void shouldKillGreenletsThatAreNotDoneInTime() throws Exception {
    HubGroup group = group(1);
    Event began = new Event();
    AsyncResult<Void> result =
        group.spawn(
            () -> {
              began.set();
              Gevent.sleep(LONG);
              return null;
            });
    began.await();
    group.stop(0.01);
    assertThat(result.exception()).isInstanceOf(GreenletExit.class).hasMessage("test-0 ends");
  }

  @Test
  void shouldStopFromInside() throws Exception {
    HubGroup group = group(2);
    group.spawn(() -> group.stop());
    group.join();
    assertThatThrownBy(() -> group.spawn(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }

  /** What a test does while the last hub of a group is kept busy, and about to be ended. */
  private interface Doomed<T> {
    T in(HubGroup group) throws Exception;
  }

  /** Does this in a greenlet; once it waits, the last hub ends without another turn of its own. */
  private <T> Throwable failure(int size, Doomed<T> work) throws Exception {
    Gevent.getHub().setWaitsForThreads(true);
    HubGroup group = new HubGroup("test", size); // which throws whenever it is closed
    for (int i = 1; i < size; i++) {
      group.spawn(() -> {});
    }
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SystemExit exit = new SystemExit(7);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    try {
      AsyncResult<Void> ending =
          group.spawn(
              () -> {
                began.countDown();
                go.await(); // the hub can't go on either
                throw exit;
              });
      began.await();
      Greenlet<T> waits = Gevent.spawn(() -> work.in(group));
      turns();
      assertThat(waits.ready()).isFalse();
      go.countDown();
      waits.join(LONG);
      assertThat(waits.ready()).as("it waits no more").isTrue();
      assertThat(takeThrown()).containsExactly(waits.exception());
      assertThat(ending.exception()).isSameAs(exit);
      assertThatThrownBy(group::stop).hasCause(exit);
      return waits.exception();
    } finally {
      go.countDown();
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void shouldCancelACallWhoseHubEndsBeforeItBegins() throws Exception {
    assertThat(failure(1, group -> group.spawn(() -> "begun").get()))
        .isInstanceOf(CancellationException.class);
    assertThat(failure(2, group -> group.run(number -> number)))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void shouldCancelACallThatIsDealtByTheOneThatEndsItsHub() throws Exception {
    Gevent.getHub().setWaitsForThreads(true);
    HubGroup group = new HubGroup("test", 1);
    AsyncResult<AsyncResult<String>> dealt = new AsyncResult<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    try {
      group.spawn(
          () -> {
            dealt.set(group.spawn(() -> "begun"));
            throw new SystemExit(7);
          });
      assertThatThrownBy(() -> dealt.get().get(LONG)).isInstanceOf(CancellationException.class);
      assertThatThrownBy(group::stop).isInstanceOf(IllegalStateException.class);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  /** What is dealt to a hub that is busy, and about to fail. */
  private static Set<Throwable> failWith(int size, Consumer<HubGroup> deal) throws Exception {
    Gevent.getHub().setWaitsForThreads(true);
    HubGroup group = new HubGroup("test", size); // which throws whenever it is closed
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Set<Throwable> uncaught = ConcurrentHashMap.newKeySet();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    try {
      AsyncResult<Void> failing =
          group.spawn(
              () -> {
                began.countDown();
                go.await(); // the hub can't go on either
                throw new SystemExit(7);
              });
      began.await();
      deal.accept(group);
      go.countDown();
      await(() -> failing.ready() && uncaught.contains(failing.exception())); // its last act
      assertThatThrownBy(group::stop).hasCause(failing.exception());
      uncaught.remove(failing.exception());
      return uncaught;
    } finally {
      go.countDown();
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void shouldRunElsewhereWhatAFailedHubHasNotBegun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Runnable run = runs::incrementAndGet;
    Set<Throwable> uncaught =
        failWith(
            3,
            group -> {
              for (int i = 0; i < 30; i++) {
                group.spawn(run);
              }
            });
    assertThat(runs).as("each of them once").hasValue(30);
    assertThat(uncaught).isEmpty();
  }

  @Test
  void shouldRejectWhatAFailedHubHasNotBegunAndNoOtherCanRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Runnable run = runs::incrementAndGet;
    Set<Throwable> uncaught =
        failWith(
            1,
            group -> {
              group.spawn(run);
              group.spawn(run);
            });
    assertThat(runs).hasValue(0);
    assertThat(uncaught)
        .hasSize(2)
        .allSatisfy(
            thrown ->
                assertThat(thrown)
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageStartingWith("cannot run " + run)
                    .hasMessageEndingWith(
                        "test-0 has ended, and no hub is left: HubGroup[test 1]"));
  }

  @Test
  void shouldCloseTheConnectionThatNoHubCanServe() throws Exception {
    StreamServer server = echoServer();
    List<TcpSocket> clients = new ArrayList<>();
    Set<Throwable> uncaught =
        failWith(
            1,
            group -> {
              boolean[] dealt = new boolean[1];
              server.setSpawn(
                  handler -> {
                    group.spawn(handler);
                    dealt[0] = true;
                  });
              try {
                clients.add(connect(started(server)));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              await(() -> dealt[0]);
            });
    assertThat(uncaught).hasSize(1);
    assertThat(readLine(clients.get(0))).as("it is closed").isNull();
  }

  @Test
  void shouldNotServeWhereAHubEndsBeforeItsServerIsMade() throws Exception {
    assertThat(failure(2, group -> group.serve("127.0.0.1:0", ServerTest::echo)))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("test-1 has ended, of HubGroup[test 2]");
  }

  @Test
  void shouldTellWhatHasEndedAHubAndGoOnWithTheOthers() throws Exception {
    Gevent.getHub().setWaitsForThreads(true);
    HubGroup group = new HubGroup("test", 2); // which throws whenever it is closed
    List<Hub> hubs = group.run(number -> Hub.get());
    Set<Throwable> uncaught = ConcurrentHashMap.newKeySet();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    try {
      SystemExit exit = new SystemExit(7);
      AsyncResult<Void> result =
          group.spawn(
              () -> {
                throw exit;
              });
      await(() -> !uncaught.isEmpty());
      assertThat(uncaught).containsExactly(exit);
      assertThat(result.exception()).isSameAs(exit);
      for (int i = 0; i < 3; i++) {
        assertThat(group.spawn(() -> Hub.get()).get()).isEqualTo(hubs.get(1));
      }
      assertThatThrownBy(group::stop)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("test-0 has failed, of HubGroup[test 2]")
          .hasCause(exit);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  // ---- serving ----

  /** Says by which thread's hub it is served. */
  private static String server(InetSocketAddress address) throws IOException {
    try (TcpSocket socket = TcpSocket.connect(address)) {
      return readLine(socket);
    }
  }

  private static String hub() {
    return Hub.get().toString().replaceAll(".*(test-\\d+).*", "$1");
  }

  @Test
  void shouldServeInAllHubs() throws Exception {
    HubGroup group = group(2);
    InetSocketAddress address = group.serve("127.0.0.1:0", socket -> say(socket, hub()));
    Set<String> hubs = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      hubs.add(server(address));
    }
    assertThat(hubs).containsExactlyInAnyOrder("test-0", "test-1");
  }

  @Test
  void shouldServeTlsInAllHubs() throws Exception {
    HubGroup group = group(2);
    InetSocketAddress address =
        group.serve(
            "127.0.0.1:0",
            StreamServer.tls(
                Certificates.both(),
                socket -> socket.write(ByteBuffer.wrap(hub().getBytes(UTF_8)))));
    Set<String> hubs = new HashSet<>();
    while (hubs.size() < 2) { // chance deals
      try (TlsSocket socket =
          TlsSocket.client(Certificates.trust(), connect(address), "localhost", 1)) {
        hubs.add(new String(socket.inputStream().readAllBytes(), UTF_8));
      }
    }
    assertThat(hubs).containsExactlyInAnyOrder("test-0", "test-1");
  }

  /** One listens, and accepts for all. */
  @Test
  void shouldDealOutWhatComesToOnePort() throws Exception {
    HubGroup group = group(3);
    StreamServer server = new StreamServer(HERE, socket -> say(socket, hub()));
    server.setSpawn(group::spawn);
    server.start();
    List<String> hubs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      hubs.add(readLine(connect(server)));
    }
    assertThat(hubs).containsExactly("test-0", "test-1", "test-2", "test-0", "test-1", "test-2");
  }

  @Test
  void shouldServeAsTheMakerWants() throws Exception {
    HubGroup group = group(2);
    InetSocketAddress address =
        group.serve(
            HERE,
            listener -> {
              StreamServer server = new StreamServer(listener, socket -> say(socket, "hello"));
              server.setSpawn(Spawn.NONE);
              return server;
            });
    assertThat(server(address)).isEqualTo("hello");
  }

  @Test
  void shouldDrainItsServersWhenItStops() throws Exception {
    HubGroup group = group(2);
    InetSocketAddress address = group.serve("127.0.0.1:0", ServerTest::echo);
    TcpSocket client = connect(address);
    assertAnswers(client);
    Greenlet<Void> goesOn =
        Gevent.spawnLater(
            SHORT,
            () -> {
              assertAnswers(client);
              client.close();
              return null;
            });
    group.stop(LONG);
    goesOn.join();
    assertThat(goesOn.successful()).isTrue();
    assertThatThrownBy(() -> connect(address)).isInstanceOf(IOException.class);
  }

  @Test
  void shouldTellThatItCannotServe() throws Exception {
    HubGroup group = group(2);
    StreamServer other = started(echoServer());
    assertThatThrownBy(() -> group.serve("127.0.0.1:" + other.serverPort(), ServerTest::echo))
        .isInstanceOf(BindException.class);
    assertThatThrownBy(() -> group.serve("/run/name", ServerTest::echo))
        .isInstanceOf(IllegalArgumentException.class);
    IOException failure = new IOException("of the test");
    assertThatThrownBy(
            () ->
                group.serve(
                    HERE,
                    listener -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void shouldServeWhatOneServerAccepts(@TempDir Path folder) throws Exception {
    HubGroup group = group(2);
    Path path = folder.resolve("socket");
    StreamServer server = new StreamServer(path.toString(), socket -> say(socket, hub()));
    server.setSpawn(group::spawn);
    server.start();
    List<String> hubs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      try (UnixSocket socket = UnixSocket.connect(UnixDomainSocketAddress.of(path))) {
        hubs.add(readLine(socket));
      }
    }
    assertThat(hubs).containsExactly("test-0", "test-1", "test-0", "test-1");
  }

  // ---- pinning ----

  @Test
  void shouldPinItsThreads() throws Exception {
    boolean swap = Native.gv_switch_backend().equals("swap");
    assumeTrue(swap, "else greenlets run on kernel threads of their own");
    int cpu = Integer.parseInt(allowed().split("[-,]")[0]);
    Gevent.getHub().setWaitsForThreads(true);
    HubGroup group = closing(HubGroup.pinned("test", cpu, cpu));
    assertThat(group.<String>run(number -> allowed())).containsExactly("" + cpu, "" + cpu);
  }

  /** Where the calling kernel thread may run. */
  private static String allowed() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.split("\\s+")[1])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldRefuseCpusThatAreNotThere() {
    Gevent.getHub().setWaitsForThreads(true);
    for (int cpu : new int[] {-1, 1023, 1 << 20}) {
      assertThatThrownBy(() -> HubGroup.pinned("test", cpu))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no such CPU: [" + cpu + "]");
    }
  }
}
