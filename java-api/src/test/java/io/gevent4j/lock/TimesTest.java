package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wait ends at its own time and loses no outer timeout. gevent: {@code timing.py}. */
class TimesTest extends HubTest {
  /** Waits in vain for at most so long. */
  interface Wait {
    Object await(Duration limit) throws Throwable;
  }

  private static Arguments wait(String name, Wait wait, Object late) {
    return Arguments.of(name, wait, late);
  }

  private static Semaphore none() {
    return new Semaphore(0);
  }

  private static RLock taken() {
    RLock lock = new RLock();
    Gevent.spawn(() -> lock.lock()).join();
    return lock;
  }

  private static Object awaitCondition(Duration limit) throws InterruptedException {
    RLock lock = new RLock();
    lock.lock();
    try {
      return lock.newCondition().await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      lock.unlock();
    }
  }

  static Stream<Arguments> waits() {
    return Stream.of(
        wait("event", limit -> new Event().await(limit), false),
        wait("event in seconds", limit -> new Event().await(limit.toNanos() / 1e9), false),
        wait("result", limit -> new AsyncResult<>().await(limit), null),
        wait("result in seconds", limit -> new AsyncResult<>().await(limit.toNanos() / 1e9), null),
        wait("get", limit -> new AsyncResult<>().get(limit), TimeoutException.class),
        wait(
            "get in seconds",
            limit -> new AsyncResult<>().get(limit.toNanos() / 1e9),
            TimeoutException.class),
        wait(
            "get of a greenlet in seconds",
            limit -> Gevent.spawn(() -> Gevent.sleep(9)).get(limit.toNanos() / 1e9),
            TimeoutException.class),
        wait(
            "get of a future",
            limit -> new AsyncResult<>().get(limit.toNanos(), TimeUnit.NANOSECONDS),
            TimeoutException.class),
        wait("acquire", limit -> none().acquire(limit), false),
        wait("acquire in seconds", limit -> none().acquire(limit.toNanos() / 1e9), false),
        wait(
            "tryAcquire", limit -> none().tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS), false),
        wait("await of a semaphore", limit -> none().await(limit), 0),
        wait("bounded", limit -> new BoundedSemaphore(0).acquire(limit), false),
        wait(
            "lock of a semaphore",
            limit -> none().asLock().tryLock(limit.toNanos(), TimeUnit.NANOSECONDS),
            false),
        wait("lock", limit -> taken().tryLock(limit), false),
        wait("lock in seconds", limit -> taken().tryLock(limit.toNanos() / 1e9), false),
        wait("condition", TimesTest::awaitCondition, false));
  }

  private static void inMainAndInAGreenlet(Body body) throws Throwable {
    body.run();
    Greenlet<Throwable> greenlet = Gevent.spawn(() -> thrownBy(body));
    greenlet.join();
    if (greenlet.value() != null) {
      throw greenlet.value();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void shouldEndWhenItsOwnTimeIsUp(String name, Wait wait, Object late) throws Throwable {
    inMainAndInAGreenlet(
        () -> {
          long start = System.nanoTime();
          Object result;
          try {
            result = wait.await(SHORT);
          } catch (TimeoutException thrown) {
            result = thrown.getClass();
          }
          assertThat(result).isEqualTo(late);
          assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos() / 2);
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void shouldNotLoseAnOuterTimeout(String name, Wait wait, Object late) throws Throwable {
    inMainAndInAGreenlet(
        () -> {
          Timeout outer = Timeout.startNew(SHORT);
          assertThat(thrownBy(() -> wait.await(LONG))).isSameAs(outer);
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void shouldTellNestedTimeoutsApart(String name, Wait wait, Object late) throws Throwable {
    inMainAndInAGreenlet(
        () -> {
          try (Timeout outer = Timeout.startNew(LONG);
              Timeout inner = Timeout.startNew(SHORT)) {
            assertThat(thrownBy(() -> wait.await(LONG))).isSameAs(inner);
            assertThat(outer.isPending()).isTrue();
          }
          try (Timeout outer = Timeout.startNew(SHORT);
              Timeout inner = Timeout.startNew(LONG)) {
            assertThat(thrownBy(() -> wait.await(LONG))).isSameAs(outer);
            assertThat(inner.isPending()).isTrue();
          }
        });
  }
}
