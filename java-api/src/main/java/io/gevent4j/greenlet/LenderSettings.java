package io.gevent4j.greenlet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gevent4j.binding.Native;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user may say about the threads that lend, by system property or environment variable, and
 * what the system says. Each mistake and each limit is one exception that names what to change.
 */
final class LenderSettings {
  static final String STACK_SIZE = "gevent4j.stackSize"; // GEVENT4J_STACK_SIZE
  static final String SPARE_LENDERS = "gevent4j.spareLenders"; // GEVENT4J_SPARE_LENDERS

  static final long DEFAULT_STACK_SIZE = 256L << 10;

  /**
   * The VM silently enlarges smaller ones; {@code java -Xss1k} prints its floor, 136 KiB on x86-64.
   */
  static final long LEAST_STACK_SIZE = 144L << 10;

  static final long MOST_STACK_SIZE = 1L << 30; // the VM's own limit for -Xss

  /**
   * Mappings of one lender: its stack, the VM's guard zone in it, and the berth, which at worst
   * merges with no other.
   */
  private static final int MAPPINGS_PER_LENDER = 4;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmg]?)");
  private static final Pattern BOUNDS = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");

  /**
   * How many lenders the kernel's limit on mappings leaves room for; a VM that runs into that limit
   * may crash.
   */
  private static final long ROOM =
      longFrom("/proc/sys/vm/max_map_count", Integer.MAX_VALUE) * 9 / 10 / MAPPINGS_PER_LENDER;

  private LenderSettings() {}

  /** In bytes. */
  static long stackSize() {
    String text = setting(STACK_SIZE);
    if (text == null) {
      return DEFAULT_STACK_SIZE;
    }
    Matcher matcher = SIZE.matcher(text.trim().toLowerCase(Locale.ROOT));
    long size = -1;
    if (matcher.matches()) {
      int shift = 10 * " kmg".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
      size = Long.parseLong(matcher.group(1));
      size = size > MOST_STACK_SIZE >> shift ? Long.MAX_VALUE : size << shift;
    }
    if (size < LEAST_STACK_SIZE || size > MOST_STACK_SIZE) {
      throw new IllegalArgumentException(
          "cannot start a greenlet: "
              + STACK_SIZE
              + "="
              + text
              + " is not a size from 144k, the floor of the VM, to 1g");
    }
    return size;
  }

  static void applySpareBounds() {
    String text = setting(SPARE_LENDERS);
    if (text == null) {
      return;
    }
    Matcher matcher = BOUNDS.matcher(text.trim());
    if (!matcher.matches()
        || Native.gv_pool_bounds(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
            != Native.GV_OK) {
      throw new IllegalArgumentException(
          "cannot start a greenlet: "
              + SPARE_LENDERS
              + "="
              + text
              + " is not LEAST..MOST, such as 8..1024");
    }
  }

  private static String setting(String property) {
    String value = System.getProperty(property);
    return value != null
        ? value
        : System.getenv(
            "GEVENT4J_"
                + property
                    .substring("gevent4j.".length())
                    .replaceAll("([A-Z])", "_$1")
                    .toUpperCase(Locale.ROOT));
  }

  /** Checked before a thread is made, for running out of mappings can't be survived afterwards. */
  static void requireRoom(int lenders) {
    if (lenders >= ROOM) {
      throw new GreenletException(
          "cannot start a greenlet: "
              + lenders
              + " threads lend already, and vm.max_map_count leaves room for no more; raise it");
    }
  }

  static GreenletException noThread(Throwable cause) {
    return new GreenletException(
        "cannot start a greenlet: no thread or memory to be had for a stack of "
            + (stackSize() >> 10)
            + " KiB; the limits are: threads per user (ulimit -u) "
            + limit("Max processes")
            + ", kernel.threads-max "
            + text("/proc/sys/kernel/threads-max")
            + ", kernel.pid_max "
            + text("/proc/sys/kernel/pid_max")
            + ", address space (ulimit -v) "
            + limit("Max address space")
            + "; raise the one that is met, or lower "
            + STACK_SIZE,
        cause);
  }

  private static String limit(String name) {
    for (String line : text("/proc/self/limits").split("\n")) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).trim().split(" +")[0];
      }
    }
    return "unknown";
  }

  private static long longFrom(String file, long otherwise) {
    try {
      return Long.parseLong(text(file));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** In one read, for the kernel's settings don't give their rest to a second one. */
  private static String text(String file) {
    try (FileInputStream stream = new FileInputStream(file)) {
      byte[] bytes = new byte[8192];
      return new String(bytes, 0, Math.max(0, stream.read(bytes)), UTF_8).trim();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
