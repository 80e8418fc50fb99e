package io.gevent4j;

/**
 * One setting of {@link Config}. Its value is that of the strongest source that gives one: code,
 * then the system property, then the environment variable, then the default.
 *
 * <p>The first {@link #value()} fixes it for the life of the process. The library asks as late as
 * it can, so a program may set it at its start. Any thread may call anything here.
 *
 * <p>A few settings are read below Java code that could set them; those are only described here:
 * {@link #set} refuses, and nothing is fixed.
 */
public final class Setting<T> {
  /** Where a value comes from, the weakest first. */
  enum Source {
    DEFAULT,
    ENVIRONMENT,
    PROPERTY,
    CODE
  }

  /** A value as it was given: as text, by code too, so that one check serves all. */
  private record Given(String source, String text) {}

  /** A value that was read, and by whom. */
  private record Read<T>(T value, Given given, String reader) {}

  private final Source strongest;
  private final String name;
  private final String environment;
  private final String byDefault;
  private final Values<T> values;
  private final String meaning;

  private Given byCode; // null: not set by code
  private volatile Read<T> read; // null until it is fixed

  /** The strongest source is the strongest that whoever reads the setting looks at. */
  Setting(
      Source strongest,
      String name,
      String environment,
      String byDefault,
      Values<T> values,
      String meaning) {
    this.strongest = strongest;
    this.name = name;
    this.environment = environment;
    this.byDefault = byDefault;
    this.values = values;
    this.meaning = meaning;
  }

  /** Such as {@code loop}. */
  public String name() {
    return name;
  }

  /** The system property, such as {@code gevent4j.loop}; null if none is looked at. */
  public String property() {
    return looksAt(Source.PROPERTY) ? "gevent4j." + name : null;
  }

  /** The environment variable, such as {@code GEVENT_LOOP}. */
  public String environment() {
    return environment;
  }

  public T defaultValue() {
    return parse(new Given("default", byDefault));
  }

  /** For people: what it is about. */
  public String meaning() {
    return meaning;
  }

  /** For people: which values there are, such as {@code libev or libuv}. */
  public String allowed() {
    return values.allowed();
  }

  /**
   * The value, and the same from now on.
   *
   * @throws IllegalArgumentException if what was given is not allowed; this fixes nothing
   */
  public T value() {
    Read<T> known = read;
    return known != null ? known.value : read().value;
  }

  /**
   * {@code code}, {@code property gevent4j.loop}, {@code environment GEVENT_LOOP} or {@code
   * default}. Asking fixes nothing.
   */
  public String source() {
    return given().source;
  }

  /**
   * Gives the value by code, in place of every other source.
   *
   * @throws IllegalArgumentException if it is not allowed; the setting stays as it was
   * @throws IllegalStateException if the value was read before
   * @throws UnsupportedOperationException if it is read below Java code
   */
  public synchronized void set(T value) {
    Given wish = new Given("code", value.toString());
    if (!looksAt(Source.CODE)) {
      throw new UnsupportedOperationException(
          name
              + " can't be set by code; give "
              + (property() == null ? "" : "the property " + property() + " or ")
              + "the environment variable "
              + environment);
    }
    if (read != null) {
      throw new IllegalStateException(
          "too late to set " + name + " to " + value + ": it was read by " + read.reader);
    }
    parse(wish);
    byCode = wish;
  }

  /** The value as it was given, be it right or wrong. Asking fixes nothing. */
  String text() {
    return given().text;
  }

  /** What {@link #value()} would complain of, or null. Asking fixes nothing. */
  String complaint() {
    try {
      parse(given());
      return null;
    } catch (IllegalArgumentException wrong) {
      return wrong.getMessage();
    }
  }

  private synchronized Read<T> read() {
    if (read != null) {
      return read;
    }
    Given given = given();
    Read<T> now = new Read<>(parse(given), given, reader());
    if (looksAt(Source.CODE)) {
      read = now;
    }
    return now;
  }

  private synchronized Given given() {
    if (read != null) {
      return read.given;
    }
    if (byCode != null) {
      return byCode;
    }
    String property = property();
    String text = property == null ? null : System.getProperty(property);
    if (text != null) {
      return new Given("property " + property, text);
    }
    text = System.getenv(environment);
    return text != null
        ? new Given("environment " + environment, text)
        : new Given("default", byDefault);
  }

  private boolean looksAt(Source source) {
    return strongest.compareTo(source) >= 0;
  }

  private T parse(Given given) {
    T value = values.parse(given.text.trim());
    if (value == null) {
      throw new IllegalArgumentException(
          name + ": \"" + given.text + "\" (" + given.source + ") is not " + values.allowed());
    }
    return value;
  }

  /** Who called in here, for the one who comes too late. */
  private static String reader() {
    return StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .filter(frame -> !frame.getClassName().equals(Setting.class.getName()))
                        .findFirst())
            .map(frame -> frame.toStackTraceElement().toString())
            .orElse("native code")
        + " in thread "
        + Thread.currentThread().getName();
  }
}
