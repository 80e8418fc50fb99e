package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Condition} promises. Each test has one lock and one condition of it. Here a
 * condition wakes nobody without a signal.
 */
abstract class SignalContract extends WorldTest {
  Lock lock;
  Condition condition;

  SignalContract(World world) {
    super(world);
  }

  abstract Lock lock();

  /** Whether an owner may lock it twice. */
  abstract boolean isReentrant();

  /** Whether those that were woken together get the lock in the order in which they came. */
  abstract boolean isFair();

  private void assertOrder(List<Integer> order, Integer... expected) {
    if (isFair()) {
      assertThat(order).containsExactly(expected);
    } else {
      assertThat(order).containsExactlyInAnyOrder(expected);
    }
  }

  /** Each of the five ways to wait, for long. */
  final List<World.Body> waits() {
    return List.of(
        () -> condition.await(),
        () -> assertThat(condition.await(LONG, MILLISECONDS)).isTrue(),
        () ->
            assertThat(condition.awaitNanos(MILLISECONDS.toNanos(LONG)))
                .isBetween(1L, MILLISECONDS.toNanos(LONG)),
        () ->
            assertThat(condition.awaitUntil(new Date(System.currentTimeMillis() + LONG))).isTrue(),
        () -> condition.awaitUninterruptibly());
  }

  final void make() {
    lock = lock();
    condition = lock.newCondition();
  }

  final Task<Void> spawnAwaiting(World.Body wait) throws Exception {
    return spawnWaiting(() -> locked(wait));
  }

  final void locked(World.Body body) throws Exception {
    lock.lock();
    try {
      body.run();
    } catch (Exception | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    } finally {
      lock.unlock(); // throws if it isn't held
    }
  }

  // ---- without the lock ----

  @Test
  void shouldRefuseThoseWhoDoNotHoldTheLock() throws Exception {
    make();
    List<World.Body> calls = new ArrayList<>(waits());
    calls.add(() -> condition.signal());
    calls.add(() -> condition.signalAll());
    assertThrows(IllegalMonitorStateException.class, calls.toArray(World.Body[]::new));
    lock.lock();
    Task<Void> other =
        spawn(
            () ->
                assertThrows(IllegalMonitorStateException.class, calls.toArray(World.Body[]::new)));
    join(other);
    lock.unlock();
  }

  @Test
  void shouldRefuseNulls() throws Exception {
    make();
    locked(
        () ->
            assertThrows(
                NullPointerException.class,
                () -> condition.await(1, null),
                () -> condition.awaitUntil(null)));
  }

  // ---- signals ----

  @Test
  void shouldWaitForASignalInEachWay() throws Exception {
    make();
    for (boolean all : new boolean[] {false, true}) {
      for (World.Body wait : waits()) {
        Task<Void> waiter = spawnAwaiting(wait);
        assertThat(lock.tryLock()).as("it has let the lock go").isTrue();
        if (all) {
          condition.signalAll();
        } else {
          condition.signal();
        }
        assertWaits(waiter); // for the lock
        lock.unlock();
        join(waiter);
      }
    }
  }

  @Test
  void shouldRememberNoSignal() throws Exception {
    make();
    locked(
        () -> {
          condition.signal();
          condition.signalAll();
          assertThat(takes(SHORT, () -> condition.await(SHORT, MILLISECONDS))).isFalse();
        });
  }

  @Test
  void shouldWakeOneByEachSignal() throws Exception {
    make();
    List<Integer> order = new ArrayList<>();
    List<Task<Void>> waiters = spawnNoting(order, 3);
    for (int i = 0; i < 3; i++) {
      locked(() -> condition.signal());
      untilDone(waiters.get(i));
      if (i < 2) {
        assertWaits(waiters.get(2));
      }
    }
    joinAll(waiters);
    assertThat(order).containsExactly(0, 1, 2);
  }

  @Test
  void shouldWakeAsManyAsThereWereSignals() throws Exception {
    make();
    List<Integer> order = new ArrayList<>();
    List<Task<Void>> waiters = spawnNoting(order, 3);
    locked(
        () -> {
          condition.signal();
          condition.signal();
        });
    join(waiters.get(0));
    join(waiters.get(1));
    assertWaits(waiters.get(2));
    locked(() -> condition.signal());
    join(waiters.get(2));
    assertOrder(order, 0, 1, 2);
  }

