package io.gevent4j.jmh;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Parks a number of greenlets, virtual or platform threads, each ten calls deep, and prints what
 * each of them takes of memory, and how long the collector stops for all of them.
 *
 * <p>One line: kind, count, compiled or interpreted code, KB each, young pause in ms, collector,
 * way of switching, VM.
 *
 * <p>One kind and one count in a process, for memory that was given back is not seen to be. Some
 * are made and ended first, so that the code is compiled: each entry of the interpreter touches 80
 * KB of a stack (StackShadowPages), and what that makes is shown by {@code -Xint}.
 *
 * <p>It needs the flags that {@code jmh/run} gives it: a heap and a young generation of fixed
 * sizes, {@code -XX:+AlwaysPreTouch}, {@link Flags#NO_SPARE_LENDERS}.
 */
final class ParkedMemory {
  private static final int DEPTH = 10;
  private static final int TO_WARM_UP = 2_000;
  private static final int THREADS_OF_VM = 8; // that it may have started meanwhile
  private static final long MILLIS_TO_SETTLE =
      300; // threads that have said they park, or have ended
  private static final int PAUSES_TO_WARM_UP = 5;
  private static final int PAUSES = 40;
  private static final int GARBAGE_BYTES = 16 << 10;

  private static volatile byte[] garbage; // keeps the allocations from being optimized away

  private ParkedMemory() {}

  public static void main(String[] args) throws Exception {
    String kind = args[0];
    Crowd crowd = crowd(kind);
    crowd.park(1); // helper threads start
    long threads = status("Threads:");
    crowd.park(TO_WARM_UP);
    crowd.end();
    while (status("Threads:") > threads + THREADS_OF_VM) {
      Thread.sleep(10); // some stacks are not given back yet
    }
    Thread.sleep(MILLIS_TO_SETTLE);
    double before = usedKilobytes();
    int count = Integer.parseInt(args[1]);
    crowd.park(count);
    double after = usedKilobytes();
    GarbageCollectorMXBean collector = youngCollector();
    double pause = youngPause(collector);
    System.out.printf(
        Locale.ROOT,
        "%s,%d,%s,%.1f,%.3f,%s,%s,%s%n",
        kind,
        count,
        System.getProperty("java.vm.info").contains("interpreted") ? "interpreted" : "compiled",
        (after - before) / count,
        pause,
        collector.getName(),
        Native.gv_switch_backend(),
        System.getProperty("java.runtime.version"));
    System.exit(0); // those that are parked won't end by themselves
  }

  private interface Crowd {
    void park(int count) throws InterruptedException;

    void end() throws InterruptedException;
  }

  private static Crowd crowd(String kind) {
    switch (kind) {
      case "greenlet":
        return new Greenlets();
      case "virtual":
        return new Threads(true);
      case "platform":
        return new Threads(false);
      default:
        throw new IllegalArgumentException("not greenlet, virtual or platform: " + kind);
    }
  }

  private static final class Greenlets implements Crowd {
    private final RawGreenlet main = RawGreenlet.getCurrent();
    private final List<RawGreenlet> parked = new ArrayList<>();

    @Override
    public void park(int count) {
      for (int i = 0; i < count; i++) {
        RawGreenlet greenlet =
            new RawGreenlet(
                value -> {
                  Depth.run(DEPTH, main::switchTo);
                  return null;
                });
        greenlet.switchTo();
        parked.add(greenlet);
      }
    }

    @Override
    public void end() {
      parked.forEach(RawGreenlet::switchTo);
      parked.clear();
    }
  }

  private static final class Threads implements Crowd {
    private final boolean virtual;
    private final List<Thread> parked = new ArrayList<>();
    private volatile boolean over;

    Threads(boolean virtual) {
      this.virtual = virtual;
    }

    @Override
    public void park(int count) throws InterruptedException {
      over = false;
      CountDownLatch started = new CountDownLatch(count);
      Runnable parking =
          () -> {
            started.countDown();
            while (!over) {
              LockSupport.park();
            }
          };
      for (int i = 0; i < count; i++) {
        parked.add(start(() -> Depth.run(DEPTH, parking)));
      }
      started.await();
      Thread.sleep(MILLIS_TO_SETTLE);
    }

    private Thread start(Runnable action) {
      if (virtual) {
        return VirtualThreads.start(action);
      }
      Thread thread = new Thread(action);
      thread.start();
      return thread;
    }

    @Override
    public void end() throws InterruptedException {
      over = true;
      parked.forEach(LockSupport::unpark);
      for (Thread thread : parked) {
        thread.join();
      }
      parked.clear();
    }
  }

  /**
   * Resident memory and live objects. The heap is resident from the start, so that the one doesn't
   * contain the other, nor what objects that came and went have touched.
   */
  private static double usedKilobytes() throws IOException {
    System.gc();
    return status("VmRSS:")
        + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0;
  }

  /** What the kernel knows of this process. */
  private static long status(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no " + name + " in /proc/self/status");
  }

  /** The one that garbage of short life is collected by. */
  private static GarbageCollectorMXBean youngCollector() {
    return ManagementFactory.getGarbageCollectorMXBeans().get(0);
  }

  /** The mean of many, for the VM counts their time in whole milliseconds. */
  private static double youngPause(GarbageCollectorMXBean collector) {
    litter(collector, PAUSES_TO_WARM_UP);
    long pauses = collector.getCollectionCount();
    long time = collector.getCollectionTime();
    litter(collector, PAUSES);
    return (double) (collector.getCollectionTime() - time)
        / (collector.getCollectionCount() - pauses);
  }

  private static void litter(GarbageCollectorMXBean collector, int pauses) {
    long end = collector.getCollectionCount() + pauses;
    while (collector.getCollectionCount() < end) {
      for (int i = 0; i < 64; i++) {
        garbage = new byte[GARBAGE_BYTES];
      }
    }
  }
}
