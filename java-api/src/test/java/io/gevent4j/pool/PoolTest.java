package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many greenlets a pool lets run, and who waits for a slot. */
class PoolTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private static Greenlet<Void> sleeper() {
    return new Greenlet<>(() -> Gevent.sleep(LONG));
  }

  /** A pool of one slot, which this has. */
  private static Pool fullPool(Greenlet<?> member) {
    Pool pool = new Pool(1);
    pool.start(member);
    assertThat(pool.full()).isTrue();
    return pool;
  }

  // ---- slots ----

  @Test
  void shouldRefuseANegativeSize() {
    assertThatThrownBy(() -> new Pool(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void shouldCountItsFreeSlots() {
    Pool pool = new Pool(2);
    assertThat(pool.maxSize()).isEqualTo(2);
    assertThat(pool.freeCount()).isEqualTo(2);
    Greenlet<Object> first = pool.spawn(() -> seen.add(1));
    assertThat(pool.freeCount()).isEqualTo(1);
    assertThat(pool.full()).isFalse();
    first.join();
    turn();
    assertThat(pool.freeCount()).isEqualTo(2);
    pool.spawn(() -> {});
    pool.spawn(() -> {});
    assertThat(pool.full()).isTrue();
    pool.join();
    assertThat(pool.full()).isFalse();
  }

  // gevent: test__pool.py test_execute_async
  @Test
  void shouldNeverWaitInApplyAsync() {
    Pool pool = new Pool(2);
    pool.applyAsync(() -> seen.add(2));
    assertThat(pool.freeCount()).isEqualTo(1);
    pool.applyAsync(() -> seen.add(3));
    assertThat(pool.freeCount()).isZero();
    Greenlet<Boolean> last = pool.applyAsync(() -> seen.add(4));
    assertThat(seen).isEmpty();
    assertThat(pool.size()).isEqualTo(2);
    last.join();
    assertThat(seen).containsExactly(2, 3, 4);
    pool.join();
  }

  @Test
  void shouldHaveAnyNumberWithoutALimit() {
    Pool pool = new Pool();
    for (int i = 0; i < 100; i++) {
      pool.spawn(() -> {});
      assertThat(pool.freeCount()).isEqualTo(1);
      assertThat(pool.full()).isFalse();
    }
    assertThat(pool.size()).isEqualTo(100);
    assertThat(pool.maxSize()).isEqualTo(Integer.MAX_VALUE);
    assertThat(pool.waitAvailable()).isPositive();
    pool.join();
  }

  // gevent: test__pool.py TestSpawn
  @Test
  void shouldWaitInSpawnUntilASlotIsFree() {
    Pool pool = new Pool(1);
    Greenlet<Void> first = pool.spawn(() -> Gevent.sleep(SHORT));
    assertThat(first.ready()).isFalse();
    Greenlet<Void> second = pool.spawn(() -> Gevent.sleep(SHORT));
    assertThat(first.ready()).isTrue();
    assertThat(pool).containsExactly(second);
    pool.join();
  }

  @Test
  void shouldNeverHaveMoreThanItsSize() {
    Pool pool = new Pool(3);
    int[] running = new int[2];
    for (int i = 0; i < 20; i++) {
      int pause = i % 4;
      pool.spawn(
          () -> {
            running[1] = Math.max(running[1], ++running[0]);
            Gevent.sleep(Duration.ofMillis(pause));
            running[0]--;
          });
    }
    pool.join();
    assertThat(running).containsExactly(0, 3);
  }

  @Test
  void shouldServeThoseWhoWaitInTheirOrder() {
    Pool pool = fullPool(new Greenlet<>(() -> Gevent.sleep(SHORT)));
    List<Greenlet<?>> spawners = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      spawners.add(Gevent.spawn(() -> pool.spawn(() -> seen.add(number))));
    }
    Gevent.joinAll(spawners);
    pool.join();
    assertThat(seen).containsExactly(0, 1, 2, 3);
  }

  @Test
  void shouldNotLoseTheSlotOfASpawnerThatIsKilled() {
    Greenlet<Void> member = sleeper();
    Pool pool = fullPool(member);
    Greenlet<Object> killed = Gevent.spawn(() -> pool.spawn(() -> seen.add("killed")));
    Greenlet<Object> next = Gevent.spawn(() -> pool.spawn(() -> seen.add("next")));
    turn();
    member.kill(false);
    turn(); // the first has been told of the slot
    killed.kill();
    assertThat(next.join(LONG)).isTrue();
    pool.join();
    assertThat(seen).containsExactly("next");
    assertThat(pool.freeCount()).isEqualTo(1);
  }

  @Test
  void shouldWaitForEverWithoutSlots() {
    Pool pool = new Pool(0);
    assertThat(pool.freeCount()).isZero();
    assertThat(pool.full()).isTrue();
    assertThat(pool.waitAvailable(SHORT)).isZero();
    assertThat(thrownBy(() -> pool.spawn(() -> 1))).isInstanceOf(LoopExit.class);
    assertThat(thrownBy(pool::waitAvailable)).isInstanceOf(LoopExit.class);
    assertThat(pool.join()).isTrue();
  }

  // gevent: test__pool.py test_stderr_raising
  @Test
  void shouldNotLoseASlotWhenAnErrorCannotBePrinted() throws Exception {
    Gevent.getHub().setErrorHandler(null);
    Gevent.getHub()
        .setExceptionStream(
            new PrintStream(OutputStream.nullOutputStream()) {
              @Override
              public void println(Object text) {
                throw new IllegalStateException("cannot print");
              }
            });
    Pool pool = new Pool(1);
    Greenlet<Void> crashing =
        pool.spawn(
            () -> {
              throw new IllegalArgumentException("of the test");
            });
    assertThat(thrownBy(crashing::get)).hasMessageContaining("of the test");
    turn();
    assertThat(pool.freeCount()).isEqualTo(1);
    assertThat(pool.<Integer>apply(() -> 1)).isEqualTo(1);
    pool.join();
  }

  // ---- waiting until one is free ----

  @Test
  void shouldWaitUntilASlotIsFreeAndLeaveItSo() {
    Pool pool = fullPool(new Greenlet<>(() -> Gevent.sleep(SHORT)));
    assertThat(pool.waitAvailable(LONG)).isEqualTo(1);
    assertThat(pool.freeCount()).isEqualTo(1);
    assertThat(pool.waitAvailable(0.0)).isEqualTo(1);
    assertThat(pool.waitAvailable(Duration.ZERO)).isEqualTo(1);
  }

  @Test
  void shouldSayThatNoSlotBecameFree() {
    Greenlet<Void> member = sleeper();
    Pool pool = fullPool(member);
    assertThat(pool.waitAvailable(SHORT)).isZero();
    assertThat(pool.waitAvailable(0.001)).isZero();
    member.kill();
    turn();
    assertThat(pool.waitAvailable()).isEqualTo(1);
  }

  // ---- discard ----

  // gevent: test__pool.py test_discard
  @Test
  void shouldFreeTheSlotOfWhatIsDiscardedOnce() {
    Greenlet<Void> member = sleeper();
    Pool pool = fullPool(member);
    pool.discard(member);
    assertThat(pool.freeCount()).isEqualTo(1);
    pool.discard(member);
    member.kill();
    turns();
    assertThat(pool.waitAvailable(SHORT)).isEqualTo(1);
  }

  @Test
  void shouldFreeNoSlotForAStranger() {
    Greenlet<Void> member = sleeper();
    Pool pool = fullPool(member);
    pool.discard(sleeper());
    assertThat(pool.waitAvailable(SHORT)).isZero();
    pool.kill();
  }

  @Test
  void shouldGiveTheSlotOfWhatIsDiscardedToWhoWaits() {
    Greenlet<Void> member = sleeper();
    Pool pool = fullPool(member);
    Greenlet<Greenlet<Integer>> spawner = Gevent.spawn(() -> pool.spawn(() -> 7));
    turn();
    pool.discard(member);
    assertThat(spawner.join(LONG)).isTrue();
    pool.join();
    assertThat(spawner.value().value()).isEqualTo(7);
    member.kill();
  }

  // ---- add and start ----

  // gevent: test__pool.py test_add_method
  @Test
  void shouldWaitInAddUntilAnotherTimeout() {
    Greenlet<Void> first = spawnSleeping();
    Greenlet<Void> second = spawnSleeping();
    Pool pool = new Pool(1);
    pool.add(first);
    assertThat(pool.freeCount()).isZero();
    Timeout outer = new Timeout(SHORT);
    assertThat(thrownBy(() -> outer.run(() -> pool.add(second)))).isSameAs(outer);
    assertThat(pool).containsExactly(first);
    Gevent.killAll(List.of(first, second));
  }

  @Test
  void shouldAddOneThatIsOverByTheTimeThereIsASlot() {
    Pool pool = fullPool(new Greenlet<>(() -> Gevent.sleep(SHORT)));
    Greenlet<Void> brief = Gevent.spawn(() -> {});
    pool.add(brief);
    assertThat(brief.ready()).isTrue();
    assertThat(pool.join()).isTrue();
    assertThat(pool.freeCount()).isEqualTo(1);
  }

  // gevent: test__pool.py test_add_method_non_blocking, test_add_method_timeout
  @Test
  void shouldThrowPoolFullWhereThereIsNoSlotInTime() {
    Greenlet<Void> first = sleeper();
    Pool pool = fullPool(first);
    Greenlet<Void> second = sleeper();
    assertThatThrownBy(() -> pool.add(second, false, null))
        .isInstanceOf(PoolFull.class)
        .hasMessageContaining(pool.toString());
    assertThatThrownBy(() -> pool.add(second, false, LONG)).isInstanceOf(PoolFull.class);
    long start = System.nanoTime();
    assertThatThrownBy(() -> pool.add(second, true, SHORT)).isInstanceOf(PoolFull.class);
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
    assertThat(pool).containsExactly(first);
    pool.kill();
    turn();
    pool.add(second, false, null);
    assertThat(pool).containsExactly(second);
  }

  // gevent: test__pool.py test_start_method_timeout
  @Test
  void shouldNotStartWhatFindsNoSlotInTime() {
    Pool pool = fullPool(sleeper());
    Greenlet<Object> second = new Greenlet<>(() -> seen.add("ran"));
    assertThatThrownBy(() -> pool.start(second, true, SHORT)).isInstanceOf(PoolFull.class);
    assertThatThrownBy(() -> pool.start(second, false, null)).isInstanceOf(PoolFull.class);
    turns();
    assertThat(second.isStarted()).isFalse();
    pool.kill();
    pool.start(second, true, LONG);
    pool.join();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void shouldTakeNoSecondSlotForAMember() {
    Pool pool = new Pool(2);
    Greenlet<Void> member = sleeper();
    pool.start(member);
    pool.add(member);
    pool.add(member, false, null);
    assertThat(pool.freeCount()).isEqualTo(1);
    pool.kill();
    assertThat(pool.waitAvailable(SHORT)).isEqualTo(2);
  }

  @Test
  void shouldTakeNoSecondSlotWhenTwoAddTheSame() {
    Pool pool = new Pool(2);
    List<Greenlet<Void>> first = List.of(sleeper(), sleeper());
    first.forEach(pool::start);
    Greenlet<Void> wanted = sleeper();
    Greenlet<Void> one = Gevent.spawn(() -> pool.add(wanted));
    Greenlet<Void> two = Gevent.spawn(() -> pool.add(wanted));
    turn();
    first.forEach(pool::discard);
    Gevent.joinAll(one, two);
    assertThat(pool).containsExactly(wanted);
    assertThat(pool.waitAvailable(SHORT)).isEqualTo(1);
    pool.discard(wanted);
    assertThat(pool.waitAvailable(SHORT)).isEqualTo(2);
    Gevent.killAll(first);
  }

  @Test
  void shouldFreeTheSlotOfARawOneThatIsKilled() {
    Pool pool = new Pool(1);
    RawGreenlet raw = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    pool.add(raw);
    assertThat(pool.full()).isTrue();
    pool.kill();
    assertThat(pool.waitAvailable(SHORT)).isEqualTo(1);
  }

  // gevent: test__pool.py test_multiple_coros
  @Test
  void shouldRunSeveralThatWaitForEachOther() {
    Event event = new Event();
    Pool pool = new Pool(2);
    Greenlet<Void> consumer =
        pool.spawn(
            () -> {
              seen.add("consumer 1");
              event.await();
              seen.add("consumer 2");
            });
    pool.applyAsync(
        () -> {
          Gevent.sleep(SHORT);
          seen.add("producer");
          event.set();
          return null;
        });
    consumer.join();
    assertThat(seen).containsExactly("consumer 1", "producer", "consumer 2");
    pool.join();
  }
}
