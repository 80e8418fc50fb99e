package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.event.Event;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a round costs, in the thread of each greenlet, once all is warm. */
class CostTest extends HubTest {
  private static final int ROUNDS = 30_000;

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static long measure(Runnable round) {
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    long before = allocated();
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    return allocated() - before;
  }

  private static void assertFree(Runnable one, Runnable another) throws Exception {
    Greenlet<Long> first = Gevent.spawn(() -> measure(one));
    Greenlet<Long> second = Gevent.spawn(() -> measure(another));
    Gevent.joinAll(List.of(first, second));
    assertThat(first.get() + second.get()).as("bytes of %d rounds", ROUNDS).isLessThan(ROUNDS);
  }

  @Test
  void shouldAllocateNothingToSetAndAwaitEvents() throws Exception {
    Event there = new Event();
    Event back = new Event();
    assertFree(
        () -> {
          there.set();
          back.await();
          back.clear();
        },
        () -> {
          there.await();
          there.clear();
          back.set();
        });
  }

  @Test
  void shouldAllocateNothingToPassASemaphore() throws Exception {
    Semaphore there = new Semaphore(0);
    Semaphore back = new Semaphore(0);
    assertFree(
        () -> {
          there.release();
          back.acquire();
        },
        () -> {
          there.acquire();
          back.release();
        });
  }

  @Test
  void shouldAllocateNothingWithAFreeSemaphoreOrLock() throws Exception {
    Semaphore semaphore = new Semaphore();
    RLock lock = new RLock();
    Runnable round =
        () -> {
          semaphore.acquire();
          lock.lock();
          lock.unlock();
          semaphore.release();
        };
    assertFree(round, round);
  }
}
