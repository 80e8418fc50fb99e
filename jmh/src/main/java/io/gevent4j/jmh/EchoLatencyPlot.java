package io.gevent4j.jmh;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How long echoes of one size took, by percentile: a panel for each number of connections and each
 * rate, a line for each server. Both scales are logarithmic, so that 99 % is halfway to 99.99 %.
 */
final class EchoLatencyPlot {
  private static final int PANEL_WIDTH = 330;
  private static final int PANEL_HEIGHT = 230;
  private static final int LEFT = 50; // of the axes, within a panel
  private static final int TOP = 26;
  private static final int RIGHT = 12;
  private static final int BOTTOM = 26;
  private static final int HEAD = 50; // above the panels
  private static final int LEGEND_COLUMN = 215; // wide
  private static final int LEGEND_ROW = 18; // high
  private static final List<String> UNITS = // of the decades from 1 us
      List.of("1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s");
  private static final List<String> MARKS = List.of("0", "90", "99", "99.9", "99.99");

  private final EchoResults results;
  private final int bytes;
  private final List<Integer> connections;
  private final List<Integer> rates;
  private final int width;
  private double least = Double.MAX_VALUE; // decades of us
  private double most = -Double.MAX_VALUE;
  private Svg svg;

  EchoLatencyPlot(EchoResults results, int bytes) {
    this.results = results;
    this.bytes = bytes;
    connections = results.distinct(EchoResults.Load::connections);
    rates =
        results.distinct(EchoResults.Load::rate).stream()
            .filter(rate -> rate > 0)
            .collect(Collectors.toList());
    width = Math.max(2, rates.size()) * PANEL_WIDTH;
  }

  /** As SVG. */
  String draw() {
    int legend = (results.servers().size() + columns() - 1) / columns() * LEGEND_ROW;
    svg =
        new Svg(
            width,
            HEAD + legend + connections.size() * PANEL_HEIGHT + 10,
            String.format(Locale.ROOT, "Echo of %,d B: latency by percentile of messages", bytes));
    legend();
    scale();
    for (int row = 0; row < connections.size(); row++) {
      for (int column = 0; column < rates.size(); column++) {
        panel(
            new EchoResults.Load(bytes, connections.get(row), rates.get(column)),
            column * PANEL_WIDTH,
            HEAD + legend + row * PANEL_HEIGHT);
      }
    }
    return svg.end();
  }

  /** Of the legend. */
  private int columns() {
    return width / LEGEND_COLUMN;
  }

  private void legend() {
    for (int i = 0; i < results.servers().size(); i++) {
      EchoServer server = results.servers().get(i);
      int x = 20 + i % columns() * LEGEND_COLUMN;
      int y = HEAD + i / columns() * LEGEND_ROW;
      svg.bar(x, y - 9, 14, 10, server.color());
      svg.text(x + 20, y, "start", "black", server.title());
    }
  }

  /** The same for all panels: whole decades. */
  private void scale() {
    for (EchoResults.Load load : results.loads()) {
      for (EchoServer server : results.servers()) {
        if (load.bytes() == bytes && isShown(server, load)) {
          least = Math.min(least, Math.floor(decade(results.micros(server, load, 0))));
          most = Math.max(most, Math.ceil(decade(results.micros(server, load, 100))));
        }
      }
    }
  }

  private static double decade(double micros) {
    return Math.log10(Math.max(micros, 1));
  }

  private boolean isShown(EchoServer server, EchoResults.Load load) {
    return load.rate() > 0 && results.has(server, load) && results.sustains(server, load);
  }

  private void panel(EchoResults.Load load, int x, int y) {
    int right = x + PANEL_WIDTH - RIGHT;
    int bottom = y + PANEL_HEIGHT - BOTTOM;
    svg.text(
        x + LEFT,
        y + TOP - 8,
        "start",
        "black",
        String.format(Locale.ROOT, "%s, %,d/s", load.connected(), load.rate()));
    if (results.servers().stream().noneMatch(server -> isShown(server, load))) {
      svg.text(x + LEFT, y + PANEL_HEIGHT / 2, "start", "#666", "Nobody sustains that.");
      return;
    }
    for (double decade = least; decade <= most; decade++) {
      double at = vertical(decade, y);
      svg.add("<path d='M%d %.1fH%d' stroke='#ddd'/>", x + LEFT, at, right);
      svg.text(x + LEFT - 5, at + 4, "end", "#666", UNITS.get((int) decade));
    }
    for (int i = 0; i < MARKS.size(); i++) {
      double at = horizontal(i, x);
      svg.add("<path d='M%.1f %dV%d' stroke='#ddd'/>", at, y + TOP, bottom);
      svg.text(at, bottom + 15, i == 0 ? "start" : "middle", "#666", MARKS.get(i));
    }
    for (EchoServer server : results.servers()) {
      if (isShown(server, load)) {
        curve(server, load, x, y);
      }
    }
  }

  private void curve(EchoServer server, EchoResults.Load load, int x, int y) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < EchoRun.PERCENTILES.length - 1; i++) { // without the most: it is nowhere
      double percentile = EchoRun.PERCENTILES[i];
      points.append(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              horizontal(-Math.log10(1 - percentile / 100), x),
              vertical(decade(results.micros(server, load, percentile)), y)));
    }
    svg.add(
        "<polyline points='%s' fill='none' stroke='%s' stroke-width='1.6'><title>%s</title>"
            + "</polyline>",
        points.toString().trim(), server.color(), server.title());
  }

  private static double horizontal(double nines, int x) {
    int width = PANEL_WIDTH - LEFT - RIGHT - 14; // the last mark is as wide
    return x + LEFT + width * nines / (MARKS.size() - 1);
  }

  private double vertical(double decade, int y) {
    int height = PANEL_HEIGHT - TOP - BOTTOM;
    return y + TOP + height * (most - decade) / (most - least);
  }
}
