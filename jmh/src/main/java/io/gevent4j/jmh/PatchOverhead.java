package io.gevent4j.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.monkey.Monkey;
import io.gevent4j.monkey.Options;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What patches cost threads that are no greenlets, for things as short as they can be, so that it
 * weighs as much as it can. In one VM, each by turns without patches and with them, some ms at a
 * time: two VMs differ among themselves by more. Prints a table.
 *
 * <p>Arguments: how (quick or long); which by their name (a pattern, or empty).
 */
final class PatchOverhead {
  private static final int BLOCK = 4096; // bytes
  private static final int WARM_UPS = 100;
  private static final double CONFIDENCE = 1.96; // of 95 %, in standard deviations

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * Does a thing, so many times. Returns the processor time of other threads that had part in it.
   */
  private interface Work {
    long run(int times) throws Exception;
  }

  private record Thing(int times, Work work) {}

  private PatchOverhead() {}

  public static void main(String[] args) throws Exception {
    int rounds = args[0].equals("quick") ? 100 : 1000;
    Pattern which = Pattern.compile(args[1], Pattern.CASE_INSENSITIVE);
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    StringBuilder rows = new StringBuilder();
    for (Map.Entry<String, Thing> each : things().entrySet()) {
      if (which.matcher("overhead " + each.getKey()).find()) {
        rows.append(row(each.getKey(), each.getValue(), rounds));
      }
    }
    if (rows.length() > 0) {
      out.printf(
          "| JDK %d, no greenlets: ns of processor | without patches | with | more |%n"
              + "| --- | ---: | ---: | ---: |%n%s%n",
          Runtime.version().feature(), rows);
    }
  }

  private static Map<String, Thing> things() throws IOException {
    Talk parking = JdkTalk.PARK.between(Thread::new);
    Talk sockets = JdkTalk.SOCKET.between(Thread::new);
    Map<String, Thing> things = new LinkedHashMap<>();
    things.put("park: there and back between two threads", new Thing(500, talk(parking)));
    things.put("socket: 64 B there and back between two threads", new Thing(200, talk(sockets)));
    things.put("file: 4 KB out of the page cache", new Thing(2000, reading()));
    return things;
  }

  private static Work talk(Talk talk) {
    return turns -> {
      long[] spent = new long[1];
      Thread second =
          new Thread(
              () -> {
                talk.runSecond(turns);
                spent[0] = THREADS.getCurrentThreadCpuTime();
              });
      second.start();
      talk.runFirst(turns);
      second.join();
      return spent[0];
    };
  }

  private static Work reading() throws IOException {
    byte[] block = new byte[BLOCK];
    Path path = Files.createTempFile("block", null);
    Files.write(path, block);
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    Files.delete(path);
    return times -> {
      for (int i = 0; i < times; i++) {
        file.seek(0);
        file.readFully(block);
      }
      return 0;
    };
  }

  // ---- measuring

  private static String row(String name, Thing thing, int rounds) throws Exception {
    double[] without = new double[rounds];
    double[] with = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = -WARM_UPS; round < rounds; round++) {
      Monkey.undo();
      double before = nanos(thing);
      Monkey.patchAll(Options.parse("no-thread"));
      double after = nanos(thing);
      if (round >= 0) {
        without[round] = before;
        with[round] = after;
        ratios[round] = after / before;
      }
    }
    for (double[] values : new double[][] {without, with, ratios}) {
      Arrays.sort(values);
    }
    double half = rounds / 2.0;
    double apart = CONFIDENCE * Math.sqrt(rounds) / 2; // of the ranks of a median's limits
    return String.format(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %+.1f %% (%+.1f to %+.1f) |%n",
        name,
        without[rounds / 2],
        with[rounds / 2],
        percent(ratios[rounds / 2]),
        percent(ratios[(int) (half - apart)]),
        percent(ratios[(int) (half + apart)]));
  }

  private static double percent(double ratio) {
    return 100 * (ratio - 1);
  }

  private static double nanos(Thing thing) throws Exception {
    long before = THREADS.getCurrentThreadCpuTime();
    long others = thing.work.run(thing.times);
    return (double) (THREADS.getCurrentThreadCpuTime() - before + others) / thing.times;
  }
}
