package io.gevent4j.jmh;

import java.util.ArrayList;
import java.util.Comparator;
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
        throughput(ours, c, "echoes a second", load -> ratio(ours, c, load, EchoRun::perSecond));
        throughput(
            ours,
            c,
            "echoes in a second of processor time",
            load -> ratio(c, ours, load, EchoRun::cpuMicrosPerMessage));
        latency(ours, EchoServer.named(EchoServer.NETTY));
        latency(ours, EchoServer.named(EchoServer.VIRTUAL));
      }
    }
    if (out.length() == 0) {
      return "";
    }
    return "| Must reach | |\n| --- | --- |\n" + out + "\n";
  }

  /** The worst case of a ratio, as fast as can be. */
  private void throughput(
      EchoServer ours, EchoServer theirs, String what, ToDoubleFunction<EchoResults.Load> ratio) {
    EchoResults.Load worst =
        results.loads().stream()
            .filter(load -> load.rate() == 0)
            .filter(load -> results.has(ours, load) && results.has(theirs, load))
            .min(Comparator.comparingDouble(ratio))
            .orElse(null);
    if (worst != null) {
      double value = ratio.applyAsDouble(worst);
      line(
          "%s: at least %.0f %% of %s, by %s | %.0f %% in the worst case (%,d B, %s): %s",
          ours.title(),
          100 * OF_C,
          theirs.title(),
          what,
          100 * value,
          worst.bytes(),
          worst.connected(),
          value >= OF_C ? "reached" : "**missed**");
    }
  }

  private double ratio(
      EchoServer ours, EchoServer theirs, EchoResults.Load load, ToDoubleFunction<EchoRun> figure) {
    return results.median(ours, load, figure) / results.median(theirs, load, figure);
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
