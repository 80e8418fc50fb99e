package io.gevent4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The random mix of {@link TortureWorkload} under every collector and in every way a VM can
 * compile, on every JDK. The time for all of it is {@code -Dgevent4j.torture.seconds}.
 */
@Tag("torture")
class MatrixTest {
  private static final String TOTAL = System.getProperty("gevent4j.torture.seconds", "");
  private static final double SECONDS_PER_CELL = 1; // in the short form
  private static final Duration PATIENCE = Duration.ofMinutes(5); // beside the soak itself

  /** One way to run the workload. */
  private record Cell(
      String name, List<String> options, List<String> arguments, Map<String, String> environment) {
    Cell(String name, String... options) {
      this(name, List.of(options), List.of(), Map.of());
    }

    Cell with(String... more) {
      return new Cell(name, options, List.of(more), environment);
    }

    Cell in(Map<String, String> other) {
      return new Cell(name, options, arguments, other);
    }
  }

  private static final List<Cell> CELLS =
      List.of(
          new Cell("G1", "-XX:+UseG1GC"),
          new Cell("Parallel", "-XX:+UseParallelGC"),
          new Cell("Serial", "-XX:+UseSerialGC"),
          new Cell("ZGC", "-XX:+UseZGC"),
          new Cell("Shenandoah", "-XX:+UseShenandoahGC"),
          new Cell("the interpreter", "-Xint").with("greenlets=100"),
          new Cell("C1 only", "-XX:TieredStopAtLevel=1"),
          new Cell("C2 only, one owner", "-XX:-TieredCompilation").with("owners=1"),
          compiledAtOnce(),
          new Cell("three owners, few spare lenders", "-Dgevent4j.spareLenders=0..4")
              .with("owners=3", "greenlets=300"),
          new Cell("a verified heap", "-XX:+UnlockDiagnosticVMOptions", "-XX:+VerifyBeforeGC")
              .with("greenlets=50"),
          new Cell("biased locking", "-XX:+UseBiasedLocking", "-XX:BiasedLockingStartupDelay=0"),
          new Cell("system memory barriers", "-XX:+UseSystemMemoryBarrier"),
          new Cell(
              "compact headers, a monitor table",
              "-XX:+UseCompactObjectHeaders",
              "-XX:+UnlockDiagnosticVMOptions",
              "-XX:+UseObjectMonitorTable"),
          new Cell("the baton").with("greenlets=50").in(Map.of("GEVENT4J_SWITCH", "baton")));

  /** To compile all that a VM starts with takes half a minute, so the short form doesn't. */
  private static Cell compiledAtOnce() {
    Cell cell =
        TOTAL.isBlank()
            ? new Cell(
                "-Xcomp of our classes",
                "-Xcomp",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=compileonly,io.gevent4j.*::*")
            : new Cell("-Xcomp", "-Xcomp");
    return cell.with("greenlets=50", "jfr=no");
  }

  /** A cell on one JDK. */
  private record Run(Jdk jdk, Cell cell) {}

  private static List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (Jdk jdk : Jdk.all()) {
      for (Cell cell : CELLS) {
        if (jdk.accepts(cell.options())) {
          runs.add(new Run(jdk, cell));
        }
      }
    }
    return runs;
  }

  @TestFactory
  Stream<DynamicTest> shouldSurvive() {
    List<Run> runs = runs();
    double seconds = TOTAL.isBlank() ? SECONDS_PER_CELL : Double.parseDouble(TOTAL) / runs.size();
    return runs.stream()
        .map(
            run ->
                DynamicTest.dynamicTest(
                    "shouldSurvive " + run.cell().name() + " on " + run.jdk(),
                    () -> survive(run, seconds)));
  }

  private static void survive(Run run, double seconds) {
    child(run.jdk(), run.cell(), seconds).run(limit(seconds)).assertOk();
  }

  private static Child child(Jdk jdk, Cell cell, double seconds) {
    return new Child(jdk, TortureWorkload.class)
        .options("-Xmx256m")
        .options(cell.options())
        .arguments("seconds=" + seconds)
        .arguments(cell.arguments().toArray())
        .environment(cell.environment());
  }

  private static Duration limit(double seconds) {
    return PATIENCE.plusSeconds((long) seconds);
  }

  /**
   * The VM checks every JNI call that is made, ours and those of the JDK. What its collector has to
   * say (17 mentions that a class histogram met the JDK's own critical region) isn't about those.
   */
  @TestFactory
  Stream<DynamicTest> shouldPrintNoWarningUnderCheckJni() {
    return Jdk.each(
        "shouldPrintNoWarningUnderCheckJni",
        jdk -> {
          Cell cell = new Cell("-Xcheck:jni", "-Xcheck:jni");
          Child.Outcome outcome = child(jdk, cell, SECONDS_PER_CELL).run(limit(SECONDS_PER_CELL));
          outcome.assertOk().assertNoComplaint();
          assertThat(outcome.stdout().lines())
              .as(outcome::toString)
              .allMatch(
                  line ->
                      line.startsWith("seed ")
                          || line.startsWith("ok ")
                          || line.contains("[warning][gc]"));
        });
  }
}
