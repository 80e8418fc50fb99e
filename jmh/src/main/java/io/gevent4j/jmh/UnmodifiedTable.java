package io.gevent4j.jmh;

import io.gevent4j.jmh.UnmodifiedRun.Cost;
import io.gevent4j.jmh.UnmodifiedRun.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The table of {@link UnmodifiedRun}. */
final class UnmodifiedTable {
  private UnmodifiedTable() {}

  /** By what was done and by whom; the last two columns say how many times as long others take. */
  static String talks(int jdk, Map<String, Map<Kind, Cost>> costs) {
    if (costs.isEmpty()) {
      return "";
    }
    StringBuilder table = new StringBuilder("| JDK " + jdk + ": ns; of processor; B |");
    List<Kind> kinds = List.copyOf(costs.values().iterator().next().keySet());
    kinds.forEach(kind -> table.append(' ').append(kind.title).append(" |"));
    table.append(" platform ÷ greenlets | virtual ÷ greenlets |\n| --- |");
    table.append(" ---: |".repeat(kinds.size() + 2)).append('\n');
    costs.forEach((title, row) -> table.append(line(title, kinds, row)));
    return table.toString();
  }

  private static String line(String title, List<Kind> kinds, Map<Kind, Cost> row) {
    StringBuilder line = new StringBuilder("| " + title + " |");
    kinds.forEach(kind -> line.append(' ').append(cell(row.get(kind))).append(" |"));
    line.append(ratios(row, row.get(Kind.PLATFORM)));
    line.append(ratios(row, row.get(Kind.VIRTUAL), row.get(Kind.ONE_CARRIER)));
    return line.append('\n').toString();
  }

  private static String cell(Cost cost) {
    return Double.isNaN(cost.nanos())
        ? "failed"
        : format("%,.0f; %,.0f; %,.0f", cost.nanos(), cost.processor(), cost.bytes());
  }

  /** By the clock, and by processor time; each of the better one of the others. */
  private static String ratios(Map<Kind, Cost> row, Cost... others) {
    if (others[0] == null) {
      return " |";
    }
    Cost ours = row.get(Kind.GREENLET);
    return format(
        " %.1f; %.1f |",
        least(Cost::nanos, others) / ours.nanos(),
        least(Cost::processor, others) / ours.processor());
  }

  private static double least(ToDoubleFunction<Cost> what, Cost... costs) {
    return Stream.of(costs).mapToDouble(what).min().orElse(Double.NaN);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
