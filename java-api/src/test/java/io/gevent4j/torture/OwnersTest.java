package io.gevent4j.torture;

import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Hazards 4 and 6 of docs/design.md: kernel threads that end, or wait in the VM, while greenlets
 * are suspended.
 */
@Tag("torture")
class OwnersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Object toParent(Object value) {
    return RawGreenlet.getCurrent().getParent().switchTo(value);
  }

  private static void check(boolean condition, Object what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  // ---- 4: a thread that ends

  /** One thread after the other ends and leaves suspended greenlets behind. */
  static final class EndingOwners {
    private static final int OWNERS = 2_000;
    private static final int GREENLETS = 3;
    private static final int WARM_UP = OWNERS / 4;
    private static final int MOST_THREADS = 40; // the VM's own, and the spare lenders
    private static final long MOST_GROWTH = 24L << 10; // KiB; what 2,000 stacks have is 70 MiB

    public static void main(String[] arguments) throws Exception {
      long memory = 0;
      for (int i = 0; i < OWNERS; i++) {
        leaveBehind();
        if (i == WARM_UP) {
          memory = settledMemory();
        }
      }
      long grown = settledMemory() - memory;
      check(grown < MOST_GROWTH, "memory has grown by " + grown + " KiB");
      System.out.println("ok " + grown + " KiB more, " + status("Threads:") + " threads");
    }

    /** As soon as the greenlets' threads have ended: their finally blocks are not their end. */
    private static long settledMemory() throws Exception {
      TortureWorkload.until("threads end", () -> status("Threads:") <= MOST_THREADS);
      System.gc();
      return status("VmRSS:");
    }

    private static void leaveBehind() throws InterruptedException {
      CountDownLatch ended = new CountDownLatch(GREENLETS);
      int[] order = new int[2]; // how many are at work, how many have been
      RawGreenlet[] kept = new RawGreenlet[GREENLETS];
      Thread owner =
          new Thread(
              () -> {
                for (int i = 0; i < GREENLETS; i++) {
                  kept[i] = new RawGreenlet(value -> stay(order, ended));
                  kept[i].switchTo();
                }
              });
      owner.start();
      owner.join();
      ended.await();
      check(order[0] == 0 && order[1] == GREENLETS, "left: " + order[0] + " " + order[1]);
    }

    private static Object stay(int[] order, CountDownLatch ended) {
      try {
        return toParent(null);
      } finally {
        check(++order[0] == 1, "two at a time");
        Thread.yield();
        order[1]++;
        order[0]--;
        ended.countDown();
      }
    }

    private static long status(String field) throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new IOException("no " + field);
    }
  }

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> shouldLeaveNothingBehindWhenThreadsEnd() {
    return Jdk.each(
        "shouldLeaveNothingBehindWhenThreadsEnd",
        jdk ->
            System.out.println(
                jdk
                    + ": 2,000 owners ended, "
                    + new Child(jdk, EndingOwners.class)
                        .options("-Xmx64m", "-Xms64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                        .options("-Dgevent4j.spareLenders=0..8")
                        .run(PATIENCE)
                        .assertOk()
                        .told("ok")));
  }

  // ---- 6: main has no lender

  /** Main, and a greenlet, wait in the VM beside suspended greenlets, which then go on. */
  static final class Blocking {
    private static final int GREENLETS = 50;

    public static void main(String[] arguments) throws Exception {
      List<RawGreenlet> suspended = new ArrayList<>();
      for (int i = 0; i < GREENLETS; i++) {
        RawGreenlet greenlet = new RawGreenlet(value -> answer());
        greenlet.switchTo();
        suspended.add(greenlet);
      }
      for (int round = 0; round < 10; round++) {
        block();
        RawGreenlet blocks =
            new RawGreenlet(
                value -> {
                  block();
                  return null;
                });
        blocks.switchTo();
        check(blocks.isDead(), "blocked, and did not come back");
        for (RawGreenlet greenlet : suspended) {
          check(greenlet.switchTo(round).equals(round), "another's answer");
        }
      }
      System.out.println("ok");
    }

    private static Object answer() {
      synchronized (new Object()) {
        Object value = null;
        while (true) {
          value = toParent(value);
        }
      }
    }

    private static void block() {
      try {
        Thread.sleep(2);
        park();
        enter();
        await();
        take();
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }

    /** Does something as soon as the calling thread is seen in a state. */
    private static Thread onceIn(Thread.State state, Runnable action) {
      Thread waiting = Thread.currentThread();
      Thread thread =
          new Thread(
              () -> {
                while (waiting.getState() != state) {
                  Thread.onSpinWait();
                }
                action.run();
              });
      thread.start();
      return thread;
    }

    private static void park() throws InterruptedException {
      Thread self = Thread.currentThread();
      boolean[] done = new boolean[1];
      Thread other =
          onceIn(
              Thread.State.WAITING,
              () -> {
                done[0] = true;
                LockSupport.unpark(self);
              });
      while (!done[0]) {
        LockSupport.park();
      }
      other.join();
    }

    private static void enter() throws InterruptedException {
      Object monitor = new Object();
      CountDownLatch entered = new CountDownLatch(1);
      Thread self = Thread.currentThread();
      Thread other =
          new Thread(
              () -> {
                synchronized (monitor) {
                  entered.countDown();
                  while (self.getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                  }
                }
              });
      other.start();
      entered.await();
      synchronized (monitor) {
        check(Thread.holdsLock(monitor), "not entered");
      }
      other.join();
    }

    private static void await() throws InterruptedException {
      Object monitor = new Object();
      boolean[] done = new boolean[1];
      synchronized (monitor) {
        Thread other =
            onceIn(
                Thread.State.WAITING,
                () -> {
                  synchronized (monitor) {
                    done[0] = true;
                    monitor.notifyAll();
                  }
                });
        while (!done[0]) {
          monitor.wait();
        }
        other.join();
      }
    }

    private static void take() throws InterruptedException {
      BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
      Thread other = onceIn(Thread.State.WAITING, () -> queue.add("there"));
      check(queue.take().equals("there"), "another's element");
      other.join();
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldGoOnWhenMainHasBlocked() {
    return Jdk.each(
        "shouldGoOnWhenMainHasBlocked",
        jdk -> new Child(jdk, Blocking.class).run(PATIENCE).assertOk());
  }
}
