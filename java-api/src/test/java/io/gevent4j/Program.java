package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program in a JVM of its own, for what would end this one, or what only the end of a process
 * shows. It has this one's environment: the same loop, and the same way of switching.
 */
public final class Program implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader stdout;
  private final Path stderr = Files.createTempFile("gevent4j", ".err");
  private final StringBuilder printed = new StringBuilder();

  /** Starts the main method of a class. */
  public Program(Class<?> program, String... arguments) throws IOException {
    this(List.of(), program, arguments);
  }

  private Program(List<String> starter, Class<?> program, String... arguments) throws IOException {
    this(new ProcessBuilder(command(starter, program, arguments)));
  }

  /** Any other. */
  public Program(ProcessBuilder builder) throws IOException {
    process = builder.redirectError(stderr.toFile()).start();
    stdout = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  private static List<String> command(List<String> starter, Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), "--enable-native-access=ALL-UNNAMED"));
    command.add("-XX:-CreateCoredumpOnCrash");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.add(program.getName());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** One that another program starts, whose last arguments it is to be. */
  public static Program startedBy(List<String> starter, Class<?> program, String... arguments)
      throws IOException {
    return new Program(starter, program, arguments);
  }

  /** One that can have so many descriptors open. */
  public static Program withDescriptors(int most, Class<?> program, String... arguments)
      throws IOException {
    String limited = "ulimit -n " + most + "; exec \"$0\" \"$@\"";
    return new Program(List.of("sh", "-c", limited), program, arguments);
  }

  /** Without the test frameworks: it starts faster, and can't use them by mistake. */
  public static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith(".jar") || entry.contains("javacpp"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Waits until it prints this line. */
  public Program awaitLine(String expected) throws IOException {
    for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
      printed.append(line).append('\n');
      if (line.equals(expected)) {
        return this;
      }
    }
    throw new AssertionError("it never prints " + expected + ": " + this);
  }

  /** The number that it prints next. */
  public int awaitNumber() throws IOException {
    String line = stdout.readLine();
    assertThat(line).as(this::toString).isNotNull();
    printed.append(line).append('\n');
    return Integer.parseInt(line);
  }

  /** Sends it a signal, by name without SIG. */
  public Program signal(String name) throws Exception {
    String pid = Long.toString(process.pid());
    Process kill = new ProcessBuilder("kill", "-s", name, pid).inheritIO().start();
    assertThat(kill.waitFor(PATIENCE_SECONDS, SECONDS) && kill.exitValue() == 0).isTrue();
    return this;
  }

  /** Writes a line to its standard input. */
  public Program tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
    return this;
  }

  public long pid() {
    return process.pid();
  }

  /** Waits for its end. Returns how long that took. */
  public Duration assertEnds(int status) throws Exception {
    long start = System.nanoTime();
    boolean ended = process.waitFor(PATIENCE_SECONDS, SECONDS);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(ended).as(() -> "it ends: " + this).isTrue();
    stdout.lines().forEach(line -> printed.append(line).append('\n'));
    assertThat(process.exitValue()).as(this::toString).isEqualTo(status);
    return took;
  }

  /** What it has printed, once it has ended. */
  public List<String> printed() {
    return printed.toString().lines().collect(Collectors.toList());
  }

  /** What it has printed to the other stream. */
  public String complaints() {
    try {
      return Files.readString(stderr, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** For children: says a line at once. */
  public static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(stderr);
  }

  @Override
  public String toString() {
    return "it "
        + (process.isAlive() ? "runs" : "ended")
        + " and printed\n"
        + printed
        + complaints();
  }
}
