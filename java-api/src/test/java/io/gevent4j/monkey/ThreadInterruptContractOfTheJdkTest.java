package io.gevent4j.monkey;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Thread#interrupt} ends each wait in the way that its contract says. */
@Timeout(60)
class ThreadInterruptContractOfTheJdkTest {
  private static final Thread IMMORTAL = new Thread(() -> LockSupport.park(), "immortal");

  static {
    IMMORTAL.setDaemon(true);
    IMMORTAL.start();
  }

  // ---- waits that throw

  static Stream<Arguments> waits() {
    return Stream.of(
        wait("sleep", () -> Thread.sleep(60_000)),
        wait("sleep with ns", () -> Thread.sleep(60_000, 1)),
        wait("TimeUnit.sleep", () -> MINUTES.sleep(1)),
        wait("Object.wait", () -> waitFor(0)),
        wait("Object.wait with limit", () -> waitFor(60_000)),
        wait("join", IMMORTAL::join),
        wait("join with limit", () -> IMMORTAL.join(60_000)),
        wait("lockInterruptibly", () -> locked().lockInterruptibly()),
        wait("tryLock with limit", () -> locked().tryLock(1, MINUTES)),
        wait("Condition.await", () -> await(0)),
        wait("Condition.await with limit", () -> await(60_000)),
        wait("read lock", () -> writeLocked().readLock().lockInterruptibly()),
        wait("write lock", () -> writeLocked().writeLock().lockInterruptibly()),
        wait("StampedLock", () -> stamped().writeLockInterruptibly()),
        wait("Semaphore", () -> new Semaphore(0).acquire()),
        wait("CountDownLatch", () -> new CountDownLatch(1).await()),
        wait("CyclicBarrier", () -> new CyclicBarrier(2).await()),
        wait("Exchanger", () -> new Exchanger<>().exchange("")),
        wait("Exchanger with limit", () -> new Exchanger<>().exchange("", 1, MINUTES)),
        wait("Phaser", () -> new Phaser(1).awaitAdvanceInterruptibly(0)),
        wait("ArrayBlockingQueue", () -> new ArrayBlockingQueue<>(1).take()),
        wait("LinkedBlockingDeque", () -> new LinkedBlockingDeque<>().takeLast()),
        wait("PriorityBlockingQueue", () -> new PriorityBlockingQueue<>().take()),
        wait("DelayQueue", () -> new DelayQueue<>().take()),
        wait("SynchronousQueue", () -> new SynchronousQueue<>().put("")),
        wait("LinkedTransferQueue", () -> new LinkedTransferQueue<>().transfer("")),
        wait("poll with limit", () -> new ArrayBlockingQueue<>(1).poll(1, MINUTES)),
        wait("CompletableFuture", () -> new CompletableFuture<>().get()),
        wait("CompletableFuture with limit", () -> new CompletableFuture<>().get(1, MINUTES)),
        wait("FutureTask", () -> new FutureTask<>(() -> 1).get()),
        wait("awaitTermination", ThreadInterruptContractOfTheJdkTest::awaitTermination),
        wait("Process.waitFor", () -> waitForProcess(false)),
        wait("Process.waitFor with limit", () -> waitForProcess(true)));
  }

  private static Arguments wait(String name, Actor.Part part) {
    return Arguments.of(name, part);
  }

  private static void waitFor(long ms) throws InterruptedException {
    Object monitor = new Object();
    synchronized (monitor) {
      try {
        monitor.wait(ms);
      } finally {
        assertThat(Thread.holdsLock(monitor)).isTrue();
      }
    }
  }

