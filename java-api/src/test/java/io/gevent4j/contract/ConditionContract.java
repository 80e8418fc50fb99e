package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;

/** What a {@link Condition} promises to those that are interrupted, and to many at once. */
abstract class ConditionContract extends SignalContract {
  ConditionContract(World world) {
    super(world);
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    make();
    for (World.Body wait : waits().subList(0, 4)) {
      assertRefusesInterrupted(() -> locked(wait));
    }
    assertThat(lock.tryLock()).as("it has been unlocked").isTrue();
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    make();
    for (World.Body wait : waits().subList(0, 4)) {
      assertStopsInterrupted(() -> locked(wait));
    }
    assertThat(lock.tryLock()).as("it has been unlocked").isTrue();
  }

  @Test
  void shouldComeBackWithTheLockWhenInterrupted() throws Exception {
    make();
    Task<Void> waiter = spawnAwaiting(() -> condition.await());
    lock.lock();
    waiter.interrupt();
    assertWaits(waiter); // for the lock
    lock.unlock();
    assertInterrupted(waiter);
  }

  @Test
  void shouldWaitAllTheSameWhenAskedTo() throws Exception {
    make();
    for (boolean before : new boolean[] {true, false}) {
      Task<Void> waiter =
          spawnAwaiting(
              () -> {
                if (before) {
                  Thread.currentThread().interrupt();
                }
                condition.awaitUninterruptibly();
              });
      if (!before) {
        waiter.interrupt();
      }
      assertWaits(waiter);
      locked(() -> condition.signal());
      join(waiter);
      assertThat(waiter.wasLeftInterrupted()).as("it is still interrupted").isTrue();
    }
  }

  /** Whichever of the two comes first: one of both gets the signal. */
  @Test
  void shouldLoseNoSignalWhenItComesTogetherWithAnInterrupt() throws Exception {
    make();
    for (int i = 0; i < 60; i++) {
      boolean before = i % 2 == 0;
      Task<Void> first = spawnAwaiting(() -> condition.await());
      Task<Void> second = spawnAwaiting(() -> condition.await());
      locked(
          () -> {
            if (before) {
              first.interrupt();
            }
            condition.signal();
            if (!before) {
              first.interrupt();
            }
          });
      untilDone(first);
      if (first.thrown() == null) {
        assertWaits(second);
        locked(() -> condition.signal());
      }
      join(second);
    }
  }

  // ---- many ----

  @Test
  void shouldGuardABufferOfOne() throws Exception {
    make();
    Condition room = lock.newCondition();
    int many = 3;
    int each = 200;
    int[] buffer = {-1};
    AtomicInteger sum = new AtomicInteger();
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int start = i * each;
      tasks.add(
          spawn(
              () -> {
                for (int j = start; j < start + each; j++) {
                  int number = j;
                  locked(
                      () -> {
                        while (buffer[0] >= 0) {
                          room.await();
                        }
                        buffer[0] = number;
                        condition.signal();
                      });
                }
              }));
      tasks.add(
          spawn(
              () -> {
                for (int j = 0; j < each; j++) {
                  locked(
                      () -> {
                        while (buffer[0] < 0) {
                          condition.await(LONG, MILLISECONDS);
                        }
                        sum.addAndGet(buffer[0]);
                        buffer[0] = -1;
                        room.signal();
                      });
                }
              }));
    }
    joinAll(tasks);
    assertThat(sum.get()).isEqualTo(many * each * (many * each - 1) / 2);
  }
}
