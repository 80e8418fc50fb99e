package io.gevent4j.jmh;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Echoes a second as fast as can be: a group of bars for each load, a bar for each server. */
final class EchoThroughputPlot {
  private static final int WIDTH = 900;
  private static final int LEFT = 210; // of the bars
  private static final int RIGHT = 830;
  private static final int TOP = 60;
  private static final int BAR = 15; // high
  private static final int TITLE = 24; // of a group

  private final EchoResults results;

  EchoThroughputPlot(EchoResults results) {
    this.results = results;
  }

  /** As SVG. */
  String draw() {
    List<EchoResults.Load> loads =
        results.loads().stream().filter(load -> load.rate() == 0).collect(Collectors.toList());
    int bars =
        loads.stream()
            .mapToInt(load -> (int) results.servers().stream().filter(s -> has(s, load)).count())
            .sum();
    Svg svg =
        new Svg(WIDTH, TOP + loads.size() * TITLE + bars * BAR + 20, "Echoes a second by one core");
    double most = 1;
    for (EchoResults.Load load : loads) {
      for (EchoServer server : results.servers()) {
        most = has(server, load) ? Math.max(most, perSecond(server, load)) : most;
      }
    }
    int y = TOP;
    for (EchoResults.Load load : loads) {
      svg.text(
          20,
          y,
          "start",
          "black",
          String.format(Locale.ROOT, "%,d B, %s", load.bytes(), load.connected()));
      y += 7;
      for (EchoServer server : results.servers()) {
        if (has(server, load)) {
          double width = (RIGHT - LEFT) * perSecond(server, load) / most;
          svg.text(LEFT - 8, y + BAR - 4, "end", "#444", server.title());
          svg.bar(LEFT, y, width, BAR - 2, server.color());
          svg.text(
              LEFT + width + 5,
              y + BAR - 4,
              "start",
              "#444",
              String.format(Locale.ROOT, "%,.0f", perSecond(server, load)));
          y += BAR;
        }
      }
      y += TITLE - 7;
    }
    return svg.end();
  }

  private boolean has(EchoServer server, EchoResults.Load load) {
    return results.has(server, load);
  }

  private double perSecond(EchoServer server, EchoResults.Load load) {
    return results.median(server, load, EchoRun::perSecond);
  }
}
