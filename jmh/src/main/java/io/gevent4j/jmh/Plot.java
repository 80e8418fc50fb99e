package io.gevent4j.jmh;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Switches: one bar for each row and JDK, on a logarithmic scale. */
final class Plot {
  private static final int WIDTH = 900;
  private static final int LEFT = 300; // of the bars
  private static final int RIGHT = 810;
  private static final int TOP = 70;
  private static final int BAR = 11; // high
  private static final int GAP = 7; // between rows
  private static final double LEAST = 1; // ns, where the bars begin
  private static final List<String> COLORS = List.of("#8fb8de", "#1f5f99", "#0b2a47");

  private final Map<Integer, Map<String, Figure>> figures; // by JDK and name
  private final StringBuilder out = new StringBuilder();

  Plot(Map<Integer, Map<String, Figure>> figures) {
    this.figures = figures;
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** As SVG. */
  String draw() {
    List<Row> shown =
        Row.SWITCHES.stream()
            .filter(row -> figures.values().stream().anyMatch(f -> f.containsKey(row.name())))
            .collect(Collectors.toList());
    double most = 10;
    for (Map<String, Figure> ofJdk : figures.values()) {
      for (Row row : shown) {
        Figure figure = ofJdk.get(row.name());
        most = Math.max(most, figure == null ? 0 : figure.nanos());
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
      String weight = row.name().startsWith("RawGreenlet") ? " font-weight='bold'" : "";
      line(
          "<text x='%d' y='%d' text-anchor='end'%s>%s</text>",
          LEFT - 8, y + height / 2 + 4, weight, row.name());
      int color = 0;
      for (Map<String, Figure> ofJdk : figures.values()) {
        Figure figure = ofJdk.get(row.name());
        if (figure != null) {
          bar(y, figure.nanos(), most, COLORS.get(color % COLORS.size()));
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
    return (int) figures.values().stream().filter(f -> f.containsKey(row.name())).count();
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
