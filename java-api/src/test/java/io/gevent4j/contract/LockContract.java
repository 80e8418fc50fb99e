package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

/** What a {@link Lock} promises. */
abstract class LockContract extends WorldTest {
  LockContract(World world) {
    super(world);
  }

  abstract Lock lock();

  /** Whether it knows its owner, who may lock it again, and who alone may unlock it. */
  abstract boolean isOwned();

  /** Whether those that wait get it in the order in which they came. */
  abstract boolean isFair();

  private boolean isFreeForOthers(Lock lock) throws Exception {
    return join(
        spawn(
            () -> {
              boolean free = lock.tryLock();
              if (free) {
                lock.unlock();
              }
              return free;
            }));
  }

  /** Holds it until the gate opens. */
  private Task<Void> spawnHolding(Lock lock, Gate gate) throws Exception {
    Task<Void> holder =
        spawnWaiting(
            () -> {
              lock.lock();
              try {
                gate.await();
              } finally {
                lock.unlock();
              }
            });
    until(() -> isHeld(lock), "the holder");
    return holder;
  }

  private static boolean isHeld(Lock lock) {
    if (lock.tryLock()) {
      lock.unlock();
      return false;
    }
    return true;
  }

  // ---- alone ----

  @Test
  void shouldBeFreeAgainAfterEachWayToLockIt() throws Exception {
    Lock lock = lock();
    List<World.Body> ways =
        List.of(
            lock::lock,
            lock::lockInterruptibly,
            () -> assertThat(lock.tryLock()).isTrue(),
            () -> assertThat(lock.tryLock(LONG, MILLISECONDS)).isTrue(),
            () -> assertThat(lock.tryLock(0, MILLISECONDS)).isTrue(),
            () -> assertThat(lock.tryLock(-1, MILLISECONDS)).isTrue());
    for (World.Body way : ways) {
      assertThat(thrownBy(way)).isNull();
      assertThat(isFreeForOthers(lock)).isFalse();
      lock.unlock();
      assertThat(isFreeForOthers(lock)).isTrue();
    }
  }

  @Test
  void shouldRefuseANullUnit() {
    assertThrows(NullPointerException.class, () -> lock().tryLock(1, null));
  }

