package io.gevent4j;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/** Says in the end how many tests were skipped, of which class, and why: none of them silently. */
public final class Skips implements TestWatcher {
  private static final String OF_JUNIT = "Assumption failed: ";

  @Override
  public void testAborted(ExtensionContext test, Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    count(test, reason.startsWith(OF_JUNIT) ? reason.substring(OF_JUNIT.length()) : reason);
  }

  @Override
  public void testDisabled(ExtensionContext test, Optional<String> reason) {
    count(test, reason.orElse("disabled"));
  }

  private static void count(ExtensionContext test, String reason) {
    test.getRoot()
        .getStore(Namespace.create(Skips.class))
        .getOrComputeIfAbsent(Summary.class)
        .count(topLevel(test.getRequiredTestClass()) + ": " + reason);
  }

  private static String topLevel(Class<?> type) {
    Class<?> outer = type;
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    return outer.getSimpleName();
  }

  /** Closed by JUnit when all tests have run. */
  static final class Summary implements AutoCloseable {
    private final Map<String, Integer> counts = new TreeMap<>();

    synchronized void count(String what) {
      counts.merge(what, 1, Integer::sum);
    }

    @Override
    public synchronized void close() {
      counts.forEach((what, count) -> System.out.println("Skipped " + count + " of " + what));
    }
  }
}
