package io.gevent4j.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What our servers must reach beside others, for each of ours that was measured. */
final class EchoGoals {
  private static final double OF_C = 0.9; // of the throughput of C on the same loop, at least
  private static final double[] PERCENTILES = {50, 99, 99.9};

  private final EchoResults results;
  private final StringBuilder out = new StringBuilder();

  EchoGoals(EchoResults results) {
    this.results = results;
  }

  /** Empty where there is nothing to compare. */
  String draw() {
    for (EchoServer ours : results.servers()) {
      if (ours.name().matches("(lean|net|patched)-.*")) {
        String loop = ours.name().replaceFirst(".*-", "");
        EchoServer c = EchoServer.named("c-" + loop);
        throughput(
            ours,
            c,
            "echoes a second",
            load -> results.medianRatio(ours, c, load, EchoRun::perSecond));
        throughput(
            ours,
            c,
            "echoes in a second of processor time",
            load -> results.medianRatio(c, ours, load, EchoRun::cpuMicrosPerMessage));
        latency(ours, EchoServer.named(EchoServer.NETTY));
        latency(ours, EchoServer.named(EchoServer.VIRTUAL));
      }
    }
    if (out.length() == 0) {
      return "";
    }
    return "| Must reach | |\n| --- | --- |\n" + out + "\n";
  }

  /** As fast as can be. */
  private void throughput(
      EchoServer ours, EchoServer theirs, String what, ToDoubleFunction<EchoResults.Load> ratio) {
    List<String> each = new ArrayList<>();
    boolean reached = true;
    for (EchoResults.Load load : results.loads()) {
      double value = ratio.applyAsDouble(load);
      if (load.rate() == 0 && !Double.isNaN(value)) {
        each.add(
            String.format(
                Locale.ROOT, "%,d B, %s: %.0f %%", load.bytes(), load.connected(), 100 * value));
        reached &= value >= OF_C;
      }
    }
    if (!each.isEmpty()) {
      line(
          "%s: at least %.0f %% of %s, by %s | %s: %s",
          ours.title(),
          100 * OF_C,
          theirs.title(),
          what,
          String.join("; ", each),
          reached ? "reached" : "**missed**");
    }
  }

  /** At all rates that both sustain. */
  private void latency(EchoServer ours, EchoServer theirs) {
    int compared = 0;
    List<String> later = new ArrayList<>();
    for (EchoResults.Load load : results.loads()) {
      if (load.rate() > 0 && results.sustains(ours, load) && results.sustains(theirs, load)) {
        for (double percentile : PERCENTILES) {
          compared++;
          if (results.micros(ours, load, percentile) >= results.micros(theirs, load, percentile)) {
            later.add(
                String.format(
                    Locale.ROOT,
                    "%s %% of %,d B, %s, %,d/s",
                    Double.toString(percentile).replace(".0", ""),
                    load.bytes(),
                    load.connected(),
                    load.rate()));
          }
        }
      }
    }
    if (compared > 0) {
      line(
          "%s: 50, 99 and 99.9 %% sooner than %s | %d of %d%s",
          ours.title(),
          theirs.title(),
          compared - later.size(),
          compared,
          later.isEmpty() ? ": reached" : ": **missed** at " + String.join("; ", later));
    }
  }

  private void line(String format, Object... values) {
    out.append("| ").append(String.format(Locale.ROOT, format, values)).append(" |\n");
  }
}
