package io.gevent4j.monkey;

import static java.lang.Thread.State.BLOCKED;
import static java.lang.Thread.State.NEW;
import static java.lang.Thread.State.RUNNABLE;
import static java.lang.Thread.State.TERMINATED;
import static java.lang.Thread.State.TIMED_WAITING;
import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What others see of a thread while it waits. */
@Timeout(60)
class ThreadStateContractOfTheJdkTest {
  private static final Object MONITOR = new Object();
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Thread IMMORTAL = new Thread(() -> LockSupport.park(), "immortal");

  static {
    IMMORTAL.setDaemon(true);
    IMMORTAL.start();
  }

  static Stream<Arguments> waits() {
    return Stream.of(
        wait("Thread.sleep", TIMED_WAITING, () -> Thread.sleep(60_000)),
        wait("Thread.sleep", TIMED_WAITING, () -> Thread.sleep(60_000, 1)),
        wait("Object.wait", WAITING, () -> waitFor(0)),
        wait("Object.wait", TIMED_WAITING, () -> waitFor(60_000)),
        wait("Thread.join", WAITING, IMMORTAL::join),
        wait("Thread.join", TIMED_WAITING, () -> IMMORTAL.join(60_000)),
        wait("LockSupport.park", WAITING, () -> park(() -> LockSupport.park())),
        wait("LockSupport.park", WAITING, () -> park(() -> LockSupport.park(MONITOR))),
        wait(
            "LockSupport.parkNanos",
            TIMED_WAITING,
            () -> park(() -> LockSupport.parkNanos(60_000_000_000L))),
        wait(
            "LockSupport.parkUntil",
            TIMED_WAITING,
            () -> park(() -> LockSupport.parkUntil(System.currentTimeMillis() + 60_000))),
        wait("CountDownLatch.await", WAITING, () -> new CountDownLatch(1).await()),
        wait(
            "CountDownLatch.await",
            TIMED_WAITING,
            () -> new CountDownLatch(1).await(60, TimeUnit.SECONDS)),
        wait("ArrayBlockingQueue.take", WAITING, () -> new ArrayBlockingQueue<>(1).take()));
  }

  private static Arguments wait(String method, Thread.State state, Actor.Part part) {
    return Arguments.of(method, state, part);
  }

  private static void waitFor(long ms) throws InterruptedException {
    Object monitor = new Object();
    synchronized (monitor) {
      monitor.wait(ms);
    }
  }

