package io.gevent4j.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Makes a table and a plot of what jmh/run has measured: reads {@code results-<jdk>.csv} (by JMH)
 * and {@code parked-<jdk>.csv} (by {@link ParkedMemory}), {@code late-<jdk>.csv} (by {@link
 * SleepersLateness} and {@link WakeLatency}) and {@code gevent.csv} out of a directory, and writes
 * {@code results.md} and {@code switch.svg} there.
 */
final class Report {
  private final Path directory;
  private final Map<Integer, Map<String, Figure>> figures = new TreeMap<>(); // by JDK and name
  private final Map<Integer, List<String[]>> parked = new TreeMap<>(); // by JDK
  private final Map<Integer, List<String[]>> late = new TreeMap<>(); // by JDK
  private PythonGevent python;
  private final StringBuilder out = new StringBuilder();

  private Report(Path directory) {
    this.directory = directory;
  }

  /** Arguments: the directory, and the versions of the JDKs that results are there of. */
  public static void main(String[] args) throws IOException {
    Report report = new Report(Path.of(args[0]));
    for (int i = 1; i < args.length; i++) {
      report.read(Integer.parseInt(args[i]));
    }
    report.python = PythonGevent.read(report.directory.resolve("gevent.csv"));
    String table = report.table();
    Files.writeString(report.directory.resolve("results.md"), table);
    Files.writeString(report.directory.resolve("switch.svg"), new Plot(report.figures).draw());
    new PrintStream(System.out, true, UTF_8).print(table);
  }

  // ---- what was measured

  private void read(int jdk) throws IOException {
    List<String[]> lines = readCsv("results-" + jdk + ".csv");
    Map<String, Figure> ofJdk = new LinkedHashMap<>();
    for (Row row : Row.all()) {
      String[] score = find(lines, row, "");
      if (score != null) {
        String[] bytes = find(lines, row, ":gc.alloc.rate.norm");
        ofJdk.put(
            row.name(),
            new Figure(
                Double.parseDouble(score[4]) / row.perOp(),
                Double.parseDouble(score[5]) / row.perOp(),
                bytes == null ? Double.NaN : Double.parseDouble(bytes[4]) / row.perOp()));
      }
    }
    figures.put(jdk, ofJdk);
    parked.put(jdk, readCsv("parked-" + jdk + ".csv"));
    late.put(jdk, readCsv("late-" + jdk + ".csv"));
  }

  /** Columns: benchmark, mode, threads, samples, score, error, unit, and then the parameters. */
  private static String[] find(List<String[]> lines, Row row, String secondary) {
    String name = Report.class.getPackageName() + "." + row.benchmark() + secondary;
    for (String[] line : lines) {
      String parameters = String.join("", List.of(line).subList(7, line.length));
      if (line[0].equals(name) && parameters.equals(row.parameter())) {
        return line;
      }
    }
    return null;
  }

  /** No value of ours has a comma in it. */
  private List<String[]> readCsv(String name) throws IOException {
    return Files.readAllLines(directory.resolve(name)).stream()
        .skip(1)
        .map(line -> line.replace("\"", "").split(",", -1))
        .collect(Collectors.toList());
  }

  // ---- the table

