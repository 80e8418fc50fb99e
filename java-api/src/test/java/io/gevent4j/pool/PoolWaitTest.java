package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything here that waits: it returns after its own timeout, neither much sooner nor much later,
 * and never swallows anybody else's.
 */
class PoolWaitTest extends HubTest {
  private static final Duration MUCH_LATER = Duration.ofSeconds(5);

  /** Something that waits on a full pool for at most so long (null: for ever). */
  private static final class Wait {
    final String name;
    final boolean limited; // it takes a timeout
    final BiConsumer<Pool, Duration> wait;

    Wait(String name, boolean limited, BiConsumer<Pool, Duration> wait) {
      this.name = name;
      this.limited = limited;
      this.wait = wait;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static void ignoringPoolFull(Runnable run) {
    try {
      run.run();
    } catch (PoolFull expected) {
      // That is how it says that the time is up.
    }
  }

  private static Greenlet<Void> idler() {
    return new Greenlet<>(() -> {});
  }

  private static Integer sleepLong(Integer item) {
    Gevent.sleep(LONG);
    return item;
  }

  private static void apply(Pool pool) {
    Throwable thrown = thrownBy(() -> pool.apply(() -> 1));
    if (thrown != null) {
      throw raise(thrown);
    }
  }

  static Stream<Wait> all() {
    return Stream.of(
        new Wait("join", true, Pool::join),
        new Wait("join, raising errors", true, (pool, timeout) -> pool.join(timeout, true)),
        new Wait("waitAvailable", true, Pool::waitAvailable),
        new Wait(
            "add",
            true,
            (pool, timeout) -> ignoringPoolFull(() -> pool.add(idler(), true, timeout))),
        new Wait(
            "start",
            true,
            (pool, timeout) -> ignoringPoolFull(() -> pool.start(idler(), true, timeout))),
        new Wait("kill", true, (pool, timeout) -> pool.kill(exit(), true, timeout)),
        new Wait(
            "killOne",
            true,
            (pool, timeout) ->
                pool.killOne((Greenlet<?>) pool.iterator().next(), exit(), true, timeout)),
        new Wait("spawn", false, (pool, timeout) -> pool.spawn(() -> 1)),
        new Wait("apply", false, (pool, timeout) -> apply(pool)),
        new Wait("map", false, (pool, timeout) -> pool.map(each -> each, List.of(1))),
        new Wait("imap", false, (pool, timeout) -> pool.imap(each -> each, List.of(1)).next()),
        new Wait(
            "imapUnordered",
            false,
            (pool, timeout) ->
                new Group().imapUnordered(PoolWaitTest::sleepLong, List.of(1)).hasNext()));
  }

  static Stream<Wait> limited() {
    return all().filter(each -> each.limited);
  }

  /** Of one slot, taken by one who survives everything. */
  private static Pool fullPool() {
    Pool pool = new Pool(1);
    pool.add(spawnUndead(new ArrayList<>()));
    return pool;
  }

  private static void assertTakes(Duration least, Runnable run) {
    long start = System.nanoTime();
    run.run();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(least, MUCH_LATER);
  }

  @ParameterizedTest
  @MethodSource("limited")
  void shouldReturnWhenItsTimeIsUp(Wait each) {
    Pool pool = fullPool();
    assertTakes(SHORT, () -> each.wait.accept(pool, SHORT));
    assertTakes(Duration.ZERO, () -> each.wait.accept(pool, Duration.ZERO));
    assertTakes(Duration.ZERO, () -> each.wait.accept(pool, Duration.ofMillis(-1)));
  }

  private static void assertThrowsTimeout(Consumer<Pool> wait) {
    Pool pool = fullPool();
    Timeout outer = new Timeout(SHORT);
    assertTakes(
        SHORT,
        () -> assertThat(thrownBy(() -> outer.run(() -> wait.accept(pool)))).isSameAs(outer));
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldThrowATimeoutThatIsPending(Wait each) {
    assertThrowsTimeout(pool -> each.wait.accept(pool, null));
    assertThrowsTimeout(pool -> each.wait.accept(pool, LONG));
  }

  @ParameterizedTest
  @MethodSource("all")
  void shouldEndWithItsGreenlet(Wait each) {
    Pool pool = fullPool();
    Greenlet<Void> waiting = Gevent.spawn(() -> each.wait.accept(pool, null));
    turns();
    assertThat(waiting.ready()).isFalse();
    waiting.kill(exit(), true, MUCH_LATER);
    assertThat(waiting.isCancelled()).isTrue();
  }

  @Test
  void shouldTellWhetherTheTimeWasUp() {
    Pool pool = fullPool();
    assertThat(pool.join(SHORT)).isFalse();
    assertThat(pool.join(0.001)).isFalse();
    assertThat(pool.join(Duration.ZERO)).isFalse();
    assertThat(pool.join(SHORT, true)).isFalse();
    pool.discard(pool.iterator().next());
    assertThat(pool.join(SHORT)).isTrue();
    assertThat(pool.join(0.001)).isTrue();
  }
}
