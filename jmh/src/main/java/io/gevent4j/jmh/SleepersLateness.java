package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How late sleepers wake up, beside many others, on one hub or as virtual threads. Prints one line,
 * as {@link Latency#print} says.
 *
 * <p>Arguments: greenlet or virtual; how many; who sleeps how long; for how many seconds to
 * measure, after as many to warm up:
 *
 * <ul>
 *   <li><i>random</i>: each from 0.1 to 1 s;
 *   <li><i>one</i>: one of them 1 ms, while the others sleep for an hour;
 *   <li><i>spinners</i>: one of them 1 ms, while the others let each other run;
 *   <li><i>all</i>: each 1 ms, which is more than one processor can do: how late they are says how
 *       many it can.
 * </ul>
 */
final class SleepersLateness {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final Kind kind;
  private final AtomicInteger alive = new AtomicInteger();
  private final Latency latency = new Latency();

  private SleepersLateness(Kind kind) {
    this.kind = kind;
  }

  public static void main(String[] args) throws InterruptedException {
    SleepersLateness sleepers = new SleepersLateness(kind(args[0]));
    sleepers.start(args[2], Integer.parseInt(args[1]));
    double seconds = Double.parseDouble(args[3]);
    sleepers.measure((long) (seconds * 1e9));
    sleepers.latency.print(args[2], args[0], sleepers.kind.loop());
    System.exit(0); // those that sleep don't end by themselves
  }

  private void start(String who, int count) {
    for (int i = 0; i < count; i++) {
      int number = i;
      kind.spawn(() -> live(who, number, count));
    }
    while (alive.get() < count) {
      kind.sleep(MILLI);
    }
  }

  private void live(String who, int number, int count) {
    alive.incrementAndGet();
    switch (who) {
      case "random":
        SplittableRandom random = new SplittableRandom(number);
        sleepOnAndOn(() -> random.nextLong(100 * MILLI, 1_000 * MILLI));
        break;
      case "one":
        sleepOnAndOn(number == 0 ? () -> MILLI : () -> HOUR);
        break;
      case "spinners":
        if (number != 0) {
          spin(count);
        }
        sleepOnAndOn(() -> MILLI);
        break;
      case "all":
        sleepOnAndOn(() -> MILLI);
        break;
      default:
        throw new IllegalArgumentException("not random, one, spinners or all: " + who);
    }
  }

  private void sleepOnAndOn(LongSupplier spans) {
    while (true) {
      long span = spans.getAsLong();
      long due = System.nanoTime() + span;
      kind.sleep(span);
      latency.add(System.nanoTime() - due);
    }
  }

  /** Not before all are there: a new virtual thread might not get its turn any more. */
  private void spin(int count) {
    while (alive.get() < count) {
      kind.sleep(MILLI);
    }
    while (true) {
      kind.yield();
    }
  }

  /** By one that itself sleeps: in the hub, main. */
  private void measure(long nanos) {
    kind.sleep(nanos);
    latency.begin();
    kind.sleep(nanos);
    latency.end();
  }

  private interface Kind {
    void spawn(Runnable action);

    void sleep(long nanos);

    void yield();

    String loop();
  }

  private static Kind kind(String name) {
    switch (name) {
      case "greenlet":
        return new Greenlets();
      case "virtual":
        return new VirtualKind();
      default:
        throw new IllegalArgumentException("not greenlet or virtual: " + name);
    }
  }

  private static final class Greenlets implements Kind {
    @Override
    public void spawn(Runnable action) {
      Gevent.spawnRaw(action);
    }

    @Override
    public void sleep(long nanos) {
      Gevent.sleep(nanos / 1e9);
    }

    @Override
    public void yield() {
      Gevent.sleep(0);
    }

    @Override
    public String loop() {
      return Latency.describe(Hub.get().loop());
    }
  }

  private static final class VirtualKind implements Kind {
    @Override
    public void spawn(Runnable action) {
      VirtualThreads.start(action);
    }

    @Override
    public void sleep(long nanos) {
      try {
        TimeUnit.NANOSECONDS.sleep(nanos);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e); // nobody interrupts it
      }
    }

    @Override
    public void yield() {
      Thread.yield();
    }

    @Override
    public String loop() {
      return "";
    }
  }
}
