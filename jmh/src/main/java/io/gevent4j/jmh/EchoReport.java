package io.gevent4j.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Makes tables and plots of what jmh/echo has measured: reads {@code runs/} in a directory, and
 * writes {@code table.md}, {@code results.json}, {@code throughput.svg} and {@code
 * latency-<bytes>.svg} there.
 */
final class EchoReport {
  private static final double[] SHOWN = {50, 99, 99.9, 100};

  private final EchoResults results;
  private final StringBuilder out = new StringBuilder();

  private EchoReport(EchoResults results) {
    this.results = results;
  }

  /** Arguments: the directory, how it was measured, and the servers in the order of the tables. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    List<EchoServer> servers = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      servers.add(EchoServer.named(args[i]));
    }
    EchoResults results = EchoResults.read(directory.resolve("runs"), servers);
    EchoReport report = new EchoReport(results);
    String table = report.table(args[1]);
    Files.writeString(directory.resolve("table.md"), table);
    Files.writeString(directory.resolve("results.json"), report.json());
    Files.writeString(directory.resolve("throughput.svg"), new EchoThroughputPlot(results).draw());
    for (int bytes : results.distinct(EchoResults.Load::bytes)) {
      Files.writeString(
          directory.resolve("latency-" + bytes + ".svg"),
          new EchoLatencyPlot(results, bytes).draw());
    }
    new PrintStream(System.out, true, UTF_8).print(table);
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  // ---- the tables

  private String table(String how) throws IOException {
    line("# gevent4j: what an echo costs");
    line("");
    line("%s, %s; %s", LocalDate.now(), Machine.describe(), how);
    line("");
    out.append(new EchoGoals(results).draw());
    for (int bytes : results.distinct(EchoResults.Load::bytes)) {
      asFastAsCanBe("%,d B, as fast as can be: a second (busy)", bytes, this::perSecond);
      asFastAsCanBe("%,d B: us of processor for each", bytes, this::cpu);
    }
    atRates();
    return out.toString();
  }

  private interface Cell {
    String of(EchoServer server, EchoResults.Load load);
  }

  private void asFastAsCanBe(String title, int bytes, Cell cell) {
    List<Integer> connections = results.distinct(EchoResults.Load::connections);
    line(
        "| " + title + " | %s |",
        bytes,
        connections.stream()
            .map(count -> String.format(Locale.ROOT, "%,d", count))
            .collect(Collectors.joining(" | ")));
    line("| --- |%s", " ---: |".repeat(connections.size()));
    for (EchoServer server : results.servers()) {
      String cells =
          connections.stream()
              .map(count -> new EchoResults.Load(bytes, count, 0))
              .map(load -> results.has(server, load) ? cell.of(server, load) : "")
              .collect(Collectors.joining(" | "));
      line("| %s | %s |", server.title(), cells);
    }
    line("");
  }

  private String perSecond(EchoServer server, EchoResults.Load load) {
    return String.format(
        Locale.ROOT,
        "%,.0f (%.0f %%)",
        results.median(server, load, EchoRun::perSecond),
        100 * results.median(server, load, EchoRun::busy));
  }

  private String cpu(EchoServer server, EchoResults.Load load) {
    return String.format(
        Locale.ROOT, "%.2f", results.median(server, load, EchoRun::cpuMicrosPerMessage));
  }

  private void atRates() {
    for (EchoResults.Load load : results.loads()) {
      if (load.rate() == 0) {
        continue;
      }
      line(
          "| %,d B, %s, %,d/s: us | 50 %% | 99 %% | 99.9 %% | most | processor"
              + " | switches | MB | client 99.9 %% |",
          load.bytes(), load.connected(), load.rate());
      line("| --- |%s", " ---: |".repeat(8));
      for (EchoServer server : results.servers()) {
        if (results.has(server, load)) {
          line("| %s |%s |", server.title(), latencies(server, load) + costs(server, load));
        }
      }
      line("");
    }
  }

  private String latencies(EchoServer server, EchoResults.Load load) {
    if (!results.sustains(server, load)) {
      return String.format(
          Locale.ROOT, " only %,.0f/s | | |", results.median(server, load, EchoRun::perSecond));
    }
    StringBuilder cells = new StringBuilder();
    for (double percentile : SHOWN) {
      cells.append(
          String.format(Locale.ROOT, " %,.0f |", results.micros(server, load, percentile)));
    }
    return cells.substring(0, cells.length() - 2);
  }

  private String costs(EchoServer server, EchoResults.Load load) {
    return String.format(
        Locale.ROOT,
        " | %.1f | %.2f | %,.0f | %,.0f",
        results.median(server, load, EchoRun::cpuMicrosPerMessage),
        results.median(server, load, EchoRun::switchesPerMessage),
        results.median(server, load, EchoRun::residentMegabytes),
        results.median(server, load, EchoRun::lateMicros));
  }

  // ---- for programs

  private String json() {
    List<String> objects = new ArrayList<>();
    for (EchoResults.Load load : results.loads()) {
      for (EchoServer server : results.servers()) {
        if (results.has(server, load)) {
          objects.add(object(server, load));
        }
      }
    }
    return "[\n" + String.join(",\n", objects) + "\n]\n";
  }

  private String object(EchoServer server, EchoResults.Load load) {
    StringBuilder object = new StringBuilder();
    object.append(
        String.format(
            Locale.ROOT,
            "{\"server\": \"%s\", \"bytes\": %d, \"connections\": %d, \"rate\": %d",
            server.name(),
            load.bytes(),
            load.connections(),
            load.rate()));
    field(object, "perSecond", server, load, EchoRun::perSecond);
    field(object, "unanswered", server, load, EchoRun::unanswered);
    field(object, "busy", server, load, EchoRun::busy);
    field(object, "cpuMicros", server, load, EchoRun::cpuMicrosPerMessage);
    field(object, "switches", server, load, EchoRun::switchesPerMessage);
    field(object, "residentMegabytes", server, load, EchoRun::residentMegabytes);
    field(object, "clientLateMicros", server, load, EchoRun::lateMicros);
    List<String> curve = new ArrayList<>();
    for (int i = 0; i < EchoRun.PERCENTILES.length; i++) {
      int index = i;
      double micros = results.median(server, load, run -> run.micros(index));
      curve.add(String.format(Locale.ROOT, "[%.3f, %.1f]", EchoRun.PERCENTILES[i], micros));
    }
    return object + ", \"micros\": [" + String.join(", ", curve) + "]}";
  }

  private void field(
      StringBuilder object,
      String name,
      EchoServer server,
      EchoResults.Load load,
      ToDoubleFunction<EchoRun> figure) {
    double value = results.median(server, load, figure);
    String text = Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
    object.append(String.format(Locale.ROOT, ", \"%s\": %s", name, text));
  }
}