  private static void park(Runnable park) throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      park.run();
    }
    throw new InterruptedException();
  }

  @ParameterizedTest
  @MethodSource("waits")
  void shouldShowInWhichWayItWaits(String method, Thread.State state, Actor.Part part)
      throws Exception {
    Actor actor = Actor.start(part).await(state);
    StackTraceElement[] stack = actor.thread.getStackTrace();
    assertThat(actor.thread.getState()).isEqualTo(state);
    assertThat(Thread.getAllStackTraces()).containsKey(actor.thread);
    actor.thread.interrupt();
    assertThat(actor.outcome()).isInstanceOf(InterruptedException.class);
    assertThat(names(stack)).anyMatch(name -> name.endsWith("." + method));
    assertThat(actor.thread.getState()).isEqualTo(TERMINATED);
    assertThat(actor.thread.getStackTrace()).isEmpty();
  }

  private static Stream<String> names(StackTraceElement[] stack) {
    return Arrays.stream(stack).map(each -> each.getClassName() + "." + each.getMethodName());
  }

  @Test
  void shouldBeNewUntilItStartsAndRunnableWhileItRuns() throws Exception {
    Thread.State[] own = new Thread.State[1];
    Thread thread = new Thread(() -> own[0] = Thread.currentThread().getState());
    assertThat(thread.getState()).isEqualTo(NEW);
    assertThat(thread.isAlive()).isFalse();
    assertThat(thread.getStackTrace()).isEmpty();
    thread.start();
    thread.join();
    assertThat(own[0]).isEqualTo(RUNNABLE);
    assertThat(thread.getState()).isEqualTo(TERMINATED);
  }

  @Test
  void shouldBeBlockedWhileAnotherHoldsTheMonitor() throws Exception {
    Object monitor = new Object();
    Actor actor;
    synchronized (monitor) {
      actor = Actor.start(() -> enter(monitor)).await(BLOCKED);
      assertThat(actor.thread.getStackTrace()[0].getMethodName()).isEqualTo("enter");
      actor.thread.interrupt(); // to no effect
      Thread.sleep(20);
      assertThat(actor.thread.getState()).isEqualTo(BLOCKED);
      assertThat(actor.thread.isInterrupted()).isTrue();
    }
    actor.join();
  }

  private static void enter(Object monitor) {
    synchronized (monitor) {
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
  }

  @Test
  void shouldBeBlockedWhenItIsNotifiedAndTheMonitorIsHeld() throws Exception {
    Object monitor = new Object();
    Actor actor =
        Actor.start(
                () -> {
                  synchronized (monitor) {
                    monitor.wait();
                  }
                })
            .await(WAITING);
    synchronized (monitor) {
      monitor.notifyAll();
      actor.await(BLOCKED);
    }
    actor.join();
  }

  @Test
  void shouldBeRunnableWhileItReadsFromASocket() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Actor actor =
          Actor.start(
              () -> {
                try {
                  server.accept();
                } catch (IOException closed) {
                  return;
                }
              });
      actor.awaitIn("accept", "accept0");
      assertThat(actor.thread.getState()).isEqualTo(RUNNABLE);
      server.close();
      actor.join();
    }
  }

  @Test
  void shouldWaitForALockLikeForAnyOther() throws Exception {
    LOCK.lock();
    Actor actor;
    try {
      actor =
          Actor.start(
                  () -> {
                    LOCK.lock();
                    LOCK.unlock();
                  })
              .await(WAITING);
      assertThat(LockSupport.getBlocker(actor.thread)).isNotNull();
      assertThat(LOCK.hasQueuedThread(actor.thread)).isTrue();
    } finally {
      LOCK.unlock();
    }
    actor.join();
  }

  @Test
  void shouldWakeAtOnceForAPermitThatWasGivenBefore() throws Exception {
    Actor.start(
            () -> {
              LockSupport.unpark(Thread.currentThread());
              LockSupport.unpark(Thread.currentThread()); // there is but one
              LockSupport.park();
              long start = System.nanoTime();
              LockSupport.parkNanos(20_000_000);
              assertThat(System.nanoTime() - start).isGreaterThan(10_000_000);
            })
        .join();
  }

  @Test
  void shouldShowThatItParksThoughOthersHandOnAllTheTime() throws Exception {
    Thread parked = startDaemon(LockSupport::park);
    Thread[] pair = new Thread[2];
    pair[0] = Thread.currentThread();
    pair[1] = startDaemon(() -> handOnWhile(parked, pair[0]));
    handOnWhile(parked, pair[1]);
    LockSupport.unpark(parked);
    parked.join();
  }

  private static void handOnWhile(Thread parked, Thread other) {
    while (parked.getState() != WAITING) {
      LockSupport.unpark(other);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void shouldShowThatItParksToOneWhoSpins() throws Exception {
    Thread parked = startDaemon(LockSupport::park);
    while (parked.getState() != WAITING) {
      Thread.onSpinWait();
    }
    LockSupport.unpark(parked);
    parked.join();
  }

  @Test
  void shouldBeRunnableAfterItHasParkedForLongOrShort() throws Exception {
    Thread main = Thread.currentThread();
    Actor.start(
            () -> {
              for (int i = 0; i < 100; i++) {
                LockSupport.unpark(main);
                LockSupport.parkNanos(i % 10 == 0 ? 2_000_000 : 1);
                assertThat(Thread.currentThread().getState()).isEqualTo(RUNNABLE);
                LockSupport.unpark(Thread.currentThread());
                LockSupport.park();
                assertThat(Thread.currentThread().getState()).isEqualTo(RUNNABLE);
              }
            })
        .join();
  }

  private static Thread startDaemon(Runnable action) {
    Thread thread = new Thread(action);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
