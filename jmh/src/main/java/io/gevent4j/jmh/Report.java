package io.gevent4j.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes a table and a plot of what jmh/run has measured: reads {@code results-<jdk>.csv} (by JMH)
 * and {@code parked-<jdk>.csv} (by {@link ParkedMemory}) out of a directory, and writes {@code
 * results.md} and {@code switch.svg} there.
 */
final class Report {
  private static final String SWITCH = "RawGreenlet, there and back, depth 1";
  private static final String TWO_PLACES = "RawGreenlet, from two places in the code";
  private static final String OLD = "RawGreenlet, old objects";
  private static final String CONTINUATION = "Continuation, run and yield, depth 1";
  private static final String YIELD = "virtual thread, yield, depth 1";
  private static final String SPAWN = "RawGreenlet, from the pool";

  /** What of JMH's results is shown under which name. {@code parameter} may be empty. */
  private record Row(String name, String benchmark, String parameter, int switchesPerOp) {}

  private static final List<Row> SWITCHES = new ArrayList<>();
  private static final List<Row> SPAWNS =
      List.of(
          new Row(SPAWN, "SpawnBenchmark.greenletPooled", "", 1),
          new Row("RawGreenlet, on a new thread each", "SpawnBenchmark.greenletCold", "", 1),
          new Row("Continuation", "ContinuationBenchmark.spawn", "", 1),
          new Row(
              "virtual thread, by one on its carrier",
              "SpawnBenchmark.virtualThreadByVirtual",
              "",
              1),
          new Row("virtual thread, by a platform thread", "SpawnBenchmark.virtualThread", "", 1),
          new Row("platform thread", "SpawnBenchmark.platformThread", "", 1));

  static {
    SWITCHES.add(new Row("empty JNI call", "SwitchBenchmark.emptyJniCall", "", 1));
    atDepths("RawGreenlet, there and back", "SwitchBenchmark.thereAndBack");
    SWITCHES.add(new Row(TWO_PLACES, "SwitchBenchmark.thereAndBackTwoPlaces", "", 2));
    SWITCHES.add(new Row(OLD, "SwitchBenchmark.thereAndBackOld", "", 2));
    for (int count : List.of(2, 100, 1_000, 5_000)) {
      String name = String.format(Locale.ROOT, "RawGreenlet, %,d in a circle", count);
      SWITCHES.add(new Row(name, "SwitchBenchmark.roundRobin", Integer.toString(count), 1));
    }
    atDepths("Continuation, run and yield", "ContinuationBenchmark.thereAndBack");
    atDepths("virtual thread, yield", "VirtualThreadBenchmark.yield");
    SWITCHES.add(
        new Row("virtual thread, SynchronousQueue", "VirtualThreadBenchmark.handOff", "", 2));
    SWITCHES.add(
        new Row(
            "platform thread, SynchronousQueue", "SwitchBenchmark.platformThreadHandOff", "", 2));
  }

  private static void atDepths(String name, String benchmark) {
    for (String depth : List.of("1", "20", "100", "500")) {
      SWITCHES.add(new Row(name + ", depth " + depth, benchmark, depth, 2));
    }
  }

  /** Nanoseconds for one switch or spawn, the error of that, and bytes allocated by it. */
  private record Figure(double nanos, double error, double bytes) {}

