package io.gevent4j.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.waiting.Others.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One at a time, from however many threads, and from the first moment on. */
class GuardTest extends HubTest {
  private static final int ROUNDS = 2000;
  private static final int HOME_ENTRIES = 200;
  private static final int FOREIGN_ENTRIES = 20;

  /** A count that only the guard protects. */
  private static final class Counter {
    final Guard guard = new Guard();
    int count;
    boolean somebodyIsIn;
    volatile boolean twoWereIn;

    void increment(int work) {
      boolean free = guard.enter();
      try {
        twoWereIn |= somebodyIsIn;
        somebodyIsIn = true;
        int read = count;
        for (int i = 0; i < work; i++) {
          Thread.onSpinWait();
        }
        count = read + 1;
        somebodyIsIn = false;
      } finally {
        guard.leave(free);
      }
    }

    int count() {
      boolean free = guard.enter();
      try {
        return count;
      } finally {
        guard.leave(free);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldCountAllFromACountThatWasTheHubsAlone(int foreigners) throws Exception {
    AtomicReference<Counter> shown = new AtomicReference<>();
    CyclicBarrier start = new CyclicBarrier(foreigners + 1);
    CyclicBarrier end = new CyclicBarrier(foreigners + 1);
    int rounds = ROUNDS / foreigners * Others.soak();
    int wrong = 0;
    try (Others others = new Others()) {
      for (int i = 0; i < foreigners; i++) {
        others.start(
            Kind.PLAIN,
            () -> {
              for (int round = 0; round < rounds; round++) {
                start.await();
                Counter counter = shown.get();
                Others.spin(round % 8 * 1000);
                for (int entry = 0; entry < FOREIGN_ENTRIES; entry++) {
                  counter.increment(entry % 3 * 20);
                }
                end.await();
              }
            });
      }
      for (int round = 0; round < rounds; round++) {
        Counter counter = new Counter();
        shown.set(counter);
        start.await();
        for (int entry = 0; entry < HOME_ENTRIES; entry++) {
          counter.increment(round % 4 * 20);
        }
        end.await();
        boolean complete = counter.count() == HOME_ENTRIES + foreigners * FOREIGN_ENTRIES;
        wrong += counter.twoWereIn || !complete ? 1 : 0;
      }
    }
    assertThat(wrong).as("rounds in which two were in at once, of %d", rounds).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldKeepAllOthersOutWhileTheHubIsIn(int foreigners) throws Exception {
    for (int round = 0; round < 20; round++) {
      Counter counter = new Counter();
      try (Others others = new Others()) {
        CountDownLatch started = new CountDownLatch(foreigners);
        boolean free = counter.guard.enter();
        try {
          assertThat(free).isTrue();
          for (int i = 0; i < foreigners; i++) {
            others.start(
                Kind.PLAIN,
                () -> {
                  started.countDown();
                  counter.increment(0);
                });
          }
          started.await();
          Others.spin(2_000_000); // they are about to enter
          assertThat(counter.count).as("entries of others").isZero();
        } finally {
          counter.guard.leave(free);
        }
      }
      assertThat(counter.count()).isEqualTo(foreigners);
    }
  }

  @Test
  void shouldBeFreeForItsHubUntilSomebodyElseComes() throws Exception {
    Guard guard = new Guard();
    assertThat(enters(guard)).isTrue();
    assertThat(Gevent.spawn(() -> enters(guard)).get()).isTrue();
    try (Others others = new Others()) {
      others.start(Kind.PLAIN, () -> assertThat(enters(guard)).isFalse());
    }
    assertThat(enters(guard)).isFalse();
    assertThat(guard.isFree()).isFalse();
  }

  private static boolean enters(Guard guard) {
    boolean free = guard.enter();
    guard.leave(free);
    return free;
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"GREENLET"},
      mode = EnumSource.Mode.EXCLUDE)
  void shouldLetEveryKindOfThreadIn(Kind kind) {
    Counter counter = new Counter();
    counter.increment(0);
    try (Others others = new Others()) {
      others.start(kind, () -> counter.increment(0));
    }
    assertThat(counter.count()).isEqualTo(2);
    assertThat(counter.guard.isFree()).isFalse();
  }

  @Test
  void shouldHaveALockWhereItWasMadeWithoutAHub() {
    try (Others others = new Others()) {
      others.start(
          Kind.PLAIN,
          () -> {
            Guard guard = new Guard();
            assertThat(guard.isFree()).isFalse();
            assertThat(enters(guard)).isFalse();
          });
    }
  }

  @Test
  void shouldGoOnWhenItsHubHasAnotherAfterIt() throws Throwable {
    Counter[] counter = new Counter[1];
    try (Others others = new Others()) {
      others.start(
          Kind.PLAIN,
          () -> {
            try (Hub hub = Hub.get()) {
              counter[0] = new Counter();
            }
            counter[0].increment(0);
            try (Hub hub = Hub.get()) {
              Gevent.spawn(() -> counter[0].increment(0)).get();
            }
          });
    }
    assertThat(counter[0].count()).isEqualTo(2);
  }
}
