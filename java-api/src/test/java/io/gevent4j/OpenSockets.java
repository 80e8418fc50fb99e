package io.gevent4j;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;

/**
 * The sockets that this process has open, by the names that the system has for them. Numbers of
 * descriptors don't tell whose they are: other parts of the VM open and close files at any time,
 * and what earlier tests have dropped is closed by the collector.
 */
public final class OpenSockets {
  private final Set<String> before = all();

  /** Those that are open now. */
  public OpenSockets() {}

  private static Set<String> all() {
    File[] descriptors = new File("/proc/self/fd").listFiles();
    assumeTrue(descriptors != null, "this system lists no descriptors");
    Set<String> sockets = new HashSet<>();
    for (File each : descriptors) {
      try {
        String name = Files.readSymbolicLink(each.toPath()).toString();
        if (name.startsWith("socket:")) {
          sockets.add(name);
        }
      } catch (IOException e) {
        // closed meanwhile
      }
    }
    return sockets;
  }

  /** Those that were opened since, and are open still. */
  public Set<String> opened() {
    Set<String> opened = all();
    opened.removeAll(before);
    return opened;
  }
}
