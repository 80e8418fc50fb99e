package io.gevent4j.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What the clients of {@code native/bench/echo_client.c} have said of one server, in one round. */
final class EchoRun {
  /** Of latency, on a logarithmic scale of what is beyond; the last one is the most. */
  static final double[] PERCENTILES = percentiles();

  private static final int PER_DECADE = 10;
  private static final int DECADES = 4; // up to 99.99 %
  private static final int MEDIAN_INDEX = 3; // where it would be 49.9 %

  private double seconds;
  private long answered; // in that time
  private long unanswered; // of what was due in that time
  private long cpuNanos; // of the server in that time
  private long total; // answered, before and after too
  private long switches; // of the server meanwhile
  private long residentKilobytes;
  private final double[] micros = new double[PERCENTILES.length]; // of latency
  private final double lateMicros; // at 99.9 % of what the clients sent

  private EchoRun(List<Path> files) throws IOException {
    Histogram latency = new Histogram(3);
    Histogram late = new Histogram(3);
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "latency":
            latency.recordValueWithCount(Long.parseLong(words[1]), Long.parseLong(words[2]));
            break;
          case "late":
            late.recordValueWithCount(Long.parseLong(words[1]), Long.parseLong(words[2]));
            break;
          default:
            add(words[0], Long.parseLong(words[1]), files.size());
        }
      }
    }
    for (int i = 0; i < micros.length; i++) {
      micros[i] = latency.getValueAtPercentile(PERCENTILES[i]) / 1e3;
    }
    lateMicros = late.getValueAtPercentile(99.9) / 1e3;
  }

  /** Each client has a share of the messages, and has looked at the same server. */
  private void add(String key, long value, int clients) {
    switch (key) {
      case "nanoseconds":
        seconds += value / 1e9 / clients;
        break;
      case "answered":
        answered += value;
        break;
      case "unanswered":
        unanswered += value;
        break;
      case "cpu":
        cpuNanos = Math.max(cpuNanos, value);
        break;
      case "total":
        total += value;
        break;
      case "switches":
        switches = Math.max(switches, value);
        break;
      case "resident":
        residentKilobytes = Math.max(residentKilobytes, value);
        break;
      default: // what it was asked for
    }
  }

  static EchoRun read(List<Path> files) throws IOException {
    return new EchoRun(files);
  }

  private static double[] percentiles() {
    double[] percentiles = new double[PER_DECADE * DECADES + 2];
    for (int i = 0; i < percentiles.length - 1; i++) {
      percentiles[i] = 100 - 100 * Math.pow(10, -i / (double) PER_DECADE);
    }
    percentiles[MEDIAN_INDEX] = 50;
    percentiles[percentiles.length - 1] = 100;
    return percentiles;
  }

  double perSecond() {
    return answered / seconds;
  }

  long unanswered() {
    return unanswered;
  }

  /** How much of its core the server had, from 0 to 1. */
  double busy() {
    return cpuNanos / 1e9 / seconds;
  }

  double cpuMicrosPerMessage() {
    return cpuNanos / 1e3 / answered;
  }

  double switchesPerMessage() {
    return (double) switches / total;
  }

  double residentMegabytes() {
    return residentKilobytes / 1024.0;
  }

  double lateMicros() {
    return lateMicros;
  }

  /** At {@link #PERCENTILES}[index]. */
  double micros(int index) {
    return micros[index];
  }
}
