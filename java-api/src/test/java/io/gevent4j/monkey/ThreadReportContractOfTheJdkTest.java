package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What management tools are told of threads. */
@Timeout(60)
class ThreadReportContractOfTheJdkTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Test
  void shouldSayWhatAThreadWaitsFor() throws Exception {
    Object monitor = new Object();
    Actor actor;
    synchronized (monitor) {
      actor = Actor.start(() -> enter(monitor)).await(Thread.State.BLOCKED);
      ThreadInfo info = THREADS.getThreadInfo(actor.thread.getId(), 10);
      assertThat(info.getThreadState()).isEqualTo(Thread.State.BLOCKED);
      assertThat(info.getLockOwnerId()).isEqualTo(Thread.currentThread().getId());
      LockInfo lock = info.getLockInfo();
      assertThat(lock.getIdentityHashCode()).isEqualTo(System.identityHashCode(monitor));
      assertThat(info.getStackTrace()[0].getMethodName()).isEqualTo("enter");
    }
    actor.join();
    assertThat(THREADS.getThreadInfo(actor.thread.getId())).isNull();
  }

  private static void enter(Object monitor) {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  @Test
  void shouldSayWhatAThreadIsParkedFor() throws Exception {
    Object blocker = new Object();
    Actor actor = Actor.start(() -> LockSupport.park(blocker)).await(Thread.State.WAITING);
    ThreadInfo info = THREADS.getThreadInfo(actor.thread.getId(), 10);
    assertThat(info.getLockInfo().getIdentityHashCode())
        .isEqualTo(System.identityHashCode(blocker));
    LockSupport.unpark(actor.thread);
    actor.join();
  }

  @Test
  void shouldListTheMonitorsThatAreHeld() throws Exception {
    Object monitor = new Object();
    Actor actor =
        Actor.start(
                () -> {
                  synchronized (monitor) {
                    LockSupport.park();
                  }
                })
            .await(Thread.State.WAITING);
    ThreadInfo info = THREADS.getThreadInfo(new long[] {actor.thread.getId()}, true, true)[0];
    assertThat(info.getLockedMonitors()).hasSize(1);
    assertThat(info.getLockedMonitors()[0].getIdentityHashCode())
        .isEqualTo(System.identityHashCode(monitor));
    LockSupport.unpark(actor.thread);
    actor.join();
  }

  @Test
  void shouldFindADeadlockOfMonitors() throws Exception {
    Object[] monitors = {new Object(), new Object(), new Object()};
    CyclicBarrier all = new CyclicBarrier(monitors.length);
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < monitors.length; i++) {
      Object first = monitors[i];
      Object second = monitors[(i + 1) % monitors.length];
      actors.add(
          Actor.start(
              () -> {
                synchronized (first) {
                  all.await();
                  enter(second);
                }
              }));
    }
    for (Actor actor : actors) {
      actor.await(Thread.State.BLOCKED);
    }
    long[] ids = actors.stream().mapToLong(each -> each.thread.getId()).toArray();
    assertThat(THREADS.findMonitorDeadlockedThreads()).contains(ids); // for ever: nothing ends it
    assertThat(THREADS.findDeadlockedThreads()).contains(ids);
  }

  @Test
  void shouldFindADeadlockOfLocks() throws Exception {
    ReentrantLock left = new ReentrantLock();
    ReentrantLock right = new ReentrantLock();
    CyclicBarrier both = new CyclicBarrier(2);
    Actor one = Actor.start(() -> lockBoth(left, right, both));
    Actor other = Actor.start(() -> lockBoth(right, left, both));
    while (!left.hasQueuedThread(other.thread) || !right.hasQueuedThread(one.thread)) {
      Thread.sleep(1);
    }
    one.await(Thread.State.WAITING); // it is queued before it parks
    other.await(Thread.State.WAITING);
    long[] found = THREADS.findDeadlockedThreads();
    assertThat(found).contains(one.thread.getId(), other.thread.getId());
    one.thread.interrupt();
    assertThat(one.outcome()).isInstanceOf(InterruptedException.class);
    other.join();
  }

  private static void lockBoth(ReentrantLock first, ReentrantLock second, CyclicBarrier both)
      throws Exception {
    first.lock();
    try {
      both.await();
      second.lockInterruptibly();
      second.unlock();
    } finally {
      first.unlock();
    }
  }

  @Test
  void shouldCountHowOftenAThreadWaits() throws Exception {
    Actor actor =
        Actor.start(
            () -> {
              for (int i = 0; i < 10; i++) {
                Thread.sleep(1);
              }
              LockSupport.park();
            });
    actor.await(Thread.State.WAITING);
    assertThat(THREADS.getThreadInfo(actor.thread.getId()).getWaitedCount())
        .isGreaterThanOrEqualTo(11);
    LockSupport.unpark(actor.thread);
    actor.join();
  }

  @Test
  void shouldMeasureHowLongAThreadWaits() throws Exception {
    THREADS.setThreadContentionMonitoringEnabled(true);
    try {
      CountDownLatch waited = new CountDownLatch(1);
      Actor actor =
          Actor.start(
              () -> {
                parkFor(100_000_000);
                waited.countDown();
                LockSupport.park();
              });
      waited.await();
      actor.await(Thread.State.WAITING);
      ThreadInfo info = THREADS.getThreadInfo(actor.thread.getId());
      assertThat(info.getWaitedTime()).isGreaterThanOrEqualTo(90);
      LockSupport.unpark(actor.thread);
      actor.join();
    } finally {
      THREADS.setThreadContentionMonitoringEnabled(false);
    }
  }

  private static void parkFor(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Test
  void shouldTellOfAsManyProcessorsAsTheRuntime() throws Exception {
    Actor.start(
            () ->
                assertThat(ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors())
                    .isEqualTo(Runtime.getRuntime().availableProcessors()))
        .join();
  }

  @Test
  void shouldTellTheStacksOfAllThreads() throws Exception {
    List<Actor> actors = Actor.startMany(100, ThreadReportContractOfTheJdkTest::parkDeepInside);
    for (Actor actor : actors) {
      actor.await(Thread.State.WAITING);
    }
    ThreadInfo[] infos = THREADS.dumpAllThreads(true, true);
    assertThat(infos).hasSizeGreaterThan(100);
    for (Actor actor : actors) {
      assertThat(Thread.getAllStackTraces().get(actor.thread))
          .anyMatch(frame -> frame.getMethodName().equals("parkDeepInside"));
      LockSupport.unpark(actor.thread);
      actor.join();
    }
  }

  private static void parkDeepInside() {
    LockSupport.park();
  }
}
