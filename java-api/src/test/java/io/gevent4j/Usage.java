package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** What this process uses up, as the system counts it. */
final class Usage {
  /** What other parts of the VM may come to use meanwhile. */
  private static final int FEW_DESCRIPTORS = 6;

  private static final int FEW_THREADS = 12;
  private static final long DEADLINE_NANOS = 30_000_000_000L;

  private final int descriptors = descriptors();
  private final long threads = status("Threads:");
  private final long kilobytes = status("VmRSS:");

  private Usage() {}

  static Usage now() {
    return new Usage();
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }

  private static long status(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new AssertionError("the system doesn't tell " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It is soon about the same as now again, but for so much memory. */
  void assertSame(long moreKilobytes) {
    assertSoon("descriptors", Usage::descriptors, descriptors + FEW_DESCRIPTORS);
    assertSoon("threads", () -> status("Threads:"), threads + FEW_THREADS);
    System.gc();
    assertSoon("kB", () -> status("VmRSS:"), kilobytes + moreKilobytes);
  }

  /** Asks until it is at most so many, for they come and go. */
  private static void assertSoon(String what, LongSupplier count, long most) {
    long seen = count.getAsLong();
    for (long start = System.nanoTime();
        seen > most && System.nanoTime() - start < DEADLINE_NANOS;
        seen = count.getAsLong()) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(seen).as(what).isLessThanOrEqualTo(most);
  }
}
