package io.gevent4j.jmh;

import io.gevent4j.binding.Native;
import io.gevent4j.loop.Loop;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How late something was, again and again: counted while it is on, and printed as one line. */
final class Latency {
  private static final long MOST = TimeUnit.MINUTES.toNanos(10);

  private final Histogram nanos = new ConcurrentHistogram(MOST, 3);
  private volatile boolean on; // the code is compiled, and everybody there
  private long since;
  private double seconds;

  void begin() {
    since = System.nanoTime();
    on = true;
  }

  void end() {
    on = false;
    seconds = (System.nanoTime() - since) / 1e9;
  }

  /** Any thread. */
  void add(long late) {
    if (on) {
      nanos.recordValue(Math.min(Math.max(late, 0), MOST));
    }
  }

  /**
   * What, who, number per second; 50, 99, 99.9 and 100 percent of them were at most so many us
   * late, or never came; loop.
   */
  void print(String what, String who, String loop) {
    System.out.println(
        String.join(
            ",",
            what,
            who + (isOnOneCarrier(who) ? " on one carrier" : ""),
            String.format(Locale.ROOT, "%.0f", nanos.getTotalCount() / seconds),
            at(50),
            at(99),
            at(99.9),
            at(100),
            loop));
  }

  private String at(double percentile) {
    return nanos.getTotalCount() == 0
        ? "never"
        : String.format(Locale.ROOT, "%.1f", nanos.getValueAtPercentile(percentile) / 1e3);
  }

  /** As {@link Flags#ONE_CARRIER} has it. */
  private static boolean isOnOneCarrier(String who) {
    return who.startsWith("virtual")
        && Integer.getInteger("jdk.virtualThreadScheduler.parallelism", 0) == 1;
  }

  /** For {@link #print}. */
  static String describe(Loop loop) {
    return loop.name() + "/" + loop.backend() + "/" + Native.gv_switch_backend();
  }
}