  private final Path directory;
  private final Map<Integer, Map<String, Figure>> figures = new TreeMap<>(); // by JDK and name
  private final Map<Integer, List<String[]>> parked = new TreeMap<>(); // by JDK
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
    String table = report.table();
    Files.writeString(report.directory.resolve("results.md"), table);
    Files.writeString(report.directory.resolve("switch.svg"), report.plot());
    new PrintStream(System.out, true, UTF_8).print(table);
  }

  // ---- what was measured

  private void read(int jdk) throws IOException {
    List<String[]> lines = readCsv("results-" + jdk + ".csv");
    Map<String, Figure> ofJdk = new LinkedHashMap<>();
    for (List<Row> rows : List.of(SWITCHES, SPAWNS)) {
      for (Row row : rows) {
        String[] score = find(lines, row, "");
        if (score != null) {
          String[] bytes = find(lines, row, ":gc.alloc.rate.norm");
          ofJdk.put(
              row.name,
              new Figure(
                  Double.parseDouble(score[4]) / row.switchesPerOp,
                  Double.parseDouble(score[5]) / row.switchesPerOp,
                  bytes == null ? Double.NaN : Double.parseDouble(bytes[4]) / row.switchesPerOp));
        }
      }
    }
    figures.put(jdk, ofJdk);
    parked.put(jdk, readCsv("parked-" + jdk + ".csv"));
  }

  /** Columns: benchmark, mode, threads, samples, score, error, unit, and then the parameters. */
  private static String[] find(List<String[]> lines, Row row, String secondary) {
    String name = Report.class.getPackageName() + "." + row.benchmark + secondary;
    for (String[] line : lines) {
      String parameters = String.join("", List.of(line).subList(7, line.length));
      if (line[0].equals(name) && parameters.equals(row.parameter)) {
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
    line("# gevent4j: what a switch costs");
    line("");
    line(LocalDate.now() + ", " + processor() + ", load " + load());
    figures.keySet().forEach(jdk -> line("- " + jdk + ": " + vm(jdk)));
    line("");
    goals();
    times("One way (there and back is two of them)", SWITCHES);
    line("");
    times("Made, run and ended", SPAWNS);
    line("");
    line("ns: the mean ± half of the 99.9 % confidence interval. B: allocated, to the whole byte.");
    line("");
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
    line("| " + title + perJdk(" | %1$d: ns | %1$d: B") + " |");
    line("| --- " + perJdk("| ---: | ---: ") + "|");
    for (Row row : rows) {
      if (isLeftOut(row)) {
        continue;
      }
      StringBuilder cells = new StringBuilder();
      for (int jdk : figures.keySet()) {
        Figure figure = figures.get(jdk).get(row.name);
        cells.append(" | ").append(figure == null ? missing(jdk, row) : nanos(figure));
        cells.append(" | ").append(figure == null ? "" : bytes(figure));
      }
      line("| " + row.name + cells + " |");
    }
  }

  /** By whoever asked for some benchmarks only. */
  private boolean isLeftOut(Row row) {
    return figures.values().stream().noneMatch(f -> f.containsKey(row.name))
        && figures.keySet().stream().anyMatch(jdk -> !isAbsent(jdk, row));
  }

  private static boolean isAbsent(int jdk, Row row) {
    return jdk < 21 && row.name.matches("(Continuation|virtual).*");
  }

  private static String missing(int jdk, Row row) {
    return isAbsent(jdk, row) ? "not in this JDK" : "not measured";
  }

  private String perJdk(String format) {
    return figures.keySet().stream()
        .map(jdk -> String.format(Locale.ROOT, format, jdk))
        .collect(Collectors.joining());
  }

  private static String nanos(Figure figure) {
    String format = figure.nanos < 1000 ? "%,.1f" : "%,.0f";
    String error =
        Double.isNaN(figure.error) ? "" : String.format(Locale.ROOT, " ± " + format, figure.error);
    return String.format(Locale.ROOT, format, figure.nanos) + error;
  }

  private static String bytes(Figure figure) {
    return Double.isNaN(figure.bytes) ? "?" : String.format(Locale.ROOT, "%,.0f", figure.bytes);
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
    goal("a switch one way ≤ 25 ns", jdk -> atMost(25, "%.1f ns", nanosOf(jdk, SWITCH)));
    goal(
        "the same from two places in the code",
        jdk -> atMost(25, "%.1f ns", nanosOf(jdk, TWO_PLACES)));
    goal("the same with old objects", jdk -> atMost(25, "%.1f ns", nanosOf(jdk, OLD)));
    goal("it allocates nothing", jdk -> atMost(0.5, "%.0f B", bytesOf(jdk, SWITCH)));
    goal("≥ 1.5 × faster than Continuation", jdk -> atLeast(1.5, ratio(jdk, CONTINUATION)));
    goal("≥ 5 × faster than a virtual thread's yield", jdk -> atLeast(5, ratio(jdk, YIELD)));
    goal(
        "made, run and ended in ≤ 1 µs, from the pool",
        jdk -> atMost(1000, "%.0f ns", nanosOf(jdk, SPAWN)));
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

  private double nanosOf(int jdk, String name) {
    Figure figure = figures.get(jdk).get(name);
    return figure == null ? Double.NaN : figure.nanos;
  }

  private double bytesOf(int jdk, String name) {
    Figure figure = figures.get(jdk).get(name);
    return figure == null ? Double.NaN : figure.bytes;
  }

  private double ratio(int jdk, String other) {
    return nanosOf(jdk, other) / nanosOf(jdk, SWITCH);
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

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    String name = System.getProperty("os.arch");
    if (Files.exists(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          name = line.replaceAll(".*: *", "");
          break;
        }
      }
    }
    return Runtime.getRuntime().availableProcessors() + " × " + name;
  }

  /** More than 1 at the end of a run, which itself uses one core, means: measure again. */
  private static String load() throws IOException {
    Path averages = Path.of("/proc/loadavg");
    return Files.exists(averages) ? Files.readString(averages).split(" ")[1] : "unknown";
  }

  private String vm(int jdk) {
    for (String[] cells : parked.get(jdk)) {
      if (!cells[2].equals("failed")) {
        return cells[7] + ", way of switching: " + cells[6];
      }
    }
    return "not asked"; // none are parked where only some benchmarks are run
  }

  // ---- the plot: one bar for each row and JDK, on a logarithmic scale

  private static final int WIDTH = 900;
  private static final int LEFT = 300; // of the bars
  private static final int RIGHT = 810;
  private static final int TOP = 70;
  private static final int BAR = 11; // high
  private static final int GAP = 7; // between rows
  private static final double LEAST = 1; // ns, where the bars begin
  private static final List<String> COLORS = List.of("#8fb8de", "#1f5f99", "#0b2a47");

  private String plot() {
    out.setLength(0);
    List<Row> shown =
        SWITCHES.stream()
            .filter(row -> figures.values().stream().anyMatch(f -> f.containsKey(row.name)))
            .collect(Collectors.toList());
    double most = 10;
    for (Map<String, Figure> ofJdk : figures.values()) {
      for (Row row : shown) {
        Figure figure = ofJdk.get(row.name);
        most = Math.max(most, figure == null ? 0 : figure.nanos);
      }
    }
    int bottom = TOP + shown.stream().mapToInt(row -> barsOf(row) * BAR + GAP).sum();
    line(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12'>",
        WIDTH, bottom + 40);
    line("<rect width='100%%' height='100%%' fill='white'/>");
    line("<text x='20' y='28' font-size='17'>One way from one to the other, in ns</text>");
    legend();
    scale(most, bottom);
    int y = TOP;
    for (Row row : shown) {
      int height = barsOf(row) * BAR;
      String weight = row.name.startsWith("RawGreenlet") ? " font-weight='bold'" : "";
      line(
          "<text x='%d' y='%d' text-anchor='end'%s>%s</text>",
          LEFT - 8, y + height / 2 + 4, weight, row.name);
      int color = 0;
      for (Map<String, Figure> ofJdk : figures.values()) {
        Figure figure = ofJdk.get(row.name);
        if (figure != null) {
          bar(y, figure.nanos, most, COLORS.get(color % COLORS.size()));
          y += BAR;
        }
        color++;
      }
      y += GAP;
    }
    line("</svg>");
    return out.toString();
  }

  private int barsOf(Row row) {
    return (int) figures.values().stream().filter(f -> f.containsKey(row.name)).count();
  }

  private void legend() {
    int x = LEFT;
    int color = 0;
    for (int jdk : figures.keySet()) {
      line(
          "<rect x='%d' y='40' width='12' height='12' fill='%s'/>",
          x, COLORS.get(color++ % COLORS.size()));
      line("<text x='%d' y='50'>JDK %d</text>", x + 17, jdk);
      x += 80;
    }
    line("<text x='%d' y='50' text-anchor='end' fill='#666'>logarithmic scale</text>", WIDTH - 20);
  }

  private void scale(double most, int bottom) {
    for (double decade = LEAST; decade <= most; decade *= 10) {
      for (int step : new int[] {1, 2, 5}) {
        double value = step * decade;
        if (value <= most) {
          int x = x(value, most);
          line(
              "<path d='M%d %dV%d' stroke='%s'/>",
              x, TOP - 8, bottom, step == 1 ? "#bbb" : "#e8e8e8");
          if (step == 1 || value < 1000) { // beyond, they would run into each other
            line(
                "<text x='%d' y='%d' text-anchor='middle' fill='#666'>%,.0f</text>",
                x, bottom + 18, value);
          }
        }
      }
    }
  }

  private void bar(int y, double nanos, double most, String color) {
    int end = x(nanos, most);
    line(
        "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>",
        LEFT, y, Math.max(1, end - LEFT), BAR - 1, color);
    line(
        "<text x='%d' y='%d' font-size='10' stroke='white' stroke-width='3' paint-order='stroke'>%s"
            + "</text>",
        end + 4, y + BAR - 2, String.format(Locale.ROOT, nanos < 100 ? "%,.1f" : "%,.0f", nanos));
  }

  private static int x(double nanos, double most) {
    return LEFT
        + (int) Math.round((RIGHT - LEFT) * Math.log(nanos / LEAST) / Math.log(most / LEAST));
  }
}
