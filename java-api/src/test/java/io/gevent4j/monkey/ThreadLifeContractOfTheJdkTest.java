package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From its start to its end a thread is what its contract says. */
@Timeout(60)
class ThreadLifeContractOfTheJdkTest {
  // ---- start and end

  @Test
  void shouldStartOnlyOnce() throws Exception {
    Thread thread = new Thread(() -> {});
    thread.start();
    assertThatThrownBy(thread::start).isInstanceOf(IllegalThreadStateException.class);
    thread.join();
    assertThatThrownBy(thread::start).isInstanceOf(IllegalThreadStateException.class);
  }

  @Test
  void shouldBeJoinedInAllForms() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Thread thread = Actor.start(latch::await).thread;
    thread.join(10);
    assertThat(thread.isAlive()).isTrue();
    thread.join(10, 500_000);
    assertThat(thread.isAlive()).isTrue();
    Actor joiner = Actor.start(thread::join);
    Actor second = Actor.start(() -> thread.join(60_000));
    latch.countDown();
    thread.join();
    assertThat(thread.isAlive()).isFalse();
    joiner.join();
    second.join();
    thread.join();
    thread.join(1);
    assertThatThrownBy(() -> thread.join(-1)).isInstanceOf(IllegalArgumentException.class);
    new Thread(() -> {}).join(); // not started: at once
  }

  @Test
  void shouldSeeByTheJoinWhatTheOtherHasDone() throws Exception {
    for (int i = 0; i < 200; i++) {
      int[] written = new int[1];
      Thread thread = new Thread(() -> written[0] = 1);
      thread.start();
      thread.join();
      assertThat(written[0]).isEqualTo(1);
    }
  }

  @Test
  void shouldNotifyThoseWhoWaitForItAsAnObject() throws Exception {
    Thread thread = Actor.start(() -> Thread.sleep(20)).thread;
    synchronized (thread) {
      while (thread.isAlive()) {
        thread.wait();
      }
    }
  }

  @Test
  void shouldStartThreadsThatStartThreads() throws Exception {
    AtomicInteger count = new AtomicInteger();
    startTree(6, count);
    assertThat(count.get()).isEqualTo(127);
  }

  private static void startTree(int depth, AtomicInteger count) throws InterruptedException {
    count.incrementAndGet();
    if (depth == 0) {
      return;
    }
    Actor left = Actor.start(() -> startTree(depth - 1, count));
    Actor right = Actor.start(() -> startTree(depth - 1, count));
    left.join();
    right.join();
  }

  @Test
  void shouldRunManyThatMeet() throws Exception {
    int many = 500;
    CountDownLatch all = new CountDownLatch(many);
    List<Actor> actors =
        Actor.startMany(
            many,
            () -> {
              all.countDown();
              all.await();
            });
    Actor.joinAll(actors);
  }

  // ---- what nobody catches

  @Test
  void shouldTellItsOwnHandlerFirst() throws Exception {
    assertThat(whoIsTold(true, true)).isEqualTo("own");
  }

  @Test
  void shouldTellItsGroupThen() throws Exception {
    assertThat(whoIsTold(false, true)).isEqualTo("group");
  }

  @Test
  void shouldTellTheDefaultHandlerLast() throws Exception {
    assertThat(whoIsTold(false, false)).isEqualTo("default");
  }

  private static String whoIsTold(boolean own, boolean group) throws Exception {
    AtomicReference<String> told = new AtomicReference<>("nobody");
    AtomicReference<Thread> where = new AtomicReference<>();
    AtomicReference<Thread.State> state = new AtomicReference<>();
    ThreadGroup parent =
        new ThreadGroup("parent") {
          @Override
          public void uncaughtException(Thread thread, Throwable thrown) {
            if (group) {
              told.set("group");
              where.set(Thread.currentThread());
            } else {
              super.uncaughtException(thread, thrown);
            }
          }
        };
    Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          told.set("default");
          where.set(Thread.currentThread());
        });
    try {
      Thread thread =
          new Thread(
              parent,
              () -> {
                throw new IllegalStateException("nobody catches this");
              });
      if (own) {
        thread.setUncaughtExceptionHandler(
            (failed, thrown) -> {
              assertThat(thrown).isInstanceOf(IllegalStateException.class);
              told.set("own");
              where.set(Thread.currentThread());
              state.set(failed.getState());
              pause(); // it may wait
            });
      }
      thread.start();
      thread.join();
      assertThat(where.get()).isSameAs(thread);
      assertThat(thread.isAlive()).isFalse();
      if (own) {
        assertThat(state.get()).isEqualTo(Thread.State.RUNNABLE);
        assertThat(thread.getUncaughtExceptionHandler()).isNull();
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(former);
    }
    return told.get();
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldSurviveTheOverflowOfItsStack() throws Exception {
    Actor.start(
            () -> {
              for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> recurse(0)).isInstanceOf(StackOverflowError.class);
                Thread.sleep(1);
              }
            })
        .join();
  }

  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test
  void shouldHaveTheStackThatIsAskedFor() throws Exception {
    int small = depth(256 << 10);
    int large = depth(16 << 20);
    assertThat(large).isGreaterThan(4 * small);
  }

  private static int depth(long size) throws InterruptedException {
    int[] depth = new int[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                dive(depth);
              } catch (StackOverflowError expected) {
                return;
              }
            },
            "diver",
            size);
    thread.start();
    thread.join();
    return depth[0];
  }

  private static void dive(int[] depth) {
    depth[0]++;
    dive(depth);
  }

  // ---- what belongs to it

  @Test
  void shouldInheritWhatIsInherited() throws Exception {
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    ThreadLocal<String> own = new ThreadLocal<>();
    inherited.set("parent's");
    own.set("parent's");
    ClassLoader loader = new ClassLoader() {};
    ClassLoader former = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Actor actor =
          Actor.start(
              () -> {
                assertThat(inherited.get()).isEqualTo("parent's");
                assertThat(own.get()).isNull();
                assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                assertThat(Thread.currentThread().isDaemon()).isTrue();
                own.set("child's");
                inherited.set("child's");
                Thread.sleep(1);
                assertThat(own.get()).isEqualTo("child's");
              });
      actor.join();
      Thread without =
          new Thread(null, () -> own.set(String.valueOf(inherited.get())), "without", 0, false);
      without.start();
      without.join();
    } finally {
      Thread.currentThread().setContextClassLoader(former);
    }
    assertThat(own.get()).isEqualTo("parent's");
    assertThat(inherited.get()).isEqualTo("parent's");
  }

  @Test
  void shouldBeInItsGroupWhileItLives() throws Exception {
    ThreadGroup group = new ThreadGroup("theatre");
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = new Thread(group, () -> awaitQuietly(end), "in theatre");
    thread.start();
    assertThat(thread.getThreadGroup()).isSameAs(group);
    assertThat(group.activeCount()).isEqualTo(1);
    Thread[] found = new Thread[2];
    assertThat(group.enumerate(found)).isEqualTo(1);
    assertThat(found[0]).isSameAs(thread);
    group.interrupt();
    thread.join();
    assertThat(thread.getThreadGroup()).isNull();
    assertThat(group.activeCount()).isZero();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      return;
    }
  }

  @Test
  void shouldHaveNameIdAndPriority() throws Exception {
    Set<Long> ids = Collections.newSetFromMap(new ConcurrentHashMap<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Thread thread =
          new Thread(
              () -> {
                Thread self = Thread.currentThread();
                ids.add(self.getId());
                self.setPriority(Thread.MAX_PRIORITY);
                assertThat(self.getPriority()).isEqualTo(Thread.MAX_PRIORITY);
                self.setName("renamed");
              },
              "named");
      thread.setPriority(Thread.MIN_PRIORITY);
      assertThat(thread.getName()).isEqualTo("named");
      thread.start();
      threads.add(thread);
    }
    Set<Long> expected = new HashSet<>();
    for (Thread thread : threads) {
      thread.join();
      expected.add(thread.getId());
      assertThat(thread.getName()).isEqualTo("renamed");
    }
    assertThat(ids).isEqualTo(expected).hasSize(50);
    assertThatThrownBy(() -> new Thread().setPriority(11))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseToBecomeADaemonOnceItRuns() throws Exception {
    Thread thread = Actor.start(() -> Thread.sleep(10)).thread;
    assertThatThrownBy(() -> thread.setDaemon(false))
        .isInstanceOf(IllegalThreadStateException.class);
    thread.join();
  }

  // ---- waiting

  @Test
  void shouldSleepAtLeastAsLongAsAsked() throws Exception {
    Actor.start(
            () -> {
              for (int ms = 0; ms < 5; ms++) {
                long start = System.nanoTime();
                Thread.sleep(ms);
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ms * 1_000_000L);
                start = System.nanoTime();
                Thread.sleep(ms, 300_000);
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ms * 1_000_000L);
                start = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(ms);
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(ms * 1_000_000L);
              }
              assertThatThrownBy(() -> Thread.sleep(-1))
                  .isInstanceOf(IllegalArgumentException.class);
              assertThatThrownBy(() -> Thread.sleep(0, 1_000_000))
                  .isInstanceOf(IllegalArgumentException.class);
            })
        .join();
  }

  @Test
  void shouldLetOthersRunByYieldAndByNoSleep() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Actor[] actors = new Actor[3];
    for (int i = 0; i < actors.length; i++) {
      int me = i;
      actors[i] =
          Actor.start(
              () -> {
                for (int round = 0; round < 1000; round++) {
                  while (turn.get() % actors.length != me) {
                    if (me == 0) {
                      Thread.yield();
                    } else if (me == 1) {
                      Thread.sleep(0);
                    } else {
                      TimeUnit.NANOSECONDS.sleep(1);
                    }
                  }
                  turn.incrementAndGet();
                }
              });
    }
    Actor.joinAll(List.of(actors));
    assertThat(turn.get()).isEqualTo(3000);
  }

  @Test
  void shouldLetOthersRunThoughItSpins() throws Exception {
    AtomicInteger flag = new AtomicInteger();
    List<Actor> actors =
        Actor.startMany(
            3,
            () -> {
              while (flag.get() == 0) {
                Thread.onSpinWait();
              }
              synchronized (flag) {
                Thread.sleep(1); // and then waits as ever
              }
            });
    Thread.sleep(5);
    flag.set(1);
    Actor.joinAll(actors);
  }

  @Test
  void shouldKnowWhichLocksItHolds() throws Exception {
    Object monitor = new Object();
    Actor.start(
            () -> {
              assertThat(Thread.holdsLock(monitor)).isFalse();
              synchronized (monitor) {
                synchronized (monitor) {
                  assertThat(Thread.holdsLock(monitor)).isTrue();
                  Thread.sleep(2);
                  assertThat(Thread.holdsLock(monitor)).isTrue();
                  monitor.wait(1);
                  assertThat(Thread.holdsLock(monitor)).isTrue();
                }
                assertThat(Thread.holdsLock(monitor)).isTrue();
              }
              assertThat(Thread.holdsLock(monitor)).isFalse();
              assertThatThrownBy(monitor::notify).isInstanceOf(IllegalMonitorStateException.class);
              assertThatThrownBy(monitor::wait).isInstanceOf(IllegalMonitorStateException.class);
            })
        .join();
    assertThat(Thread.holdsLock(monitor)).isFalse();
  }
}
