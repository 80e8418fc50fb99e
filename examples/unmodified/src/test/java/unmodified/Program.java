package unmodified;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One of the programs in a JVM of its own, under the runner that this build is for. */
final class Program implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final Path ROOT = Path.of(System.getProperty("gevent4j.root"));
  private static final Path TARGET = ROOT.resolve("examples/unmodified/target");
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final String RUNNER = System.getProperty("gevent4j.runner");

  private final Process process;
  private final BufferedReader stdout;
  private final Path stderr = Files.createTempFile("unmodified", ".err");
  private final StringBuilder printed = new StringBuilder();

  /** Starts it under the runner. */
  Program(Class<?> program, String... arguments) throws IOException {
    this(List.of(), program, arguments);
  }

  /** The same with options for the JVM, none of which contains a space. */
  Program(List<String> options, Class<?> program, String... arguments) throws IOException {
    this(runner(), options, List.of(program.getName()), arguments);
  }

  private Program(
      List<String> command, List<String> options, List<String> program, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(program);
    all.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(all).redirectError(stderr.toFile());
    builder.environment().put("CLASSPATH", classPath());
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    if (!options.isEmpty()) {
      builder.environment().put("JDK_JAVA_OPTIONS", String.join(" ", options));
    }
    process = builder.start();
    stdout = process.inputReader(UTF_8);
  }

  /** Starts it as a plain Java program, whatever the others are run under. */
  static Program plain(Class<?> program, String... arguments) throws IOException {
    return new Program(java(), List.of(), List.of(program.getName()), arguments);
  }

  /** Starts the jar that this build has made of the Spring application. */
  static Program springJar(List<String> options) throws IOException {
    try (Stream<Path> built = Files.list(TARGET)) {
      Path jar =
          built.filter(path -> path.toString().endsWith("-spring.jar")).findAny().orElseThrow();
      return new Program(runner(), options, List.of("-jar", jar.toString()));
    }
  }

  /** Runs it under the runner to its good end. Returns its last line, which is printed as well. */
  static String run(Class<?> program, String... arguments) throws Exception {
    return run(List.of(), program, arguments);
  }

  /** The same with options for the JVM. */
  static String run(List<String> options, Class<?> program, String... arguments) throws Exception {
    try (Program run = new Program(options, program, arguments)) {
      return run.awaitEnd(0);
    }
  }

  private static List<String> java() {
    return List.of(JAVA_HOME.resolve("bin/java").toString());
  }

  private static List<String> runner() {
    if (RUNNER.equals("java")) {
      return java();
    }
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("bin/gevent4j").toString());
    command.addAll(List.of(RUNNER.split(" ")));
    return command;
  }

  private static String classPath() throws IOException {
    return TARGET.resolve("classes")
        + File.pathSeparator
        + Files.readString(TARGET.resolve("classpath"));
  }

  /**
   * Checks how many tasks each kernel thread has run, the largest number first: there is one for
   * each hub. A thread that waits inside the VM, for a class that another loads or for the
   * collector, goes on by itself until it waits for something else; there may be a few of those.
   */
  static void assertKernelThreads(String tasks) {
    Matcher hubs = Pattern.compile("-w (\\d+)").matcher(RUNNER);
    if (hubs.find()) {
      int[] shares = Stream.of(tasks.split(" ")).mapToInt(Integer::parseInt).toArray();
      int ofHubs = IntStream.of(shares).limit(Integer.parseInt(hubs.group(1))).sum();
      assertThat(ofHubs).as(tasks).isGreaterThan(IntStream.of(shares).sum() * 9 / 10);
    }
  }

  Writer stdin() {
    return process.outputWriter(UTF_8);
  }

  /** Waits for a line that starts so. Returns the rest of it. */
  String awaitLine(String start) throws IOException {
    for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
      printed.append(line).append('\n');
      if (line.startsWith(start)) {
        return line.substring(start.length());
      }
    }
    throw new AssertionError("it never prints " + start + ": " + this);
  }

  /** Waits until it ends with this status. Returns its last line, which is printed as well. */
  String awaitEnd(int status) throws Exception {
    boolean ended = process.waitFor(PATIENCE_SECONDS, SECONDS);
    assertThat(ended).as(() -> "it ends: " + this).isTrue();
    stdout.lines().forEach(line -> printed.append(line).append('\n'));
    assertThat(process.exitValue()).as(this::toString).isEqualTo(status);
    String last = printed.substring(printed.lastIndexOf("\n", printed.length() - 2) + 1).strip();
    System.out.println(last);
    return last;
  }

  /** Asks it to end, as Ctrl-C or a service manager does, and waits until it has. */
  void terminate() throws Exception {
    process.destroy();
    boolean ended = process.waitFor(PATIENCE_SECONDS, SECONDS);
    assertThat(ended).as(() -> "it ends when it is told to: " + this).isTrue();
    assertThat(process.exitValue()).as(this::toString).isEqualTo(128 + 15);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.delete(stderr);
  }

  @Override
  public String toString() {
    String state = process.isAlive() ? "runs" : "ended with " + process.exitValue();
    try {
      return "it " + state + " and printed\n" + printed + Files.readString(stderr, UTF_8);
    } catch (IOException e) {
      return "it " + state + " and printed\n" + printed + e;
    }
  }
}