  @Test
  void shouldWakeAllInOrder() throws Exception {
    make();
    List<Integer> order = new ArrayList<>();
    List<Task<Void>> waiters = spawnNoting(order, 4);
    locked(() -> condition.signalAll());
    joinAll(waiters);
    assertOrder(order, 0, 1, 2, 3);
  }

  private List<Task<Void>> spawnNoting(List<Integer> order, int many) throws Exception {
    List<Task<Void>> waiters = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int number = i;
      waiters.add(
          spawnAwaiting(
              () -> {
                condition.await();
                order.add(number);
              }));
    }
    return waiters;
  }

  @Test
  void shouldNotWakeThoseThatWaitForAnother() throws Exception {
    make();
    Condition other = lock.newCondition();
    Task<Void> waiter = spawnAwaiting(() -> condition.await());
    Task<Void> waiterForOther = spawnAwaiting(other::await);
    locked(other::signalAll);
    join(waiterForOther);
    assertWaits(waiter);
    locked(() -> condition.signal());
    join(waiter);
  }

  @Test
  void shouldLetGoOfAllHoldsAndTakeThemAgain() throws Exception {
    make();
    assumeTrue(isReentrant(), "this lock can't be taken twice");
    Task<Void> waiter =
        spawnAwaiting(
            () -> {
              lock.lock();
              condition.await();
              lock.unlock();
              assertThat(join(spawn(() -> lock.tryLock()))).as("it still holds it once").isFalse();
            });
    lock.lock();
    lock.lock();
    condition.signal();
    lock.unlock();
    assertWaits(waiter);
    lock.unlock();
    join(waiter);
    assertThat(join(spawn(() -> lock.tryLock()))).isTrue();
  }

  // ---- timeouts ----

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    make();
    long nanos = MILLISECONDS.toNanos(SHORT);
    locked(
        () -> {
          assertThat(takes(SHORT, () -> condition.await(SHORT, MILLISECONDS))).isFalse();
          assertThat(takes(SHORT, () -> condition.awaitNanos(nanos))).isLessThanOrEqualTo(0);
          Date date = new Date(System.currentTimeMillis() + SHORT);
          assertThat(condition.awaitUntil(date)).isFalse();
          assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(date.getTime());
        });
  }

  @Test
  void shouldNotWaitWithoutTime() throws Exception {
    make();
    locked(
        () -> {
          for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThat(condition.await(time, MILLISECONDS)).isFalse();
            assertThat(condition.awaitNanos(time)).isLessThanOrEqualTo(0);
          }
          assertThat(condition.awaitUntil(new Date(0))).isFalse();
          assertThat(condition.awaitUntil(new Date())).isFalse();
        });
    Task<Void> longAgo =
        spawn(
            () ->
                locked(() -> assertThat(condition.awaitUntil(new Date(Long.MIN_VALUE))).isFalse()));
    join(longAgo);
  }

  @Test
  void shouldWaitForEverWhenTheTimeIsThatLong() throws Exception {
    make();
    List<World.Body> waits =
        List.of(
            () -> assertThat(condition.await(Long.MAX_VALUE, MILLISECONDS)).isTrue(),
            () -> assertThat(condition.awaitNanos(Long.MAX_VALUE)).isPositive(),
            () -> assertThat(condition.awaitUntil(new Date(Long.MAX_VALUE))).isTrue());
    for (World.Body wait : waits) {
      Task<Void> waiter = spawnAwaiting(wait);
      locked(() -> condition.signal());
      join(waiter);
    }
  }

  @Test
  void shouldHoldTheLockWhenTheTimeIsUp() throws Exception {
    make();
    Task<Boolean> waiter =
        spawn(
            () -> {
              lock.lock();
              boolean signalled = condition.await(SHORT, MILLISECONDS);
              lock.unlock();
              return signalled;
            });
    locked(() -> takes(SHORT, () -> condition.await(2 * SHORT, MILLISECONDS)));
    assertThat(join(waiter)).isFalse();
  }

  @Test
  void shouldGiveTheSignalToThoseWhoStillWait() throws Exception {
    make();
    Task<Void> tired = spawn(() -> locked(() -> condition.await(SHORT, MILLISECONDS)));
    join(tired);
    Task<Void> waiter = spawnAwaiting(() -> condition.await());
    locked(() -> condition.signal());
    join(waiter);
  }
}
