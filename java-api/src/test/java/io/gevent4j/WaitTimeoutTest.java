package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.loop.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of everything that waits: it returns when its own time is up, and an outer timeout is never lost.
 * gevent: the mixins in {@code testing/timing.py}.
 */
class WaitTimeoutTest extends HubTest {
  private static final Duration NO_LIMIT = null;

  /** Something that waits in vain; for at most so long, if it isn't null. */
  interface Wait {
    Object await(Duration timeout) throws Throwable;
  }

  /** Where a wait is called. */
  interface Place {
    void run(Body body) throws Throwable;
  }

  private static void inMain(Body body) throws Throwable {
    body.run();
  }

  private static void inGreenlet(Body body) throws Throwable {
    Throwable[] thrown = new Throwable[1];
    Greenlet<Throwable> greenlet = Gevent.spawn(() -> thrown[0] = thrownBy(body));
    greenlet.join();
    assertThat(greenlet.successful()).isTrue();
    if (thrown[0] != null) {
      throw thrown[0];
    }
  }

  /** What never ends by itself, and doesn't let itself be killed. */
  private static Greenlet<Void> undead() {
    return spawnUndead(new ArrayList<>());
  }

  private static Arguments wait(String name, Wait wait, Object late) {
    return Arguments.of(name, wait, late);
  }

  /** With what is returned, or the class of what is thrown, when the time is up. */
  static Stream<Arguments> limited() {
    return Stream.of(
        wait("join", limit -> spawnSleeping().join(limit), false),
        wait("join in seconds", limit -> spawnSleeping().join(seconds(limit)), false),
        wait("get", limit -> spawnSleeping().get(limit), TimeoutException.class),
        wait(
            "get of a Future",
            limit -> spawnSleeping().get(nanos(limit), TimeUnit.NANOSECONDS),
            TimeoutException.class),
        wait("kill", WaitTimeoutTest::kill, "returned"),
        wait("killAll", WaitTimeoutTest::killAll, Timeout.class),
        wait(
            "joinAll",
            limit -> Gevent.joinAll(List.of(spawnSleeping(), undead()), limit),
            List.of()),
        wait("waitAll", limit -> Gevent.waitAll(List.of(spawnSleeping()), limit), List.of()),
        wait("waitAny", limit -> Gevent.waitAny(List.of(spawnSleeping()), limit), null),
        wait("iwait", limit -> Gevent.iwait(List.of(spawnSleeping()), limit, 1).hasNext(), false));
  }

  private static long nanos(Duration limit) {
    return limit == null ? LONG.toNanos() : limit.toNanos();
  }

  private static double seconds(Duration limit) {
    return nanos(limit) / 1e9;
  }

  private static String kill(Duration limit) {
    undead().kill(exit(), true, limit);
    return "returned";
  }

  private static String killAll(Duration limit) {
    Gevent.killAll(List.of(undead()), exit(), true, limit);
    return "returned";
  }

  /** Those that have no time of their own, or may be given none. */
  static Stream<Arguments> unlimited() {
    Stream<Arguments> others =
        Stream.of(
            wait("sleep", limit -> sleep(LONG), null),
            wait("sleep without ref", limit -> sleepUnreferenced(), null),
            wait("sleep of zero", limit -> sleepZero(), null),
            wait("idle", limit -> idle(), null),
            wait("Waiter", limit -> waiter(), null),
            wait("waitFor a timer", limit -> waitFor(Hub.get().loop().timer(LONG)), null),
            wait("waitFor another thread", limit -> waitFor(Hub.get().loop().async()), null),
            wait("waitFor a signal", limit -> waitFor(Hub.get().loop().signal("WINCH")), null),
            wait("close of a greenlet", limit -> close(), null));
    return Stream.concat(limited(), others);
  }

  private static Object sleep(Duration span) {
    Gevent.sleep(span);
    return null;
  }

  private static Object sleepUnreferenced() {
    Gevent.sleep(LONG, false);
    return null;
  }

  private static Object sleepZero() {
    for (; ; ) {
      Gevent.sleep(0);
    }
  }

  private static Object idle() {
    for (; ; ) {
      Gevent.idle();
    }
  }

  private static Object waiter() {
    return new Waiter<>().get();
  }

  private static Object waitFor(Watcher made) {
    try (Watcher watcher = made) {
      return Hub.get().waitFor(watcher);
    }
  }

  private static Object close() {
    spawnSleeping().close();
    return null;
  }

  private void assertLate(Wait wait, Object late) throws Throwable {
    long start = System.nanoTime();
    Object result;
    try {
      result = wait.await(SHORT);
    } catch (TimeoutException | Timeout thrown) {
      result = thrown.getClass();
    }
    assertThat(result).isEqualTo(late);
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos() / 2);
    assertUndisturbed();
  }

  /** Nothing is left behind that would end the next wait. */
  private static void assertUndisturbed() {
    long start = System.nanoTime();
    Gevent.sleep(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  private static void assertThrown(Wait wait, Duration limit) {
    Timeout outer = Timeout.startNew(SHORT);
    assertThat(thrownBy(() -> wait.await(limit))).isSameAs(outer);
    assertUndisturbed();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limited")
  void shouldEndWhenItsOwnTimeIsUp(String name, Wait wait, Object late) throws Throwable {
    inMain(() -> assertLate(wait, late));
    inGreenlet(() -> assertLate(wait, late));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limited")
  void shouldNotLoseAnOuterTimeoutWhenItHasALongerOne(String name, Wait wait, Object late)
      throws Throwable {
    inMain(() -> assertThrown(wait, LONG));
    inGreenlet(() -> assertThrown(wait, LONG));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unlimited")
  void shouldNotLoseAnOuterTimeoutWhenItHasNone(String name, Wait wait, Object late)
      throws Throwable {
    inMain(() -> assertThrown(wait, NO_LIMIT));
    inGreenlet(() -> assertThrown(wait, NO_LIMIT));
  }

  /** The hub is waited for by main only. */
  static Stream<Arguments> joins() {
    Function<Duration, Boolean> join = limit -> Hub.get().join(limit);
    return Stream.of(Arguments.of("hub.join", (Wait) join::apply, false));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("joins")
  void shouldObeyBothInMain(String name, Wait wait, Object late) throws Throwable {
    Greenlet<Void> busy = spawnSleeping();
    assertLate(wait, late);
    assertThrown(wait, LONG);
    assertThrown(wait, NO_LIMIT);
    assertThat(busy.ready()).isFalse();
  }
}
