package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.HubTest;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Interrupts end what says so, in greenlets and threads, and nothing else. */
class InterruptTest extends HubTest {
  private static final Semaphore NONE_LEFT = new Semaphore(0);
  private static final AsyncResult<String> NOT_SET = new AsyncResult<>();
  private static final Event NEVER = new Event();

  private static Stream<Kind> kinds() {
    return Stream.of(Kind.GREENLET, Kind.FOREIGN, Kind.PLAIN, Kind.AWAY, Kind.VIRTUAL);
  }

  static Stream<Arguments> interruptible() {
    return Stream.of(
            Arguments.of("acquireInterruptibly", (Body) NONE_LEFT::acquireInterruptibly),
            Arguments.of("tryAcquire", (Body) () -> NONE_LEFT.tryAcquire(30, TimeUnit.SECONDS)),
            Arguments.of("get", (Body) NOT_SET::get),
            Arguments.of("get in time", (Body) () -> NOT_SET.get(30, TimeUnit.SECONDS)),
            Arguments.of("lock of semaphore", (Body) NONE_LEFT.asLock()::lockInterruptibly),
            Arguments.of("condition", (Body) InterruptTest::awaitCondition))
        .flatMap(each -> kinds().map(kind -> Arguments.of(kind, each.get()[0], each.get()[1])));
  }

  private static void awaitCondition() throws InterruptedException {
    RLock lock = new RLock();
    lock.lock();
    try {
      lock.newCondition().await();
    } finally {
      assertThat(lock.isHeldByCaller()).isTrue();
      lock.unlock();
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("interruptible")
  void shouldEndWhatIsInterruptible(Kind kind, String name, Body wait) {
    AtomicReference<Thread> thread = new AtomicReference<>();
    try (Others others = new Others()) {
      others.start(
          kind,
          () -> {
            Thread.currentThread().interrupt();
            assertThat(thrownBy(wait)).as("before").isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            thread.set(Thread.currentThread());
            assertThat(thrownBy(wait)).as("during").isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          });
      Others.until("it is about to wait", () -> thread.get() != null);
      io.gevent4j.Gevent.sleep(0.002);
      thread.get().interrupt();
    }
    assertThat(NONE_LEFT.linkCount() + NOT_SET.linkCount()).isZero();
  }

  static Stream<Arguments> others() {
    return Stream.of(
            Arguments.of("await", (Body) () -> NEVER.await(0.02)),
            Arguments.of("acquire", (Body) () -> NONE_LEFT.acquire(0.02)),
            Arguments.of("result", (Body) () -> NOT_SET.await(SHORT)))
        .flatMap(each -> kinds().map(kind -> Arguments.of(kind, each.get()[0], each.get()[1])));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("others")
  void shouldLeaveTheFlagToWhatIsNot(Kind kind, String name, Body wait) {
    try (Others others = new Others()) {
      others.start(
          kind,
          () -> {
            Thread.currentThread().interrupt();
            long start = System.nanoTime();
            assertThat(thrownBy(wait)).isNull();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(Thread.interrupted()).isTrue();
          });
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void shouldGiveToTheNextWhatTheInterruptedOneWasTold(Kind kind) throws Exception {
    for (int round = 0; round < 50 * Others.soak(); round++) {
      Semaphore semaphore = new Semaphore(0);
      Semaphore got = new Semaphore(0);
      AtomicReference<Thread> thread = new AtomicReference<>();
      try (Others others = new Others()) {
        others.start(
            kind,
            () -> {
              thread.set(Thread.currentThread());
              try {
                semaphore.acquireInterruptibly();
                got.release();
              } catch (InterruptedException e) {
                // the race is the other's
              }
              Thread.interrupted();
            });
        Others.until("it is there", () -> semaphore.linkCount() == 1);
        Thread interrupter = new Thread(() -> thread.get().interrupt());
        interrupter.start();
        Others.spin(round % 10 * 10_000);
        semaphore.release();
        interrupter.join(); // or it would interrupt whom the thread is lent to next
      }
      assertThat(semaphore.counter() + got.counter()).isEqualTo(1);
      assertThat(semaphore.linkCount()).isZero();
    }
  }
}