  private static ReentrantLock locked() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    Actor.start(lock::lock).join();
    return lock;
  }

  private static void await(long ms) throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      if (ms == 0) {
        lock.newCondition().await();
      } else {
        lock.newCondition().awaitNanos(ms * 1_000_000);
      }
    } finally {
      assertThat(lock.isHeldByCurrentThread()).isTrue();
    }
  }

  private static ReentrantReadWriteLock writeLocked() throws InterruptedException {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    Actor.start(() -> lock.writeLock().lock()).join();
    return lock;
  }

  private static StampedLock stamped() {
    StampedLock lock = new StampedLock();
    lock.writeLock();
    return lock;
  }

  private static void awaitTermination() throws InterruptedException {
    ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(1);
    try {
      pool.awaitTermination(1, MINUTES);
    } finally {
      pool.shutdownNow();
    }
  }

  private static void waitForProcess(boolean limited) throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      if (limited) {
        process.waitFor(1, MINUTES);
      } else {
        process.waitFor();
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void shouldThrowAndClearTheStatus(String name, Actor.Part part) throws Exception {
    boolean[] status = {true};
    Actor actor = Actor.start(() -> remember(part, status));
    while (actor.thread.getState() == Thread.State.RUNNABLE
        || actor.thread.getState() == Thread.State.NEW
        || actor.thread.getState() == Thread.State.BLOCKED) {
      Thread.sleep(1);
    }
    Thread.sleep(5); // those that start something first
    actor.thread.interrupt();
    assertThat(actor.outcome()).isInstanceOf(InterruptedException.class);
    assertThat(status[0]).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void shouldThrowAtOnceWhenInterruptedBefore(String name, Actor.Part part) throws Exception {
    boolean[] status = {true};
    Actor actor =
        Actor.start(
            () -> {
              Thread.currentThread().interrupt();
              remember(part, status);
            });
    assertThat(actor.outcome()).isInstanceOf(InterruptedException.class);
    assertThat(status[0]).isFalse();
  }

  private static void remember(Actor.Part part, boolean[] status) throws Throwable {
    try {
      part.play();
    } finally {
      status[0] = Thread.currentThread().isInterrupted();
    }
  }

  // ---- waits that don't

  @Test
  void shouldEndAParkAndKeepTheStatus() throws Exception {
    Actor actor =
        Actor.start(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
              }
              LockSupport.park(); // returns at once
              LockSupport.parkNanos(60_000_000_000L);
              assertThat(Thread.interrupted()).isTrue();
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
            });
    actor.await(Thread.State.WAITING).thread.interrupt();
    actor.join();
  }

  @Test
  void shouldEndASelectionAndKeepTheStatus() throws Exception {
    try (Selector selector = Selector.open()) {
      Actor actor =
          Actor.start(
              () -> {
                assertThat(selector.select()).isZero();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                assertThat(selector.select(60_000)).isZero(); // at once
                assertThat(selector.isOpen()).isTrue();
              });
      actor.awaitIn("wait", "epollWait").thread.interrupt();
      actor.join();
    }
  }

  @Test
  void shouldNotEndTheReadOfASocket() throws Exception {
    try (ServerSocketChannel server = listen();
        Socket client =
            new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort());
        Socket peer = server.accept().socket()) {
      Actor actor =
          Actor.start(
              () -> {
                assertThat(client.getInputStream().read()).isEqualTo('x');
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
              });
      actor.awaitIn("read0").thread.interrupt();
      Thread.sleep(20);
      assertThat(actor.thread.isAlive()).isTrue();
      peer.getOutputStream().write('x');
      actor.join();
    }
  }

  // ---- channels are closed

  private static ServerSocketChannel listen() throws Exception {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private void shouldClose(Channel channel, Actor.Part part, String... methods) throws Exception {
    boolean[] status = {false};
    Actor actor = Actor.start(() -> remember(part, status));
    actor.awaitIn(methods).thread.interrupt();
    assertThat(actor.outcome()).isInstanceOf(ClosedByInterruptException.class);
    assertThat(status[0]).isTrue();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void shouldCloseAChannelThatAccepts() throws Exception {
    try (ServerSocketChannel server = listen()) {
      shouldClose(server, server::accept, "accept", "accept0");
    }
  }

  @Test
  void shouldCloseAChannelThatReads() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      shouldClose(client, () -> client.read(ByteBuffer.allocate(1)), "read0");
    }
  }

  @Test
  void shouldCloseAChannelThatWrites() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      shouldClose(
          client,
          () -> {
            for (; ; ) {
              client.write(ByteBuffer.allocate(1 << 20));
            }
          },
          "write0");
    }
  }

  @Test
  void shouldCloseAChannelThatReceives() throws Exception {
    try (DatagramChannel channel =
        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      shouldClose(channel, () -> channel.receive(ByteBuffer.allocate(1)), "receive0");
    }
  }

  @Test
  void shouldCloseAPipe() throws Exception {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel sink = pipe.sink();
        Pipe.SourceChannel source = pipe.source()) {
      shouldClose(source, () -> source.read(ByteBuffer.allocate(1)), "read0");
      assertThat(sink.isOpen()).isTrue();
    }
  }

  @Test
  void shouldCloseAChannelThatConnects() throws Exception {
    // Nobody accepts, and the queue is full, so that Linux drops the next.
    try (ServerSocketChannel server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1)) {
      SocketChannel[] queued = new SocketChannel[8];
      for (int i = 0; i < queued.length; i++) {
        queued[i] = SocketChannel.open();
        queued[i].configureBlocking(false);
        queued[i].connect(server.getLocalAddress());
      }
      try (SocketChannel client = SocketChannel.open()) {
        shouldClose(client, () -> client.connect(server.getLocalAddress()), "connect0", "connect");
      }
      for (SocketChannel each : queued) {
        each.close();
      }
    }
  }

  @Test
  void shouldCloseAChannelAtOnceWhenInterruptedBefore() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      Actor actor =
          Actor.start(
              () -> {
                Thread.currentThread().interrupt();
                client.read(ByteBuffer.allocate(1));
              });
      assertThat(actor.outcome()).isInstanceOf(ClosedByInterruptException.class);
      assertThat(client.isOpen()).isFalse();
    }
  }

  @Test
  void shouldGiveItsOwnExceptionsWhenTheTimeOfASocketIsUp() throws Exception {
    try (ServerSocketChannel server = listen();
        Socket client =
            new Socket(InetAddress.getLoopbackAddress(), server.socket().getLocalPort())) {
      client.setSoTimeout(10);
      assertThat(Actor.start(() -> client.getInputStream().read()).outcome())
          .isInstanceOf(InterruptedIOException.class);
      client.close();
      assertThat(Actor.start(() -> client.getInputStream().read()).outcome())
          .isInstanceOf(SocketException.class);
    }
  }

  // ---- the status

  @Test
  void shouldBeRememberedUntilAskedFor() throws Exception {
    Thread thread = new Thread(() -> {});
    thread.interrupt(); // JDK 17 and later remember it even before the start
    thread.start();
    thread.join();
    Actor.start(
            () -> {
              Thread self = Thread.currentThread();
              assertThat(self.isInterrupted()).isFalse();
              self.interrupt();
              assertThat(self.isInterrupted()).isTrue();
              assertThat(self.isInterrupted()).isTrue();
              Thread.yield();
              synchronized (self) {
                assertThat(Thread.interrupted()).isTrue();
              }
              assertThat(Thread.interrupted()).isFalse();
              Thread.sleep(1);
            })
        .join();
  }

  @Test
  void shouldInterruptManyAtOnce() throws Exception {
    Actor[] actors = new Actor[100];
    for (int i = 0; i < actors.length; i++) {
      int way = i % 4;
      actors[i] =
          Actor.start(
              () -> {
                switch (way) {
                  case 0 -> Thread.sleep(60_000);
                  case 1 -> waitFor(0);
                  case 2 -> new Semaphore(0).acquire();
                  default -> IMMORTAL.join();
                }
              });
    }
    for (Actor actor : actors) {
      actor.thread.interrupt();
    }
    for (Actor actor : actors) {
      assertThat(actor.outcome()).isInstanceOf(InterruptedException.class);
    }
  }
}
