package io.gevent4j.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** All that jmh/echo has measured, by what was asked for. Of several rounds, the median counts. */
final class EchoResults {
  /** Messages a second over all connections together; 0: as fast as can be. */
  record Load(int bytes, int connections, int rate) implements Comparable<Load> {
    private static final Comparator<Load> ORDER =
        Comparator.comparingInt(Load::bytes)
            .thenComparingInt(Load::connections)
            .thenComparingInt(Load::rate);

    String connected() {
      return String.format(
          Locale.ROOT, "%,d connection%s", connections, connections == 1 ? "" : "s");
    }

    @Override
    public int compareTo(Load other) {
      return ORDER.compare(this, other);
    }
  }

  private final List<EchoServer> servers;
  private final Map<Load, Map<EchoServer, Map<String, EchoRun>>> runs = new TreeMap<>(); // by round

  private EchoResults(List<EchoServer> servers) {
    this.servers = servers;
  }

  /** Files are named {@code server,bytes,connections,rate,round.client}. */
  static EchoResults read(Path directory, List<EchoServer> servers) throws IOException {
    Map<String, List<Path>> byRun = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(
          file ->
              byRun
                  .computeIfAbsent(
                      file.getFileName().toString().replaceFirst("\\.[0-9]+$", ""),
                      run -> new ArrayList<>())
                  .add(file));
    }
    EchoResults results = new EchoResults(servers);
    for (Map.Entry<String, List<Path>> run : byRun.entrySet()) {
      String[] words = run.getKey().split(",");
      Load load =
          new Load(
              Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      results
          .runs
          .computeIfAbsent(load, unused -> new HashMap<>())
          .computeIfAbsent(EchoServer.named(words[0]), unused -> new TreeMap<>())
          .put(words[4], EchoRun.read(run.getValue()));
    }
    return results;
  }

  /** In the order of the tables. */
  List<EchoServer> servers() {
    return servers;
  }

  /** In order, as fast as can be first. */
  List<Load> loads() {
    return List.copyOf(runs.keySet());
  }

  <T> List<T> distinct(Function<Load, T> part) {
    return runs.keySet().stream().map(part).distinct().sorted().collect(Collectors.toList());
  }

  boolean has(EchoServer server, Load load) {
    return runs.containsKey(load) && runs.get(load).containsKey(server);
  }

  /** NaN where it was not measured. */
  double median(EchoServer server, Load load, ToDoubleFunction<EchoRun> figure) {
    if (!has(server, load)) {
      return Double.NaN;
    }
    return median(runs.get(load).get(server).values().stream().mapToDouble(figure));
  }

  /** How much of another's it is, round by round; NaN where not both were measured. */
  double medianRatio(
      EchoServer server, EchoServer other, Load load, ToDoubleFunction<EchoRun> figure) {
    if (!has(server, load) || !has(other, load)) {
      return Double.NaN;
    }
    Map<String, EchoRun> others = runs.get(load).get(other);
    return median(
        runs.get(load).get(server).entrySet().stream()
            .filter(run -> others.containsKey(run.getKey()))
            .mapToDouble(
                run ->
                    figure.applyAsDouble(run.getValue())
                        / figure.applyAsDouble(others.get(run.getKey()))));
  }

  private static double median(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** At the percentile: one of {@link EchoRun#PERCENTILES}. */
  double micros(EchoServer server, Load load, double percentile) {
    for (int i = 0; i < EchoRun.PERCENTILES.length; i++) {
      if (Math.abs(EchoRun.PERCENTILES[i] - percentile) < 1e-9) {
        int index = i;
        return median(server, load, run -> run.micros(index));
      }
    }
    throw new IllegalArgumentException("not kept: " + percentile + " %");
  }

  /** It has answered all that it was sent, and as fast, but for what is under way at the ends. */
  boolean sustains(EchoServer server, Load load) {
    return median(server, load, EchoRun::unanswered) == 0
        && median(server, load, EchoRun::perSecond) >= 0.99 * load.rate();
  }
}
