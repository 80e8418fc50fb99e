package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Owned by a greenlet, or by a thread. gevent: {@code test__lock.py}, {@code lock_tests.py}. */
class RLockTest extends HubTest {
  private final RLock lock = new RLock();
  private final List<Object> seen = new ArrayList<>();

  @Test
  void shouldBeTakenAgainByItsOwner() throws Exception {
    lock.lock();
    lock.lockInterruptibly();
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.tryLock(0, TimeUnit.SECONDS)).isTrue();
    assertThat(lock.tryLock(SHORT)).isTrue();
    assertThat(lock.tryLock(0.0)).isTrue();
    for (int i = 0; i < 6; i++) {
      assertThat(lock.isHeldByCaller() && lock.isLocked()).isTrue();
      assertThat(Gevent.spawn(() -> lock.tryLock()).get()).isFalse();
      lock.unlock();
    }
    assertThat(lock.isLocked() || lock.isHeldByCaller()).isFalse();
    assertThat(Gevent.spawn(() -> lock.tryLock()).get()).isTrue();
  }

  @Test
  void shouldKeepOtherGreenletsOut() {
    List<Greenlet<Void>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int name = i;
      all.add(
          Gevent.spawn(
              () -> {
                lock.lock();
                lock.lock();
                seen.add(name);
                turns();
                lock.unlock();
                turns();
                seen.add(name);
                lock.unlock();
              }));
    }
    Gevent.joinAll(all);
    assertThat(seen).containsExactly(0, 0, 1, 1, 2, 2);
  }

  // gevent: test_try_acquire, test_release_unacquired
  @Test
  void shouldRefuseToBeGivenBackByOthers() throws Exception {
    assertThatThrownBy(lock::unlock)
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("RLock");
    lock.lock();
    assertThat(Gevent.spawn(() -> thrownBy(lock::unlock)).get())
        .isInstanceOf(IllegalMonitorStateException.class);
    assertThat(lock.isHeldByCaller()).isTrue();
    lock.unlock();
    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    lock.lock();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldKeepEveryOtherKindOut(Kind kind) {
    AtomicInteger tried = new AtomicInteger();
    lock.lock();
    try (Others others = new Others()) {
      others.start(
          kind,
          () -> {
            assertThat(lock.isHeldByCaller()).isFalse();
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.tryLock(Duration.ofMillis(1))).isFalse();
            assertThat(lock.tryLock(1, TimeUnit.MILLISECONDS)).isFalse();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
            tried.set(1);
            lock.lock();
            lock.lock();
            lock.unlock();
            lock.unlock();
          });
      Others.until("it has tried", () -> tried.get() == 1);
      Gevent.sleep(SHORT);
      lock.unlock();
    }
    assertThat(lock.isLocked()).isFalse();
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void shouldProtectACountFromAllKinds() {
    int[] count = new int[1];
    AtomicInteger expected = new AtomicInteger();
    try (Others others = new Others()) {
      for (Kind kind : Kind.values()) {
        expected.addAndGet(500);
        others.start(
            kind,
            () -> {
              for (int i = 0; i < 500; i++) {
                lock.lock();
                lock.lock();
                count[0]++;
                lock.unlock();
                lock.unlock();
              }
            });
      }
    }
    assertThat(count[0]).isEqualTo(expected.get());
  }

  @Test
  void shouldStayWithTheGreenletWhileItIsAway() throws Exception {
    Greenlet<Object> owner =
        Gevent.spawn(
            () -> {
              lock.lock();
              return Hub.get()
                  .blocking(
                      () -> {
                        assertThat(lock.isHeldByCaller()).isTrue();
                        lock.lock();
                        lock.unlock();
                        lock.unlock();
                        lock.lock();
                        return null;
                      });
            });
    owner.get();
    assertThat(lock.isLocked()).isTrue();
    assertThat(lock.tryLock()).isFalse();
  }

  @Test
  void shouldStayWithMainWhenItsHubIsMadeAndClosed() {
    try (Others others = new Others()) {
      others.start(
          Kind.PLAIN,
          () -> {
            lock.lock();
            try (Hub hub = Hub.get()) {
              assertThat(lock.isHeldByCaller()).isTrue();
              lock.lock();
              assertThat(Gevent.spawn(() -> lock.tryLock()).get()).isFalse();
            }
            lock.unlock();
            lock.unlock();
          });
    }
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void shouldForgetWhoIsKilledWhileHeWaits() {
    lock.lock();
    Greenlet<Void> first = Gevent.spawn(() -> lock.lock());
    Greenlet<Void> second = Gevent.spawn(() -> lock.lock());
    turn();
    first.kill();
    lock.unlock();
    second.join();
    assertThat(second.successful()).isTrue();
  }

  @Test
  void shouldSayWhoseItIs() {
    assertThat(lock.toString()).matches("RLock@\\w+\\[nobody's\\]");
    lock.lock();
    lock.lock();
    assertThat(lock.toString()).matches("RLock@\\w+\\[taken 2 times by Thread.*\\]");
    assertThat(lock.newCondition().toString()).startsWith("condition of RLock@");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> lock.tryLock(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Gevent.withTimeout(SHORT, () -> lock.tryLock(1, null)))
        .isInstanceOf(NullPointerException.class);
  }
}
