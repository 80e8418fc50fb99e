package io.gevent4j.monkey;

import static java.lang.Thread.State.TIMED_WAITING;
import static java.lang.Thread.State.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Permits to go on: none is lost, and one is enough. */
@Timeout(60)
class ParkContractOfTheJdkTest {
  private static final int THREADS = 200;
  private static final int ROUNDS = 5_000;

  @Test
  void shouldKeepWhatAThreadIsGivenAsSoonAsItHasStarted() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      Actor actor = Actor.start(LockSupport::park);
      LockSupport.unpark(actor.thread);
      actor.join();
    }
  }

  @Test
  void shouldTakeSeveralForOne() throws Exception {
    AtomicBoolean given = new AtomicBoolean();
    AtomicInteger passed = new AtomicInteger();
    Actor actor =
        Actor.start(
            () -> {
              while (!given.get()) {
                Thread.yield(); // nothing else may take a permit
              }
              LockSupport.park();
              passed.incrementAndGet();
              LockSupport.parkNanos(1);
              passed.incrementAndGet();
              while (passed.get() < 3) {
                LockSupport.park();
              }
            });
    LockSupport.unpark(actor.thread);
    LockSupport.unpark(actor.thread);
    given.set(true);
    actor.await(WAITING);
    assertThat(passed.get()).isEqualTo(2);
    passed.set(3);
    LockSupport.unpark(actor.thread);
    actor.join();
  }

  @Test
  void shouldGoOnWheneverItIsInterrupted() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      boolean waits = i % 2 == 0;
      Actor actor =
          Actor.start(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  if (waits) {
                    LockSupport.park();
                  } else {
                    LockSupport.parkNanos(60_000_000_000L);
                  }
                }
                LockSupport.park(); // as long as it is interrupted none waits
                LockSupport.parkNanos(60_000_000_000L);
                LockSupport.parkUntil(System.currentTimeMillis() + 60_000);
              });
      if (i % 3 == 0) {
        actor.await(waits ? WAITING : TIMED_WAITING);
      }
      actor.thread.interrupt();
      actor.join();
    }
  }

  @Test
  void shouldLoseNoneThoughTheTimeIsUpWhenItIsGiven() throws Exception {
    AtomicInteger given = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Actor taker =
        Actor.start(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                while (given.get() <= i) {
                  if (i % 2 == 0) {
                    LockSupport.parkNanos(20_000);
                  } else {
                    LockSupport.park();
                  }
                }
                taken.set(i + 1);
              }
            });
    Actor giver =
        Actor.start(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                given.incrementAndGet();
                LockSupport.unpark(taker.thread);
                while (i % 2 == 1 && taken.get() <= i) {
                  Thread.yield();
                }
              }
            });
    giver.join();
    taker.join();
  }

  /** Each gives the next one his turn, and nobody else could. */
  @Test
  void shouldGoRound() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Thread[] threads = new Thread[THREADS];
    IntStream.range(0, THREADS)
        .forEach(
            me ->
                threads[me] =
                    new Thread(
                        () -> {
                          for (int round = 0; round < 50; round++) {
                            while (turn.get() % THREADS != me) {
                              LockSupport.park(turn);
                            }
                            turn.incrementAndGet();
                            LockSupport.unpark(threads[(me + 1) % THREADS]);
                          }
                        }));
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(turn.get()).isEqualTo(50 * THREADS);
  }

  private static Method stop() {
    try {
      return Thread.class.getMethod("stop");
    } catch (NoSuchMethodException e) {
      return abort("this JDK stops no threads");
    }
  }

  @Test
  void shouldEndWhenItIsStopped() throws Exception {
    Method stop = stop();
    Actor actor =
        Actor.start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.park();
                  }
                })
            .await(WAITING);
    try {
      stop.invoke(actor.thread);
    } catch (InvocationTargetException e) {
      actor.thread.interrupt();
      abort("this JDK stops no threads");
    }
    assertThat(actor.outcome()).isInstanceOf(ThreadDeath.class);
  }
}
