package io.gevent4j.monkey;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.ExampleRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Native libraries of somebody else's, made of sources in {@code native/test}. */
final class NativeLibrary {
  private NativeLibrary() {}

  /** Returns its path. {@code how}: what the compiler is told besides. */
  static String compile(Path folder, String name, String source, String... how) throws Exception {
    Path library = folder.resolve("lib" + name + ".so");
    Path include = Path.of(System.getProperty("java.home"), "include");
    String cross = "aarch64-linux-gnu-gcc"; // where another processor is emulated
    boolean emulated = System.getProperty("os.arch").equals("aarch64") && isInstalled(cross);
    List<String> command = new ArrayList<>(List.of(emulated ? cross : "cc", "-shared", "-pthread"));
    command.addAll(List.of("-fPIC", "-I" + include, "-I" + include.resolve("linux")));
    command.addAll(Arrays.asList(how));
    command.addAll(List.of("-o", library.toString()));
    command.add(ExampleRun.root().resolve("native/test").resolve(source).toString());
    run(command);
    return library.toString();
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(60, SECONDS) && process.exitValue() == 0)
        .as(command::toString)
        .isTrue();
  }
}