  private String table() throws IOException {
    line("# gevent4j: what switching, spawning, waiting and talking cost");
    line("");
    line(LocalDate.now() + ", " + Machine.describe());
    figures.keySet().forEach(jdk -> line("- " + jdk + ": " + vm(jdk)));
    line("");
    goals();
    times("One way (there and back is two of them)", Row.SWITCHES);
    times("Made, run and ended", Row.SPAWNS);
    times("Letting the others run first", Row.SLEEPS);
    times("Spawned in a hub, run, ended and waited for", Row.SPAWN_JOINS);
    times("Started and stopped", Row.TIMERS);
    times("From one to the other, who waits for it", Row.TALKS);
    times("Through what nobody, or hardly anybody, waits for", Row.WITHOUT_WAITING);
    times("By pools", Row.POOLS);
    line("ns: the mean ± half of the 99.9 % confidence interval. B: allocated, to the whole byte.");
    line("");
    if (python.isThere()) {
      line("gevent: " + python.version() + ".");
      line("");
    }
    out.append(new LatenessTable(late, python.late()).draw());
    memory();
    return out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private void line(String format, Object... values) {
    line(String.format(Locale.ROOT, format, values));
  }

  private void times(String title, List<Row> rows) {
    if (rows.stream().allMatch(this::isLeftOut)) {
      return;
    }
    boolean besides = python.isThere() && rows.stream().anyMatch(row -> python.nanos(row) != null);
    line("| " + title + perJdk(" | %1$d: ns | %1$d: B") + (besides ? " | gevent: ns |" : " |"));
    line("| --- " + perJdk("| ---: | ---: ") + (besides ? "| ---: |" : "|"));
    for (Row row : rows) {
      if (isLeftOut(row)) {
        continue;
      }
      StringBuilder cells = new StringBuilder();
      for (int jdk : figures.keySet()) {
        Figure figure = figures.get(jdk).get(row.name());
        cells.append(" | ").append(figure == null ? missing(jdk, row) : nanos(figure));
        cells.append(" | ").append(figure == null ? "" : bytes(figure));
      }
      String other = python.nanos(row);
      cells.append(!besides ? "" : " | " + (other == null ? "" : other));
      line("| " + row.name() + cells + " |");
    }
    line("");
  }

  /** By whoever asked for some benchmarks only. */
  private boolean isLeftOut(Row row) {
    return figures.values().stream().noneMatch(f -> f.containsKey(row.name()))
        && figures.keySet().stream().anyMatch(jdk -> !row.isAbsentFrom(jdk));
  }

  private static String missing(int jdk, Row row) {
    return row.isAbsentFrom(jdk) ? "not in this JDK" : "not measured";
  }

  private String perJdk(String format) {
    return figures.keySet().stream()
        .map(jdk -> String.format(Locale.ROOT, format, jdk))
        .collect(Collectors.joining());
  }

  private static String nanos(Figure figure) {
    String format = figure.nanos() < 1000 ? "%,.1f" : "%,.0f";
    String error =
        Double.isNaN(figure.error())
            ? ""
            : String.format(Locale.ROOT, " ± " + format, figure.error());
    return String.format(Locale.ROOT, format, figure.nanos()) + error;
  }

  private static String bytes(Figure figure) {
    return Double.isNaN(figure.bytes()) ? "?" : String.format(Locale.ROOT, "%,.0f", figure.bytes());
  }

  private void memory() {
    line("| Parked, ten calls deep | JDK | KB each | young pause, ms | collector |");
    line("| --- | ---: | ---: | ---: | --- |");
    parked.forEach(
        (jdk, lines) -> {
          for (String[] cells : lines) {
            String what =
                String.format(Locale.ROOT, "%,d × %s", Integer.parseInt(cells[1]), kind(cells[0]));
            if (cells[2].equals("failed")) {
              line("| %s | %d | failed | | |", what, jdk);
            } else {
              String code = cells[2].equals("interpreted") ? ", code not compiled" : "";
              line("| %s%s | %d | %s | %s | %s |", what, code, jdk, cells[3], cells[4], cells[5]);
            }
          }
        });
  }

  private static String kind(String kind) {
    return kind.equals("greenlet") ? "RawGreenlet" : kind + " thread";
  }

  // ---- the goals

  private void goals() {
    line("| Must reach |" + perJdk(" %d |"));
    line("| --- |" + perJdk(" --- |"));
    goal("a switch one way ≤ 25 ns", jdk -> atMost(25, "%.1f ns", nanosOf(jdk, Row.SWITCH)));
    goal(
        "the same from two places in the code",
        jdk -> atMost(25, "%.1f ns", nanosOf(jdk, Row.TWO_PLACES)));
    goal("the same with old objects", jdk -> atMost(25, "%.1f ns", nanosOf(jdk, Row.OLD)));
    goal("it allocates nothing", jdk -> atMost(0.5, "%.0f B", bytesOf(jdk, Row.SWITCH)));
    goal("≥ 1.5 × faster than Continuation", jdk -> atLeast(1.5, ratio(jdk, Row.CONTINUATION)));
    goal("≥ 5 × faster than a virtual thread's yield", jdk -> atLeast(5, ratio(jdk, Row.YIELD)));
    goal(
        "made, run and ended in ≤ 1 µs, from the pool",
        jdk -> atMost(1000, "%.0f ns", nanosOf(jdk, Row.SPAWN)));
    goal(
        "sleep(0) ≤ 40 ns, by 1 to 1,000 greenlets",
        jdk -> atMost(40, "%.1f ns", worst(jdk, Row.SLEEPS.subList(0, 3), Figure::nanos)));
    goal(
        "it allocates nothing, by 1 to 1,000 greenlets",
        jdk -> atMost(0.5, "%.0f B", worst(jdk, Row.SLEEPS.subList(0, 3), Figure::bytes)));
    goal(
        "spawned and joined faster than the fastest virtual thread",
        jdk ->
            atLeast(
                1,
                fastestVirtual(jdk, Row.SPAWN_JOINS, "one by one") / nanosOf(jdk, Row.SPAWN_JOIN)));
    goal(
        "1,000 at once likewise",
        jdk ->
            atLeast(
                1,
                fastestVirtual(jdk, Row.SPAWN_JOINS, "1,000 at once")
                    / nanosOf(jdk, Row.SPAWN_JOIN_AT_ONCE)));
    goal(
        "10,000 sleepers on one hub, 99 % of them ≤ 1 ms late",
        jdk -> atMost(1, "%.2f ms", LatenessTable.millis99(late.get(jdk), "random", "greenlet")));
    for (String handOff : List.of(Row.HAND_OFF, Row.HAND_OFF_AND_BACK)) {
      String name = "Channel, " + handOff;
      goal(name + " ≤ 60 ns", jdk -> atMost(60, "%.1f ns", nanosOf(jdk, name)));
      goal(
          "≥ 3 × faster than the fastest virtual threads",
          jdk -> atLeast(3, fastestVirtual(jdk, Row.TALKS, handOff) / nanosOf(jdk, name)));
    }
    goal(
        "Event, Channel, Queue, Semaphore and sockets allocate nothing",
        jdk -> atMost(0.5, "%.0f B", worst(jdk, Row.withoutGarbage(), Figure::bytes)));
    goal("10,000 parked, at ≤ 40 KB each", jdk -> atMost(40, "%.1f KB", kilobytesOf(jdk, 10_000)));
    line("");
  }

  private interface Verdict {
    String of(int jdk);
  }

  private void goal(String goal, Verdict verdict) {
    line(
        "| "
            + goal
            + " |"
            + figures.keySet().stream()
                .map(jdk -> " " + verdict.of(jdk) + " |")
                .collect(Collectors.joining()));
  }

  private static String atMost(double limit, String format, double value) {
    return verdict(value <= limit, format, value);
  }

  private static String atLeast(double limit, double value) {
    return verdict(value >= limit, "%.1f ×", value);
  }

  private static String verdict(boolean reached, String format, double value) {
    if (Double.isNaN(value)) {
      return "nothing to compare";
    }
    return String.format(Locale.ROOT, format, value) + (reached ? ": reached" : ": **missed**");
  }

  /** NaN where one is missing. */
  private double worst(int jdk, List<Row> rows, ToDoubleFunction<Figure> figure) {
    double worst = 0;
    for (Row row : rows) {
      Figure known = figures.get(jdk).get(row.name());
      worst = Math.max(worst, known == null ? Double.NaN : figure.applyAsDouble(known));
    }
    return worst;
  }

  private double fastestVirtual(int jdk, List<Row> rows, String how) {
    return rows.stream()
        .filter(row -> row.name().startsWith("virtual") && row.name().contains(", " + how))
        .mapToDouble(row -> nanosOf(jdk, row.name()))
        .filter(nanos -> !Double.isNaN(nanos))
        .min()
        .orElse(Double.NaN);
  }

  private double nanosOf(int jdk, String name) {
    Figure figure = figures.get(jdk).get(name);
    return figure == null ? Double.NaN : figure.nanos();
  }

  private double bytesOf(int jdk, String name) {
    Figure figure = figures.get(jdk).get(name);
    return figure == null ? Double.NaN : figure.bytes();
  }

  private double ratio(int jdk, String other) {
    return nanosOf(jdk, other) / nanosOf(jdk, Row.SWITCH);
  }

  private double kilobytesOf(int jdk, int count) {
    for (String[] cells : parked.get(jdk)) {
      if (cells[0].equals("greenlet")
          && Integer.parseInt(cells[1]) == count
          && cells[2].equals("compiled")) {
        return Double.parseDouble(cells[3]);
      }
    }
    return Double.NaN;
  }

  // ---- the machine

  private String vm(int jdk) {
    for (String[] cells : parked.get(jdk)) {
      if (!cells[2].equals("failed")) {
        return cells[7] + ", way of switching: " + cells[6];
      }
    }
    return "not asked"; // none are parked where only some benchmarks are run
  }
}
