package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Monitors, and those who wait for them, whatever they do while they hold one. */
@Timeout(60)
class MonitorContractOfTheJdkTest {
  private static final int MANY = 40;

  private int count; // guarded by this

  @Test
  void shouldBeHeldByOneAtATimeThoughItSleeps() throws Exception {
    List<Actor> actors = Actor.startMany(MANY, this::addSlowly);
    Actor.joinAll(actors);
    assertThat(count).isEqualTo(MANY * 5);
  }

  private void addSlowly() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      synchronized (this) {
        int before = count;
        if (i % 2 == 0) {
          Thread.yield();
        } else {
          Thread.sleep(0, 1000);
        }
        count = before + 1;
      }
    }
  }

  @Test
  void shouldBeTakenAgainAfterTheWait() throws Exception {
    CountDownLatch waiting = new CountDownLatch(MANY);
    List<Actor> actors =
        Actor.startMany(
            MANY,
            () -> {
              synchronized (this) {
                synchronized (this) { // all of it is let go
                  waiting.countDown();
                  wait();
                  int before = count;
                  Thread.sleep(0, 1000);
                  count = before + 1;
                }
                assertThat(Thread.holdsLock(this)).isTrue();
              }
            });
    waiting.await();
    synchronized (this) {
      notifyAll();
      Thread.sleep(5); // they come to the monitor, which is held
      assertThat(count).isZero();
    }
    Actor.joinAll(actors);
    assertThat(count).isEqualTo(MANY);
  }

  @Test
  void shouldWakeOneByEachNotification() throws Exception {
    CountDownLatch waiting = new CountDownLatch(3);
    List<Actor> actors =
        Actor.startMany(
            3,
            () -> {
              synchronized (this) {
                waiting.countDown();
                wait();
                count++;
              }
            });
    waiting.await();
    for (int woken = 1; woken <= 3; woken++) {
      synchronized (this) {
        notify();
      }
      while (true) {
        synchronized (this) {
          if (count == woken) {
            break;
          }
        }
        Thread.sleep(1);
      }
      Thread.sleep(2);
      synchronized (this) {
        assertThat(count).isEqualTo(woken);
      }
    }
    Actor.joinAll(actors);
  }

  @Test
  void shouldWaitNoShorterThanAsked() throws Exception {
    Actor.start(
            () -> {
              synchronized (this) {
                for (int ms = 1; ms < 10; ms += 3) {
                  long start = System.nanoTime();
                  wait(ms);
                  assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ms * 1_000_000L);
                  wait(0, 1);
                }
              }
            })
        .join();
  }

  /** Whoever comes by turns: a lost notification would end it for ever. */
  @Test
  void shouldPassABallToAndFro() throws Exception {
    int rounds = 5_000;
    Actor[] players = new Actor[4];
    for (int i = 0; i < players.length; i++) {
      int me = i;
      players[i] =
          Actor.start(
              () -> {
                for (int round = 0; round < rounds; round++) {
                  synchronized (this) {
                    while (count % players.length != me) {
                      wait();
                    }
                    count++;
                    notifyAll();
                  }
                }
              });
    }
    Actor.joinAll(List.of(players));
    assertThat(count).isEqualTo(rounds * players.length);
  }

  /** An interrupt and a notification at once: either it throws, or another one has been woken. */
  @RepeatedTest(50)
  void shouldLoseNoNotificationWhenAnInterruptComesTogether() throws Exception {
    int[] got = new int[2];
    Object monitor = new Object();
    CountDownLatch waiting = new CountDownLatch(2);
    Actor[] actors = new Actor[2];
    for (int i = 0; i < 2; i++) {
      int me = i;
      actors[i] =
          Actor.start(
              () -> {
                synchronized (monitor) {
                  waiting.countDown();
                  try {
                    monitor.wait();
                    got[me] = 1;
                  } catch (InterruptedException e) {
                    got[me] = 2;
                  }
                }
              });
    }
    waiting.await();
    synchronized (monitor) {
      actors[0].thread.interrupt();
      monitor.notify();
    }
    actors[0].join();
    if (got[0] == 2 || got[1] == 1) {
      actors[1].join();
      assertThat(got[1]).isEqualTo(1);
    } else {
      assertThat(got[0]).isEqualTo(1);
      synchronized (monitor) {
        monitor.notify();
      }
      actors[1].join();
    }
  }

  @Test
  void shouldGoFromOneToTheOtherUnderContention() throws Exception {
    int rounds = 20_000;
    CyclicBarrier start = new CyclicBarrier(3);
    List<Actor> actors =
        Actor.startMany(
            3,
            () -> {
              start.await();
              for (int round = 0; round < rounds; round++) {
                synchronized (this) {
                  count++;
                }
                if (round % 500 == 0) {
                  Thread.yield();
                }
              }
            });
    Actor.joinAll(actors);
    assertThat(count).isEqualTo(3 * rounds);
  }
}
