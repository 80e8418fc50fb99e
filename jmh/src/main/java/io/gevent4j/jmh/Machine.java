package io.gevent4j.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What was measured on. */
final class Machine {
  private Machine() {}

  /** Its processors, and how busy they were. */
  static String describe() throws IOException {
    return processor() + ", load " + load();
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    String name = System.getProperty("os.arch");
    if (Files.exists(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          name = line.replaceAll(".*: *", "");
          break;
        }
      }
    }
    return Runtime.getRuntime().availableProcessors() + " × " + name;
  }

  /** More than 1 at the end of a run, which itself uses one core, means: measure again. */
  private static String load() throws IOException {
    Path averages = Path.of("/proc/loadavg");
    return Files.exists(averages) ? Files.readString(averages).split(" ")[1] : "unknown";
  }
}
