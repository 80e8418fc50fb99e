package io.gevent4j.torture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM to be tortured: what it is started with, and what becomes of it. */
final class Child {
  private static final Path DIRECTORY = Path.of("target", "torture").toAbsolutePath();

  private final Jdk jdk;
  private final Class<?> program;
  private final List<String> launcher = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();

  Child(Jdk jdk, Class<?> program) {
    this.jdk = jdk;
    this.program = program;
  }

  /** Starts it by way of another command, such as {@code prlimit}. */
  Child under(String... command) {
    launcher.addAll(Arrays.asList(command));
    return this;
  }

  Child options(List<String> more) {
    options.addAll(more);
    return this;
  }

  Child options(String... more) {
    return options(Arrays.asList(more));
  }

  Child arguments(Object... more) {
    Arrays.stream(more).map(String::valueOf).forEach(arguments::add);
    return this;
  }

  Child environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Child environment(Map<String, String> more) {
    environment.putAll(more);
    return this;
  }

  /** A place for what children leave, emptied by {@code mvn clean}. */
  static Path file(String name) {
    try {
      return Files.createDirectories(DIRECTORY).resolve(name);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What a child left. */
  record Outcome(String command, int status, String stdout, String stderr, Instant end) {
    Outcome assertStatus(int expected) {
      assertThat(status).as(this::toString).isEqualTo(expected);
      return this;
    }

    /** It came to its own end, and said so. */
    Outcome assertOk() {
      assertStatus(0);
      assertThat(stdout.lines()).as(this::toString).anyMatch(line -> line.startsWith("ok"));
      return this;
    }

    Outcome assertPrinted(String expected) {
      assertThat(stdout).as(this::toString).isEqualTo(expected);
      return this;
    }

    Outcome assertNoComplaint() {
      assertThat(stderr).as(this::toString).isEmpty();
      return this;
    }

    /** The rest of the line that starts with this word. */
    String told(String word) {
      return stdout
          .lines()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no line starts with " + word + ": " + this));
    }

    @Override
    public String toString() {
      return command + "\nended with " + status + "\n" + stdout + stderr;
    }
  }

  /** Runs it to its end, which must come within the limit. */
  Outcome run(Duration limit) {
    Path stdout = null;
    Path stderr = null;
    try {
      Files.createDirectories(DIRECTORY);
      stdout = Files.createTempFile(DIRECTORY, "child", ".out");
      stderr = Files.createTempFile(DIRECTORY, "child", ".err");
      List<String> command = command();
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile());
      builder.environment().remove("GEVENT4J_SWITCH"); // each test says which way it means
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(limit.toSeconds(), SECONDS);
      Instant end = Instant.now();
      String told = ended ? crash(process.pid()) : hang(process);
      Outcome outcome =
          new Outcome(
              environment + " " + String.join(" ", command),
              process.waitFor(),
              Files.readString(stdout, UTF_8),
              Files.readString(stderr, UTF_8) + told,
              end);
      assertThat(ended).as(() -> "it ends within " + limit + ": " + outcome).isTrue();
      return outcome;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    } finally {
      delete(stdout);
      delete(stderr);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(launcher);
    command.add(jdk.command("java"));
    command.addAll(
        List.of(
            "-cp",
            classPath(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.cachedir=" + file("javacpp-cache"),
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + file("hs_err_%p.log")));
    command.addAll(options);
    command.add(program.getName());
    command.addAll(arguments);
    return command;
  }

  /** Without the test frameworks: a child starts faster, and can't use them by mistake. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith(".jar") || entry.contains("javacpp"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String crash(long pid) throws IOException {
    Path log = file("hs_err_" + pid + ".log");
    return Files.exists(log)
        ? Files.readString(log, UTF_8).lines().limit(150).collect(Collectors.joining("\n"))
        : "";
  }

  /** Where its threads stood, before it is killed. */
  private String hang(Process process) throws IOException, InterruptedException {
    Path stacks = Files.createTempFile(DIRECTORY, "hang", ".txt");
    Process dump =
        new ProcessBuilder(jdk.command("jcmd"), Long.toString(process.pid()), "Thread.print", "-l")
            .redirectErrorStream(true)
            .redirectOutput(stacks.toFile())
            .start();
    if (!dump.waitFor(20, SECONDS)) {
      dump.destroyForcibly().waitFor();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    return "hung; its stacks are in " + stacks + "\n";
  }

  private static void delete(Path path) {
    try {
      if (path != null) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
