package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two and more who fight for one semaphore. gevent: {@code TestSemaphoreMultiThread}. */
class DuelTest extends HubTest {
  private static final int ROUNDS = 10_000;
  private static final int VICTIM_ROUNDS = 50;
  private static final long GREEDY_NANOS = 20_000_000_000L;

  static Stream<Arguments> duels() {
    return Stream.of(
            new Kind[] {Kind.PLAIN, Kind.PLAIN},
            new Kind[] {Kind.MAIN, Kind.MAIN},
            new Kind[] {Kind.FOREIGN, Kind.PLAIN},
            new Kind[] {Kind.GREENLET, Kind.PLAIN},
            new Kind[] {Kind.GREENLET, Kind.FOREIGN},
            new Kind[] {Kind.GREENLET, Kind.AWAY},
            new Kind[] {Kind.VIRTUAL, Kind.MAIN})
        .flatMap(
            pair ->
                Stream.of(
                    Arguments.of(pair[0], pair[1], null), Arguments.of(pair[0], pair[1], LONG)));
  }

  /** Both go on until the slower one has had its rounds. */
  @ParameterizedTest
  @MethodSource("duels")
  void shouldEndWithoutAnybodyStarving(Kind one, Kind another, Duration limit) {
    Semaphore semaphore = new Semaphore(1);
    duel(semaphore, limit, ROUNDS * Others.soak(), one, another);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void shouldEndOnManyHubs(int hubs) {
    Kind[] kinds = new Kind[hubs];
    Arrays.fill(kinds, Kind.MAIN);
    duel(new Semaphore(1), null, 1000 * Others.soak(), kinds);
    duel(new Semaphore(hubs / 2), LONG, 1000 * Others.soak(), kinds);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldEndWithSomeOfEveryKind(int count) {
    Kind[] kinds =
        Stream.concat(Stream.of(Kind.values()), Stream.of(Kind.values())).toArray(Kind[]::new);
    duel(new Semaphore(count), null, 300 * Others.soak(), kinds);
  }

  private static void duel(Semaphore semaphore, Duration limit, int rounds, Kind... kinds) {
    int most = semaphore.counter();
    AtomicInteger left = new AtomicInteger(kinds.length);
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger tooMany = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    try (Others others = new Others()) {
      for (Kind kind : kinds) {
        others.start(
            kind,
            () -> {
              if (kind != Kind.GREENLET) {
                start.await();
              }
              for (int done = 1; left.get() > 0; done++) {
                assertThat(semaphore.acquire(limit)).isTrue();
                if (holders.incrementAndGet() > most) {
                  tooMany.incrementAndGet();
                }
                holders.decrementAndGet();
                semaphore.release();
                if (done == rounds) {
                  left.decrementAndGet();
                }
                if (kind == Kind.GREENLET && done % 100 == 0) {
                  Gevent.sleep(0); // its hub has others to serve
                }
              }
            });
      }
      start.countDown();
    }
    assertThat(tooMany.get()).as("more inside than there may be").isZero();
    assertThat(semaphore.counter()).isEqualTo(most);
    assertThat(semaphore.linkCount()).isZero();
  }

  /** While one waits, another who never does anything else doesn't take it again and again. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"GREENLET"},
      mode = EnumSource.Mode.EXCLUDE)
  void shouldNotLetAThreadStarveTheHubInWhichItWasMade(Kind greedy) {
    Semaphore semaphore = new Semaphore(1);
    AtomicLong taken = new AtomicLong();
    AtomicInteger left = new AtomicInteger(1);
    List<Long> forestalled = new ArrayList<>();
    try (Others others = new Others()) {
      others.start(greedy, () -> takeOver(semaphore, taken, left));
      others.start(Kind.GREENLET, () -> keepBusy(left)); // so that the victim's turn comes late
      Greenlet<Object> victim =
          Gevent.spawn(
              () -> {
                count(semaphore, taken, forestalled);
                return null;
              });
      victim.join();
      left.set(0);
    }
    assertMostlyFair(forestalled);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"GREENLET"},
      mode = EnumSource.Mode.EXCLUDE)
  void shouldNotLetTheHubInWhichItWasMadeStarveOthers(Kind victim) {
    Semaphore semaphore = new Semaphore(1);
    AtomicLong taken = new AtomicLong();
    AtomicInteger left = new AtomicInteger(1);
    List<Long> forestalled = new ArrayList<>();
    try (Others others = new Others()) {
      others.start(
          victim,
          () -> {
            try {
              count(semaphore, taken, forestalled);
            } finally {
              left.set(0);
            }
          });
      Gevent.spawn(() -> takeOver(semaphore, taken, left)).join();
    }
    assertMostlyFair(forestalled);
  }

  private static void keepBusy(AtomicInteger left) {
    while (left.get() > 0) {
      Others.spin(50_000);
      Gevent.sleep(0);
    }
  }

  private static void takeOver(Semaphore semaphore, AtomicLong taken, AtomicInteger left) {
    long end = System.nanoTime() + GREEDY_NANOS; // or a starved victim would never end
    while (left.get() > 0 && System.nanoTime() < end) {
      semaphore.acquire();
      taken.incrementAndGet();
      Others.spin(20_000);
      semaphore.release();
    }
  }

  private static void count(Semaphore semaphore, AtomicLong taken, List<Long> forestalled)
      throws InterruptedException {
    for (int i = 0; i < VICTIM_ROUNDS; i++) {
      long start = System.nanoTime();
      for (long before = taken.get(); taken.get() == before; ) {
        pause(); // until the other is at it
        if (System.nanoTime() - start > GREEDY_NANOS) {
          return;
        }
      }
      long before = taken.get();
      semaphore.acquire();
      forestalled.add(taken.get() - before);
      semaphore.release();
    }
  }

  private static void pause() throws InterruptedException {
    Hub hub = Hub.getIfExists();
    if (hub != null && hub.isHere()) {
      Gevent.sleep(0.0002);
    } else {
      Thread.sleep(0, 200_000);
    }
  }

  /** Not each, for a thread may lose its core before it gets in the line. */
  private static void assertMostlyFair(List<Long> forestalled) {
    assertThat(forestalled).hasSize(VICTIM_ROUNDS);
    assertThat(forestalled.stream().filter(count -> count > 5).count())
        .as("how often others had more than 5 turns before: %s", forestalled)
        .isLessThan(VICTIM_ROUNDS / 4);
  }
}
