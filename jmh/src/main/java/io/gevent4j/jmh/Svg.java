package io.gevent4j.jmh;

import java.util.Locale;

/** A picture, piece by piece. */
final class Svg {
  private final StringBuilder out = new StringBuilder();

  Svg(int width, int height, String title) {
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12'>",
        width, height);
    add("<rect width='100%%' height='100%%' fill='white'/>");
    add("<text x='20' y='28' font-size='17'>%s</text>", title);
  }

  void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** The anchor is start, middle or end. */
  void text(double x, double y, String anchor, String color, String text) {
    add("<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%s</text>", x, y, anchor, color, text);
  }

  void bar(double x, double y, double width, double height, String color) {
    add(
        "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>",
        x, y, width, height, color);
  }

  String end() {
    return out + "</svg>\n";
  }
}
