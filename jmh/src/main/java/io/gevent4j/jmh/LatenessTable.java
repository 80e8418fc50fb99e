package io.gevent4j.jmh;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who wakes up how late: what {@link Latency#print} has written. */
final class LatenessTable {
  private static final Map<String, String> TITLES =
      Map.of(
          "random", "10,000 sleep 0.1 to 1 s each",
          "one", "1 ms, beside 9,999 that sleep for long",
          "spinners", "1 ms, beside 999 that let each other run",
          "all", "10,000 sleep 1 ms each, which saturates",
          "wake", "woken by another thread");

  private final Map<Integer, List<String[]>> late; // by JDK
  private final List<String[]> python;
  private final StringBuilder out = new StringBuilder();

  LatenessTable(Map<Integer, List<String[]>> late, List<String[]> python) {
    this.late = late;
    this.python = python;
  }

  /** Empty where nothing was measured. */
  String draw() {
    if (late.values().stream().allMatch(List::isEmpty) && python.isEmpty()) {
      return "";
    }
    out.append("| us late | | | a second | 50 % | 99 % | 99.9 % | most |\n");
    out.append("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (String what : List.of("random", "one", "spinners", "all", "wake")) {
      late.forEach((jdk, lines) -> rows(what, Integer.toString(jdk), lines));
      rows(what, "CPython", python);
    }
    return out.append('\n').toString();
  }

  private void rows(String what, String runtime, List<String[]> lines) {
    for (String[] cells : lines) {
      if (cells[0].equals(what)) {
        row(TITLES.get(what), runtime, cells);
      }
    }
  }

  private void row(String title, String runtime, String[] cells) {
    out.append("| ").append(title).append(" | ").append(cells[1]).append(" | ").append(runtime);
    for (int i = 2; i < 7; i++) {
      out.append(" | ").append(figure(cells[i]));
    }
    out.append(" |\n");
  }

  private static String figure(String cell) {
    return cell.matches("[0-9.]+")
        ? String.format(Locale.ROOT, "%,.0f", Double.valueOf(cell))
        : cell;
  }

  /** So late were 99 % at most; NaN where it was not measured. */
  static double millis99(List<String[]> lines, String what, String who) {
    for (String[] cells : lines) {
      if (cells.length > 4
          && cells[0].equals(what)
          && cells[1].equals(who)
          && cells[4].matches("[0-9.]+")) {
        return Double.parseDouble(cells[4]) / 1e3;
      }
    }
    return Double.NaN;
  }
}