  @Test
  void shouldBeUnlockedAsOftenAsLocked() throws Exception {
    assumeTrue(isOwned(), "this lock has no owner");
    Lock lock = lock();
    lock.lock();
    lock.lockInterruptibly();
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.tryLock(LONG, MILLISECONDS)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(isFreeForOthers(lock)).isFalse();
      lock.unlock();
    }
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  @Test
  void shouldRefuseToBeUnlockedWhenFree() throws Exception {
    assumeTrue(isOwned(), "this lock has no owner");
    Lock lock = lock();
    assertThrows(IllegalMonitorStateException.class, lock::unlock);
    lock.lock();
    lock.unlock();
    assertThrows(IllegalMonitorStateException.class, lock::unlock);
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  @Test
  void shouldRefuseToBeUnlockedByAnother() throws Exception {
    assumeTrue(isOwned(), "this lock has no owner");
    Lock lock = lock();
    lock.lock();
    assertThat(join(spawn(() -> thrownBy(lock::unlock))))
        .isInstanceOf(IllegalMonitorStateException.class);
    assertThat(isFreeForOthers(lock)).as("it is held all the same").isFalse();
    lock.unlock();
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  // ---- waiting ----

  @Test
  void shouldWaitUntilItIsUnlocked() throws Exception {
    Lock lock = lock();
    List<World.Body> ways =
        List.of(
            lock::lock,
            lock::lockInterruptibly,
            () -> assertThat(lock.tryLock(LONG, MILLISECONDS)).isTrue());
    for (World.Body way : ways) {
      lock.lock();
      Task<Void> waiter =
          spawnWaiting(
              () -> {
                way.run();
                lock.unlock();
              });
      assertWaits(waiter);
      lock.unlock();
      join(waiter);
      assertThat(isFreeForOthers(lock)).isTrue();
    }
  }

  @Test
  void shouldWaitForTheLastUnlock() throws Exception {
    assumeTrue(isOwned(), "this lock has no owner");
    Lock lock = lock();
    lock.lock();
    lock.lock();
    Task<Void> waiter =
        spawnWaiting(
            () -> {
              lock.lock();
              lock.unlock();
            });
    lock.unlock();
    assertWaits(waiter);
    lock.unlock();
    join(waiter);
  }

  @Test
  void shouldGoToThoseThatWaitInTheOrderInWhichTheyCame() throws Exception {
    assumeTrue(isFair(), "this lock promises no order");
    Lock lock = lock();
    List<Integer> order = new ArrayList<>();
    List<Task<Void>> waiters = new ArrayList<>();
    lock.lock();
    for (int i = 0; i < 4; i++) {
      int number = i;
      waiters.add(
          spawnWaiting(
              () -> {
                lock.lock();
                order.add(number);
                lock.unlock();
              }));
    }
    lock.unlock();
    joinAll(waiters);
    assertThat(order).containsExactly(0, 1, 2, 3);
  }

  // ---- timeouts ----

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    Lock lock = lock();
    Gate gate = new Gate();
    Task<Void> holder = spawnHolding(lock, gate);
    assertThat(lock.tryLock()).isFalse();
    assertThat(lock.tryLock(0, MILLISECONDS)).isFalse();
    assertThat(lock.tryLock(Long.MIN_VALUE, MILLISECONDS)).isFalse();
    assertThat(takes(SHORT, () -> lock.tryLock(SHORT, MILLISECONDS))).isFalse();
    gate.open();
    join(holder);
    assertThat(isFreeForOthers(lock)).as("nobody waits any more").isTrue();
  }

  @Test
  void shouldForgetThoseWhoseTimeIsUp() throws Exception {
    Lock lock = lock();
    lock.lock();
    Task<Boolean> tired = spawn(() -> lock.tryLock(SHORT, MILLISECONDS));
    Task<Boolean> waiter = spawnWaiting(() -> lock.tryLock(Long.MAX_VALUE, MILLISECONDS));
    assertThat(join(tired)).isFalse();
    lock.unlock();
    assertThat(join(waiter)).isTrue();
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToLockInterruptiblyWhenInterrupted() throws Exception {
    Lock lock = lock();
    for (boolean free : new boolean[] {true, false}) {
      if (!free) {
        lock.lock();
      }
      assertRefusesInterrupted(lock::lockInterruptibly);
      assertRefusesInterrupted(() -> lock.tryLock(LONG, MILLISECONDS));
    }
    lock.unlock();
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    Lock lock = lock();
    lock.lock();
    assertStopsInterrupted(lock::lockInterruptibly);
    assertStopsInterrupted(() -> lock.tryLock(LONG, MILLISECONDS));
    lock.unlock();
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  @Test
  void shouldBeLockedAllTheSameWhenInterrupted() throws Exception {
    Lock lock = lock();
    for (boolean before : new boolean[] {true, false}) {
      lock.lock();
      Task<Void> waiter =
          spawnWaiting(
              () -> {
                if (before) {
                  Thread.currentThread().interrupt();
                }
                lock.lock();
                lock.unlock();
              });
      if (!before) {
        waiter.interrupt();
      }
      assertWaits(waiter);
      lock.unlock();
      join(waiter);
      assertThat(waiter.wasLeftInterrupted()).as("it is still interrupted").isTrue();
    }
  }

  @Test
  void shouldTryWhateverTheInterruptStatus() throws Exception {
    Lock lock = lock();
    Task<Void> task =
        spawn(
            () -> {
              Thread.currentThread().interrupt();
              assertThat(lock.tryLock()).isTrue();
              lock.unlock();
            });
    join(task);
    assertThat(task.wasLeftInterrupted()).isTrue();
  }

  /** Whichever of the two comes first: the lock goes to the first or to the second. */
  @Test
  void shouldNotBeLostWhenInterruptAndUnlockComeTogether() throws Exception {
    Lock lock = lock();
    for (int i = 0; i < 60; i++) {
      lock.lock();
      Task<Void> first =
          spawnWaiting(
              () -> {
                lock.lockInterruptibly();
                lock.unlock();
              });
      Task<Void> second =
          spawnWaiting(
              () -> {
                lock.lock();
                lock.unlock();
              });
      if (i % 2 == 0) {
        first.interrupt();
      }
      lock.unlock();
      if (i % 2 == 1) {
        first.interrupt();
      }
      untilDone(first);
      join(second);
    }
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  // ---- many ----

  @Test
  void shouldBeHeldByOneAtATime() throws Exception {
    Lock lock = lock();
    int many = 6;
    int each = 150;
    int[] count = {0, 0}; // in it, and ever been in it: guarded by the lock
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      tasks.add(
          spawn(
              () -> {
                for (int j = 0; j < each; j++) {
                  enter(lock, j);
                  try {
                    assertThat(++count[0]).isEqualTo(1);
                    count[1]++;
                    if (j % 16 == 0) {
                      world.pause();
                    }
                    count[0]--;
                  } finally {
                    lock.unlock();
                  }
                }
              }));
    }
    joinAll(tasks);
    assertThat(count[1]).isEqualTo(many * each);
    assertThat(isFreeForOthers(lock)).isTrue();
  }

  private void enter(Lock lock, int way) throws InterruptedException {
    switch (way % 4) {
      case 0 -> lock.lock();
      case 1 -> lock.lockInterruptibly();
      case 2 -> assertThat(lock.tryLock(LONG, MILLISECONDS)).isTrue();
      default -> {
        while (!lock.tryLock()) {
          world.pause();
        }
      }
    }
  }
}
