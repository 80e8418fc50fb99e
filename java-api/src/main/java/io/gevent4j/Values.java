package io.gevent4j;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which values a {@link Setting} may have, and how they are written. */
final class Values<T> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmg]?)");
  private static final Pattern SERVERS = Pattern.compile("[0-9a-zA-Z.:%\\[\\], ]*");
  private static final Pattern BOUNDS = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

  private final String allowed;
  private final Function<String, T> parser; // null, or a NumberFormatException: not allowed

  private Values(String allowed, Function<String, T> parser) {
    this.allowed = allowed;
    this.parser = parser;
  }

  /** In words, to follow "is" or "is not". */
  String allowed() {
    return allowed;
  }

  /** Returns null for a text that isn't allowed. */
  T parse(String text) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException notANumber) {
      return null;
    }
  }

  static Values<String> oneOf(String... names) {
    List<String> all = List.of(names);
    int last = all.size() - 1;
    return new Values<>(
        String.join(", ", all.subList(0, last)) + " or " + all.get(last),
        text -> all.contains(text) ? text : null);
  }

  /** One of them, or several with commas between, the first choice first. */
  static Values<String> firstOf(String... names) {
    List<String> all = List.of(names);
    return new Values<>(
        String.join(", ", all) + ", or several of them with commas between",
        text -> {
          List<String> wishes = Arrays.stream(text.split(",", -1)).map(String::trim).toList();
          return all.containsAll(wishes) ? String.join(",", wishes) : null;
        });
  }

  /** Also as gevent's users write them: yes, on, 1, no, off, 0. */
  static Values<Boolean> bool() {
    return new Values<>(
        "true or false",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "yes", "on", "1" -> true;
              case "false", "no", "off", "0" -> false;
              default -> null;
            });
  }

  static Values<Integer> count() {
    return new Values<>(
        "a number from 0",
        text -> {
          int count = Integer.parseInt(text);
          return count >= 0 ? count : null;
        });
  }

  static Values<Integer> count(int least, int most) {
    return new Values<>(
        "a number from " + least + " to " + most,
        text -> {
          int count = Integer.parseInt(text);
          return count >= least && count <= most ? count : null;
        });
  }

  /** -1 stands for none. */
  static Values<Integer> countOrNone(int most) {
    return new Values<>(
        "a number from 0 to " + most + ", or none",
        text -> {
          int count = text.equals("none") ? -1 : Integer.parseInt(text);
          return count >= -1 && count <= most ? count : null;
        });
  }

  /** IP addresses, each with or without a port; the empty text is none. */
  static Values<String> servers() {
    return new Values<>(
        "IP addresses such as 10.0.0.53 or [::1]:5353 with commas between, or none",
        text -> text.equals("none") ? "" : SERVERS.matcher(text).matches() ? text : null);
  }

  static Values<Double> seconds(String least, String most) {
    return new Values<>(
        "seconds from " + least + " to " + most,
        text -> {
          double seconds = Double.parseDouble(text);
          return seconds >= Double.parseDouble(least) && seconds <= Double.parseDouble(most)
              ? seconds
              : null;
        });
  }

  /** In bytes, written as for {@code -Xss}. */
  static Values<Long> size(String least, String most) {
    return new Values<>(
        "a size from " + least + " to " + most,
        text -> {
          Long size = bytes(text);
          return size != null && size >= bytes(least) && size <= bytes(most) ? size : null;
        });
  }

  private static Long bytes(String text) {
    Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    long unit = matcher.group(2).isEmpty() ? 1 : 1024L << 10 * "kmg".indexOf(matcher.group(2));
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit;
  }

  static Values<String> bounds() {
    return new Values<>(
        "LEAST..MOST, such as 8..1024",
        text -> {
          Matcher matcher = BOUNDS.matcher(text);
          return matcher.matches()
                  && Integer.parseInt(matcher.group(1)) <= Integer.parseInt(matcher.group(2))
              ? text
              : null;
        });
  }
}
