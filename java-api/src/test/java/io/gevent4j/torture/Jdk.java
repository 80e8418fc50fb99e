package io.gevent4j.torture;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A JDK to be tried. */
record Jdk(Path home, int version) {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  /** Those of {@code -Dgevent4j.jdks}, else the one that runs us. */
  static List<Jdk> all() {
    List<Jdk> jdks = new ArrayList<>();
    String homes = System.getProperty("gevent4j.jdks");
    if (homes == null || homes.isBlank()) {
      homes = System.getProperty("java.home");
    }
    for (String home : homes.split(File.pathSeparator)) {
      jdks.add(of(Path.of(home)));
    }
    return jdks;
  }

  interface Test {
    void run(Jdk jdk) throws Exception;
  }

  interface TestOfWay<W> {
    void run(Jdk jdk, W way) throws Exception;
  }

  /** The same test on each of them. */
  static Stream<DynamicTest> each(String promise, Test test) {
    return all().stream()
        .map(jdk -> DynamicTest.dynamicTest(promise + " on " + jdk, () -> test.run(jdk)));
  }

  /** The same test on each of them, in each of these ways. */
  static <W> Stream<DynamicTest> each(String promise, List<W> ways, TestOfWay<W> test) {
    return all().stream()
        .flatMap(
            jdk ->
                ways.stream()
                    .map(
                        way ->
                            DynamicTest.dynamicTest(
                                promise + " " + way + " on " + jdk, () -> test.run(jdk, way))));
  }

  private static Jdk of(Path home) {
    try {
      Matcher matcher = VERSION.matcher(Files.readString(home.resolve("release")));
      if (!matcher.find()) {
        throw new IllegalArgumentException(home + " tells no version");
      }
      return new Jdk(home, Integer.parseInt(matcher.group(1)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  String command(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  /** Whether it starts with these options: not every build has every collector. */
  boolean accepts(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(command("java"));
    command.addAll(options);
    command.add("-version");
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public String toString() {
    return "JDK " + version;
  }
}
