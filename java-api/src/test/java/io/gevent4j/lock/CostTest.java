package io.gevent4j.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Allocated;
import io.gevent4j.Allocated.Round;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.event.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a round costs, in the thread of each greenlet, once all is warm. */
class CostTest extends HubTest {
  private static final int ROUNDS = 30_000;

  private static void assertFree(Round one, Round another) throws Exception {
    Greenlet<Long> first = Gevent.spawn(() -> Allocated.by(ROUNDS, one));
    Greenlet<Long> second = Gevent.spawn(() -> Allocated.by(ROUNDS, another));
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
    Round round =
        () -> {
          semaphore.acquire();
          lock.lock();
          lock.unlock();
          semaphore.release();
        };
    assertFree(round, round);
  }
}
