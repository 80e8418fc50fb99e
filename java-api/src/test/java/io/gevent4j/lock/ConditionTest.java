package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gevent: {@code ConditionTests} of {@code lock_tests.py}. */
class ConditionTest extends HubTest {
  private final RLock lock = new RLock();
  private final Condition condition = lock.newCondition();
  private final List<Object> seen = new ArrayList<>();

  private Greenlet<Void> spawnWaiting(Object name) {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              lock.lock();
              try {
                condition.awaitUninterruptibly();
                assertThat(lock.isHeldByCaller()).isTrue();
                seen.add(name);
              } finally {
                lock.unlock();
              }
            });
    turn();
    return greenlet;
  }

  private void locked(Runnable run) {
    lock.lock();
    try {
      run.run();
    } finally {
      lock.unlock();
    }
    turns();
  }

  // gevent: test_notify
  @Test
  void shouldTellOneAfterTheOther() {
    for (int i = 0; i < 5; i++) {
      spawnWaiting(i);
    }
    locked(condition::signal);
    assertThat(seen).containsExactly(0);
    locked(
        () -> {
          condition.signal();
          condition.signal();
        });
    assertThat(seen).containsExactly(0, 1, 2);
    locked(condition::signalAll);
    assertThat(seen).containsExactly(0, 1, 2, 3, 4);
    locked(condition::signal);
  }

  @Test
  void shouldNotTellThoseWhoComeLater() {
    locked(condition::signalAll);
    Greenlet<Void> late = spawnWaiting("late");
    turns();
    assertThat(late.ready()).isFalse();
  }

  // gevent: test_unacquired_wait, test_unacquired_notify
  @Test
  void shouldBeForTheOwnersOfTheLock() {
    for (Body body :
        List.<Body>of(
            condition::await,
            condition::awaitUninterruptibly,
            () -> condition.awaitNanos(1),
            condition::signal,
            condition::signalAll)) {
      assertThatThrownBy(body::run).isInstanceOf(IllegalMonitorStateException.class);
    }
  }

  // gevent: test_timeout
  @Test
  void shouldEndWhenTheTimeIsUp() throws Exception {
    lock.lock();
    assertThat(condition.await(5, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(condition.awaitNanos(5_000_000)).isNotPositive();
    assertThat(condition.awaitNanos(0)).isNotPositive();
    assertThat(condition.awaitNanos(-5)).isNotPositive();
    assertThat(condition.awaitUntil(new Date(System.currentTimeMillis() + 5))).isFalse();
    assertThat(condition.awaitUntil(new Date(0))).isFalse();
    assertThat(lock.isHeldByCaller()).isTrue();
    lock.unlock();
    assertThat(lock.isLocked()).isFalse();
  }

  @Test
  void shouldEndAtOnceAtADateLongPast() throws Exception {
    lock.lock();
    Gevent.withTimeout(
        0.5, () -> assertThat(condition.awaitUntil(new Date(Long.MIN_VALUE))).isFalse() != null);
  }

  @Test
  void shouldBeToldInTime() throws Exception {
    for (int i = 0; i < 4; i++) {
      int way = i;
      Greenlet<Boolean> waiter =
          Gevent.spawn(
              () -> {
                lock.lock();
                try {
                  return switch (way) {
                    case 0 -> condition.await(30, TimeUnit.SECONDS);
                    case 1 -> condition.awaitNanos(30_000_000_000L) > 0;
                    case 2 -> condition.awaitUntil(new Date(Long.MAX_VALUE));
                    default -> condition.awaitNanos(Long.MAX_VALUE) > 0;
                  };
                } finally {
                  lock.unlock();
                }
              });
      turn();
      locked(condition::signal);
      assertThat(waiter.get()).isTrue();
    }
  }

  @Test
  void shouldGiveTheLockBackAltogetherAndTakeItAsOften() throws Exception {
    Greenlet<Void> waiter =
        Gevent.spawn(
            () -> {
              lock.lock();
              lock.lock();
              lock.lock();
              condition.awaitUninterruptibly();
              lock.unlock();
              lock.unlock();
              assertThat(lock.isHeldByCaller()).isTrue();
              lock.unlock();
            });
    turn();
    assertThat(lock.isLocked()).isFalse();
    locked(condition::signal);
    waiter.get();
    assertThat(lock.isLocked()).isFalse();
  }

  // ---- those who go ----

  @Test
  void shouldTellTheNextWhenTheOneWhoWasToldIsKilled() {
    Greenlet<Void> first = spawnWaiting("first");
    spawnWaiting("second");
    lock.lock();
    first.kill(exit(), false, null);
    condition.signal();
    lock.unlock();
    turns();
    assertThat(first.exit()).isNotNull();
    assertThat(seen).containsExactly("second");
  }

  /** Or his finally block would give back what isn't his. */
  @Test
  void shouldHaveTheLockAgainWhenItIsKilledWhileTheLockIsTaken() {
    Greenlet<Void> waiter = spawnWaiting("waiter");
    lock.lock();
    waiter.kill(exit(), false, null);
    turns();
    waiter.kill(exit(), false, null); // he waits for the lock
    turns();
    lock.unlock();
    turns();
    assertThat(waiter.ready()).isTrue();
    assertThat(waiter.exception()).isNull();
    assertThat(waiter.exit()).isInstanceOf(GreenletExit.class);
    assertThat(lock.isLocked()).isFalse();
  }

  // ---- threads ----

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldTellThoseOfEveryKind(Kind kind) {
    int[] turn = new int[1];
    int rounds = 200;
    try (Others others = new Others()) {
      for (int i = 0; i < 2; i++) {
        int own = i;
        others.start(
            own == 0 ? Kind.GREENLET : kind,
            () -> {
              for (int round = 0; round < rounds; round++) {
                lock.lock();
                try {
                  while (turn[0] % 2 != own) {
                    condition.awaitUninterruptibly();
                  }
                  turn[0]++;
                  condition.signal();
                } finally {
                  lock.unlock();
                }
              }
            });
      }
    }
    assertThat(turn[0]).isEqualTo(2 * rounds);
  }

  @Test
  void shouldTellAllOfAllKinds() {
    AtomicInteger waiting = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    try (Others others = new Others()) {
      for (Kind kind : Kind.values()) {
        others.start(
            kind,
            () -> {
              lock.lock();
              waiting.incrementAndGet();
              condition.await();
              told.incrementAndGet();
              lock.unlock();
            });
      }
      Others.until("all wait", () -> waiting.get() == Kind.values().length && !lock.isLocked());
      lock.lock();
      condition.signalAll();
      lock.unlock();
    }
    assertThat(told.get()).isEqualTo(Kind.values().length);
  }
}
