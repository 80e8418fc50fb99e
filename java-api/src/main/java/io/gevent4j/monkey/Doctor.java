package io.gevent4j.monkey;

import static java.util.stream.Collectors.joining;

import io.gevent4j.binding.Native;
import java.util.List;
import java.util.Locale;

/** What {@code bin/gevent4j doctor} prints: every place that is patched here, and a verdict. */
final class Doctor {
  private static final String ROW = "%-12s %-24s %-9s %s%n";

  private Doctor() {}

  /** Ends with 1 where something isn't patched that should be. */
  public static void main(String[] args) {
    List<Slot> slots = Monkey.status();
    System.out.printf(ROW, "library", "symbol", "state", "for");
    for (Slot slot : slots) {
      String state = slot.state().name().toLowerCase(Locale.ROOT);
      String patches = slot.patches().stream().map(Patch::label).collect(joining(" "));
      System.out.printf(ROW, slot.library(), slot.symbol(), state, patches);
    }
    System.out.println();
    System.out.println(
        "JDK " + System.getProperty("java.version") + ", switch " + Native.gv_switch_backend());
    Verdict verdict = Verdict.of(slots);
    System.out.println(verdict.summary());
    System.out.println(verdict.complaints().isEmpty() ? "All is well." : "Not all is well.");
    System.exit(verdict.complaints().isEmpty() ? 0 : 1);
  }
}
