package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random greenlets and threads, and what must hold however they meet. */
class CrossFuzzTest extends HubTest {
  private static final int STEPS = 150;

  static LongStream seeds() {
    return LongStream.range(0, 12L * Others.soak());
  }

  private static final class Permits {
    final int most;
    final Semaphore semaphore;
    final AtomicInteger held = new AtomicInteger();

    Permits(int most) {
      this.most = most;
      this.semaphore = new Semaphore(most);
    }

    void use(Random random, boolean inHub) throws InterruptedException {
      if (!take(random)) {
        return;
      }
      try {
        assertThat(held.incrementAndGet()).isLessThanOrEqualTo(most);
        switch (random.nextInt(4)) {
          case 0 -> Others.spin(random.nextInt(20_000));
          case 1 -> pause(inHub);
          default -> {}
        }
      } finally {
        held.decrementAndGet();
        semaphore.release();
      }
    }

    private boolean take(Random random) throws InterruptedException {
      long nanos = random.nextInt(300_000);
      switch (random.nextInt(6)) {
        case 0:
          return semaphore.tryAcquire();
        case 1:
          return semaphore.acquire(Duration.ofNanos(nanos));
        case 2:
          return semaphore.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        case 3:
          semaphore.acquireInterruptibly();
          return true;
        default:
          semaphore.acquire();
          return true;
      }
    }

    private static void pause(boolean inHub) throws InterruptedException {
      if (inHub) {
        Gevent.sleep(0);
      } else {
        Thread.sleep(0, 50_000);
      }
    }
  }

  private static void work(List<Permits> all, Random random, boolean inHub) throws Throwable {
    for (int step = 0; step < STEPS; step++) {
      Permits permits = all.get(random.nextInt(all.size()));
      if (inHub && random.nextInt(4) == 0) {
        Timeout timeout = Timeout.startNew(Duration.ofNanos(random.nextInt(200_000)));
        try {
          permits.use(random, true);
        } catch (Timeout thrown) {
          if (thrown != timeout) {
            throw thrown;
          }
        } finally {
          timeout.cancel();
        }
      } else {
        permits.use(random, inHub);
      }
    }
  }

  /** One who works in a hub, with helpers, some of whom are killed. */
  private static void workInHub(List<Permits> all, long seed) throws Throwable {
    Random random = new Random(seed);
    List<Greenlet<Object>> helpers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long own = random.nextLong();
      helpers.add(
          Gevent.spawn(
              () -> {
                try {
                  work(all, new Random(own), true);
                } catch (Exception | Error thrown) {
                  throw thrown;
                } catch (Throwable thrown) {
                  throw new AssertionError(thrown);
                }
                return null;
              }));
    }
    Hub.get().setWaitsForThreads(true);
    for (Greenlet<Object> helper : helpers) {
      Gevent.sleep(Duration.ofNanos(random.nextInt(1_000_000)));
      if (random.nextBoolean()) {
        helper.kill(exit(), random.nextBoolean(), null);
      }
    }
    work(all, random, true);
    Gevent.joinAll(helpers);
    for (Greenlet<Object> helper : helpers) {
      assertThat(helper.exception()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void shouldLoseNothingAndGiveNothingTwice(long seed) {
    Random random = new Random(seed);
    List<Permits> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.add(new Permits(1 + random.nextInt(2)));
    }
    try (Others others = new Others()) {
      int count = 2 + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        boolean inHub = kind == Kind.MAIN || kind == Kind.FOREIGN || kind == Kind.GREENLET;
        long own = random.nextLong();
        others.start(
            kind,
            () -> {
              if (inHub) {
                workInHub(all, own);
              } else {
                work(all, new Random(own), false);
              }
            });
      }
    }
    for (Permits permits : all) {
      assertThat(permits.held.get()).isZero();
      assertThat(permits.semaphore.counter()).as("conserved").isEqualTo(permits.most);
      assertThat(permits.semaphore.linkCount()).as("left in line").isZero();
    }
  }
}
