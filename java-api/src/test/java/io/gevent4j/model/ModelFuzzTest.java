package io.gevent4j.model;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs of spawn, sleep, kill, join, link, wait and timeout do, event by event, what the
 * {@link Model} says.
 *
 * <p>{@code -Dgevent4j.fuzz.seconds=N} has them go on for so long, {@code -Dgevent4j.fuzz.seed=S}
 * repeats one program.
 */
class ModelFuzzTest {
  private static final long SECONDS = Long.getLong("gevent4j.fuzz.seconds", 0);
  private static final long SEED = Long.getLong("gevent4j.fuzz.seed", -1);
  private static final int PROGRAMS = 5000; // where nothing takes time
  private static final int TIMED_PROGRAMS = 400;
  private static final long MOST_NANOS = 8_000_000_000L; // for each sort
  private static final long INSTANT = 1_000_000;
  private static final long LONGEST_INSTANT = 64_000_000;
  private static final double[] INTERVALS = {0, 1e-5, 1e-4, 5e-3, 3600};

  private final long begin = System.nanoTime();
  private int compared;
  private int unfit;
  private int slow;
  private int events;

  /** What a program does, or that it was too slow to say. */
  private record Run(List<String> trace, boolean late) {}

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = SEPARATE_THREAD)
  void shouldDoWhatTheModelDoesWhereNothingTakesTime() {
    fuzz(false);
  }

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS, threadMode = SEPARATE_THREAD)
  void shouldDoWhatTheModelDoesWhereTimersRing() {
    fuzz(true);
  }

  private void fuzz(boolean timed) {
    if (SEED >= 0) {
      check(SEED, timed);
      return;
    }
    long first = SECONDS == 0 ? 0 : new Random().nextInt() & 0x7fffffffL;
    for (long seed = first; goesOn(seed - first, timed ? TIMED_PROGRAMS : PROGRAMS); seed++) {
      check(seed, timed);
    }
    System.out.printf(
        "model: %d programs of %d events compared, %d unfit, %d too slow; first seed %d%n",
        compared, events, unfit, slow, first);
    assumeTrue(compared > slow, "the machine is too busy for timers to ring in time");
  }

  private boolean goesOn(long made, int programs) {
    long passed = System.nanoTime() - begin;
    return SECONDS > 0 ? passed < SECONDS * 1_000_000_000 : made < programs && passed < MOST_NANOS;
  }

  private void check(long seed, boolean timed) {
    Program program = Generator.program(seed, timed);
    List<String> expected;
    try {
      expected = Model.run(program);
    } catch (Model.UnfitException e) {
      unfit++;
      return;
    }
    List<String> actual = run(program, seed, timed);
    if (actual == null) {
      slow++;
    } else if (!actual.equals(expected)) {
      report(seed, timed, program);
    } else {
      compared++;
      events += expected.size();
    }
  }

  /** Null if the machine is too busy. */
  private static List<String> run(Program program, long seed, boolean timed) {
    for (long instant = INSTANT; instant <= LONGEST_INSTANT; instant *= 2) {
      Run run = runOnce(program, seed, timed ? instant : 0);
      if (!run.late()) {
        return run.trace();
      }
    }
    return null;
  }

  private static Run runOnce(Program program, long seed, long instant) {
    try (Hub hub = Hub.get()) {
      Gevent.setSwitchInterval(INTERVALS[(int) (seed % INTERVALS.length)]);
      try (Gate gate = new Gate(instant)) {
        List<String> trace = Interpreter.run(program, gate);
        return new Run(trace, gate.isLate());
      }
    }
  }

  // ---- what is told of a failure ----

  private static void report(long seed, boolean timed, Program whole) {
    Program program = shrink(whole, seed, timed);
    List<String> expected = Model.run(program);
    List<String> actual = run(program, seed, timed);
    StringBuilder text = new StringBuilder();
    text.append("reality differs from the model; -Dgevent4j.fuzz.seed=").append(seed);
    text.append(timed ? ", timed" : ", not timed").append("; what is left of the program:\n");
    text.append(program);
    text.append(String.format("%-45s%s%n", "model", "reality"));
    int lines = Math.max(expected.size(), actual == null ? 0 : actual.size());
    for (int i = 0; i < lines; i++) {
      String left = i < expected.size() ? expected.get(i) : "";
      String right = actual != null && i < actual.size() ? actual.get(i) : "";
      String mark = left.equals(right) ? "" : "   <--";
      text.append(String.format("%-45s%s%s%n", left, right, mark));
    }
    fail(text.toString());
  }

  /** Leaves out whatever can be left out without the difference going away. */
  private static Program shrink(Program whole, long seed, boolean timed) {
    Program program = whole;
    for (boolean smaller = true; smaller; ) {
      smaller = false;
      for (int id : program.ids()) {
        Program less = program.without(id);
        if (differs(less, seed, timed)) {
          program = less;
          smaller = true;
        }
      }
    }
    return program;
  }

  private static boolean differs(Program program, long seed, boolean timed) {
    try {
      List<String> expected = Model.run(program);
      List<String> actual = run(program, seed, timed);
      return actual != null && !actual.equals(expected);
    } catch (Model.UnfitException e) {
      return false;
    }
  }
}
