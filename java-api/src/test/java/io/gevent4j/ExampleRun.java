package io.gevent4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A program of {@code examples/} in a process of its own, which ends with this. */
public final class ExampleRun implements AutoCloseable {
  /** How long a program may take before it counts as hanging. */
  private static final long DEADLINE_SECONDS = 60;

  private final Path folder = Files.createTempDirectory("gevent4j-example");
  private final Process process;

  /** Starts it with this loop. */
  public ExampleRun(String loop, String example, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(Compiled.CLASSES + File.pathSeparator + System.getProperty("java.class.path"));
    command.add("--enable-native-access=ALL-UNNAMED");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.add(example);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().put("GEVENT_LOOP", loop);
    process = builder.start();
  }

  /** Runs it to its end. Returns what it prints. */
  public static String run(String loop, String example) throws Exception {
    try (ExampleRun run = new ExampleRun(loop, example)) {
      return run.awaitEnd(0);
    }
  }

  /** Runs it to its end, by when it has printed these lines. */
  public static void assertPrints(String loop, String example, String... lines) throws Exception {
    assertThat(run(loop, example)).isEqualTo(String.join("\n", lines) + "\n");
  }

  public long pid() {
    return process.pid();
  }

  /** Waits until it has printed something of this kind. Returns what it has printed. */
  public String awaitPrinted(Predicate<String> expected) throws Exception {
    long start = System.nanoTime();
    while (!expected.test(stdout())) {
      assertThat(process.isAlive()).as(all()).isTrue();
      assertThat(NANOSECONDS.toSeconds(System.nanoTime() - start))
          .as("seconds waited; " + all())
          .isLessThan(DEADLINE_SECONDS);
      Thread.sleep(10);
    }
    return stdout();
  }

  /** Sends it a signal, by its name. */
  public void send(String signal) throws Exception {
    String kill = "kill -" + signal.substring("SIG".length()) + " " + pid();
    assertThat(new ProcessBuilder("sh", "-c", kill).inheritIO().start().waitFor()).isZero();
  }

  /** Waits until it ends with this status. Returns what it has printed. */
  public String awaitEnd(int status) throws Exception {
    boolean ended = process.waitFor(DEADLINE_SECONDS, SECONDS);
    assertThat(ended).as("the process has ended; " + all()).isTrue();
    assertThat(process.exitValue()).as(all()).isEqualTo(status);
    return stdout();
  }

  /** What it has printed so far. */
  public String stdout() throws IOException {
    return Files.readString(folder.resolve("stdout"), UTF_8);
  }

  /** What it has complained of so far. */
  public String stderr() throws IOException {
    return Files.readString(folder.resolve("stderr"), UTF_8);
  }

  private String all() throws IOException {
    return stdout() + stderr();
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().waitFor();
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The root of the source tree. */
  public static Path root() {
    String given = System.getProperty("gevent4j.root");
    if (given != null) {
      return Path.of(given);
    }
    Path above = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.isDirectory(above.resolve("examples"))) {
      above = above.getParent();
      assertThat(above).as("a folder above with examples/ in it").isNotNull();
    }
    return above;
  }

  /** All examples, compiled once, which is what takes long when a source file is run. */
  private static final class Compiled {
    static final Path CLASSES = compile();

    private static Path compile() {
      try {
        Path classes = Files.createTempDirectory("gevent4j-examples");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(classes)));
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        arguments.addAll(List.of("-d", classes.toString()));
        try (Stream<Path> examples = Files.list(root().resolve("examples"))) {
          examples
              .map(Path::toString)
              .filter(name -> name.endsWith(".java"))
              .forEach(arguments::add);
        }
        int status =
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).isZero();
        return classes;
      } catch (IOException failed) {
        throw new AssertionError(failed);
      }
    }

    private static void deleteQuietly(Path folder) {
      try {
        delete(folder);
      } catch (IOException left) {
        left.printStackTrace();
      }
    }
  }
}
