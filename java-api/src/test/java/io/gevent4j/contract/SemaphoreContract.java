package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a semaphore promises, whatever its class: no permit is lost, none is given twice. */
abstract class SemaphoreContract extends WorldTest {
  SemaphoreContract(World world) {
    super(world);
  }

  /** The face that all of them have. */
  interface Permits {
    void acquire() throws InterruptedException;

    boolean tryAcquire();

    boolean tryAcquire(long time, TimeUnit unit) throws InterruptedException;

    void release();

    int available();
  }

  abstract Permits permits(int permits);

  /** Whether acquire throws when it is interrupted, rather than going on waiting. */
  abstract boolean isAcquireInterruptible();

  /** Whether there may be more permits in the end than there were at first. */
  abstract boolean isUnbounded();

  @Test
  void shouldGiveAsManyPermitsAsItHas() throws Exception {
    Permits permits = permits(3);
    assertThat(permits.available()).isEqualTo(3);
    permits.acquire();
    assertThat(permits.tryAcquire()).isTrue();
    assertThat(permits.tryAcquire(LONG, MILLISECONDS)).isTrue();
    assertThat(permits.available()).isZero();
    assertThat(permits.tryAcquire()).isFalse();
    assertThat(permits.tryAcquire(0, MILLISECONDS)).isFalse();
    assertThat(permits.tryAcquire(Long.MIN_VALUE, MILLISECONDS)).isFalse();
    permits.release();
    assertThat(permits.tryAcquire(-1, MILLISECONDS)).isTrue();
  }

  @Test
  void shouldRefuseANullUnit() {
    assertThrows(NullPointerException.class, () -> permits(0).tryAcquire(1, null));
  }

  @Test
  void shouldGrowByReleases() throws Exception {
    assumeTrue(isUnbounded(), "this semaphore is bounded");
    Permits permits = permits(0);
    permits.release();
    permits.release();
    assertThat(permits.available()).isEqualTo(2);
    permits.acquire();
    permits.acquire();
    assertThat(permits.tryAcquire()).isFalse();
  }

  @Test
  void shouldWaitForARelease() throws Exception {
    Permits permits = permits(1);
    permits.acquire();
    Task<Void> waiter = spawnWaiting(() -> permits.acquire());
    permits.release(); // by one who may be another
    join(waiter);
    assertThat(permits.available()).isZero();
    Task<Boolean> timed = spawnWaiting(() -> permits.tryAcquire(LONG, MILLISECONDS));
    permits.release();
    assertThat(join(timed)).isTrue();
    assertThat(permits.available()).isZero();
  }

  @Test
  void shouldServeThemInTheOrderInWhichTheyCame() throws Exception {
    Permits permits = permits(1);
    permits.acquire();
    List<Integer> order = new ArrayList<>();
    List<Task<Void>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      waiters.add(
          spawnWaiting(
              () -> {
                permits.acquire();
                order.add(number);
                permits.release();
              }));
    }
    permits.release();
    joinAll(waiters);
    assertThat(order).containsExactly(0, 1, 2);
    assertThat(permits.available()).isEqualTo(1);
  }

  @Test
  void shouldWakeAsManyAsThereWereReleases() throws Exception {
    Permits permits = permits(2);
    permits.acquire();
    permits.acquire();
    List<Task<Void>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(spawnWaiting(() -> permits.acquire()));
    }
    permits.release();
    permits.release();
    join(waiters.get(0));
    join(waiters.get(1));
    assertWaits(waiters.get(2));
    permits.release();
    join(waiters.get(2));
  }

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    Permits permits = permits(1);
    permits.acquire();
    assertThat(takes(SHORT, () -> permits.tryAcquire(SHORT, MILLISECONDS))).isFalse();
    Task<Boolean> tired = spawn(() -> permits.tryAcquire(SHORT, MILLISECONDS));
    Task<Boolean> waiter = spawnWaiting(() -> permits.tryAcquire(Long.MAX_VALUE, MILLISECONDS));
    assertThat(join(tired)).isFalse();
    permits.release();
    assertThat(join(waiter)).isTrue();
    assertThat(permits.available()).isZero();
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    Permits permits = permits(0);
    assertRefusesInterrupted(() -> permits.tryAcquire(LONG, MILLISECONDS));
    if (isAcquireInterruptible()) {
      assertRefusesInterrupted(() -> permits.acquire());
    }
    assertThat(permits.available()).isZero();
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    Permits permits = permits(1);
    permits.acquire();
    assertStopsInterrupted(() -> permits.tryAcquire(LONG, MILLISECONDS));
    if (isAcquireInterruptible()) {
      assertStopsInterrupted(() -> permits.acquire());
    }
    permits.release();
    assertThat(permits.available()).isEqualTo(1);
  }

  @Test
  void shouldTryWhateverTheInterruptStatus() throws Exception {
    Permits permits = permits(1);
    Task<Void> task =
        spawn(
            () -> {
              Thread.currentThread().interrupt();
              assertThat(permits.tryAcquire()).isTrue();
              permits.release();
            });
    join(task);
    assertThat(task.wasLeftInterrupted()).isTrue();
  }

  @Test
  void shouldLoseNoPermitWhenInterruptAndReleaseComeTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      Permits permits = permits(1);
      permits.acquire();
      Task<Boolean> first = spawnWaiting(() -> permits.tryAcquire(LONG, MILLISECONDS));
      Task<Boolean> second = spawnWaiting(() -> permits.tryAcquire(LONG, MILLISECONDS));
      if (i % 2 == 0) {
        first.interrupt();
      }
      permits.release();
      if (i % 2 == 1) {
        first.interrupt();
      }
      untilDone(first);
      if (first.thrown() == null) {
        assertWaits(second);
        permits.release();
      }
      assertThat(join(second)).isTrue();
      assertThat(permits.available()).isZero();
    }
  }

  // ---- many ----

  @Test
  void shouldLetNoMoreInThanItHasPermits() throws Exception {
    Permits permits = permits(2);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger entered = new AtomicInteger();
    int many = 6;
    int each = 100;
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      tasks.add(
          spawn(
              () -> {
                for (int j = 0; j < each; j++) {
                  if (j % 2 == 0) {
                    permits.acquire();
                  } else {
                    assertThat(permits.tryAcquire(LONG, MILLISECONDS)).isTrue();
                  }
                  assertThat(inside.incrementAndGet()).isBetween(1, 2);
                  entered.incrementAndGet();
                  if (j % 16 == 0) {
                    world.pause();
                  }
                  inside.decrementAndGet();
                  permits.release();
                }
              }));
    }
    joinAll(tasks);
    assertThat(entered.get()).isEqualTo(many * each);
    assertThat(permits.available()).isEqualTo(2);
  }
}
