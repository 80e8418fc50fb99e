package io.gevent4j.torture;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Greenlets that do a random mix of all that a VM can be asked to do, and check after every switch
 * that they are still themselves; run in a process of its own. Prints "ok" and counts, or says what
 * went wrong and ends with a status other than 0.
 *
 * <p>Arguments, all of them optional: {@code greenlets=200 owners=2 seconds=3 seed=1 jfr=yes
 * trouble=yes}.
 */
public final class TortureWorkload {
  private static final long PATIENCE = SECONDS.toNanos(60);

  static final LongAdder switches = new LongAdder();
  static final LongAdder steps = new LongAdder();
  static final LongAdder started = new LongAdder();
  static final LongAdder ended = new LongAdder();
  static final LongAdder dropped = new LongAdder();
  static final LongAdder overflows = new LongAdder();
  static final LongAdder thrownInto = new LongAdder();
  static final LongAdder orphans = new LongAdder();
  static final LongAdder crews = new LongAdder();

  private static final AtomicBoolean failed = new AtomicBoolean();
  private static volatile long end;

  private TortureWorkload() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings =
        Arrays.stream(arguments)
            .map(argument -> argument.split("="))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    int greenlets = Integer.parseInt(settings.getOrDefault("greenlets", "200"));
    int owners = Integer.parseInt(settings.getOrDefault("owners", "2"));
    double seconds = Double.parseDouble(settings.getOrDefault("seconds", "3"));
    long seed = Long.parseLong(settings.getOrDefault("seed", "" + System.nanoTime()));
    System.out.println("seed " + seed);

    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> fail("" + thread, thrown));
    Trouble trouble =
        new Trouble(
            settings.getOrDefault("trouble", "yes").equals("yes"),
            settings.getOrDefault("jfr", "yes").equals("yes"));
    trouble.start();
    end = System.nanoTime() + (long) (seconds * 1e9);

    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < owners; i++) {
      Random random = new Random(seed + i);
      int size = Math.max(1, greenlets / owners);
      Thread thread = new Thread(() -> replaceOwners(size, random), "owners-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    until("the greenlets of ended threads end", () -> started.sum() == ended.sum());
    trouble.stop();
    if (failed.get()) {
      return; // whoever failed ends the process
    }
    System.out.printf(
        "ok %d switches, %d steps, %d greenlets, %d of them dropped, %d orphaned by %d threads; %d"
            + " overflows, %d thrown into, %d classes unloaded%n",
        switches.sum(),
        steps.sum(),
        started.sum(),
        dropped.sum(),
        orphans.sum(),
        crews.sum(),
        overflows.sum(),
        thrownInto.sum(),
        ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount());
  }

  /** One thread after the other, each of which leaves its greenlets behind. */
  private static void replaceOwners(int size, Random random) {
    while (!isOver()) {
      Crew crew = new Crew(size, random);
      Thread owner = new Thread(crew, "owner");
      crew.owner = owner;
      crews.increment();
      owner.start();
      try {
        owner.join();
      } catch (InterruptedException interrupted) {
        fail("join", interrupted);
      }
    }
  }

  static boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  static void until(String what, Condition condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > PATIENCE) {
        fail(
            "in vain waited until " + what + ": " + started + " started, " + ended + " ended",
            null);
      }
      Thread.sleep(1);
    }
  }

  static void check(boolean condition, String what) {
    if (!condition) {
      fail(what, new AssertionError(what));
    }
  }

  /** The first mistake ends the process. */
  static void fail(String what, Throwable thrown) {
    if (failed.compareAndSet(false, true)) {
      System.out.println("failed: " + what + " in " + Thread.currentThread());
      if (thrown != null) {
        thrown.printStackTrace();
      }
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
  }
}
