package io.gevent4j.jmh;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The floor of {@link SleepersLateness}: one thread with a heap of deadlines, which parks until the
 * next one. How late it is, the machine is: nobody waits for it to be done with something else.
 */
final class DeadlineThread {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final SplittableRandom random = new SplittableRandom(1);
  private final PriorityQueue<Long> deadlines = new PriorityQueue<>();
  private final Latency latency = new Latency();

  private DeadlineThread(int count) {
    for (int i = 0; i < count; i++) {
      deadlines.add(next(System.nanoTime()));
    }
  }

  /** Arguments: how many; for how many seconds to measure, after as many to warm up. */
  public static void main(String[] args) {
    DeadlineThread thread = new DeadlineThread(Integer.parseInt(args[0]));
    long nanos = (long) (Double.parseDouble(args[1]) * 1e9);
    thread.serve(nanos);
    thread.latency.begin();
    thread.serve(nanos);
    thread.latency.end();
    thread.latency.print("random", "one thread, a heap", "");
  }

  private long next(long now) {
    return now + random.nextLong(100 * MILLI, 1_000 * MILLI);
  }

  private void serve(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      long due = deadlines.peek();
      if (due > now) {
        LockSupport.parkNanos(due - now);
      } else {
        deadlines.poll();
        latency.add(now - due);
        deadlines.add(next(now));
      }
    }
  }
}
