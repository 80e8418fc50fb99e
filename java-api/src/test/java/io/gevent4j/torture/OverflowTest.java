package io.gevent4j.torture;

import io.gevent4j.greenlet.RawGreenlet;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A stack that overflows wherever it likes, also in the middle of a switch. */
@Tag("torture")
class OverflowTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Greenlets that switch to another one at every depth, until there is no stack left. */
  static final class Program {
    private static final int SHIFTS = 50; // frames of different sizes, so that the end differs
    private static final Object TOKEN = new Object();
    private static RawGreenlet echo;
    private static long deepest;

    private Program() {}

    public static void main(String[] arguments) {
      int rounds = Integer.parseInt(arguments[0]);
      echo = new RawGreenlet(Program::answer);
      for (int round = 0; round < rounds; round++) {
        int shift = round % SHIFTS;
        RawGreenlet greenlet = new RawGreenlet(value -> overflow(shift));
        check(greenlet.switchTo(round).equals("fine") && greenlet.isDead(), "it does not end");
        check(RawGreenlet.getCurrent().getParent() == null, "main is not itself");
      }
      overflow(0); // on the kernel thread's own stack
      System.out.println("ok, " + deepest + " deep");
    }

    private static Object answer(Object first) {
      RawGreenlet caller = (RawGreenlet) first;
      while (true) {
        caller = (RawGreenlet) caller.switchTo(TOKEN);
      }
    }

    private static Object overflow(int shift) {
      RawGreenlet self = RawGreenlet.getCurrent();
      int[] depth = new int[1];
      try {
        shift(shift, self, depth);
        throw new AssertionError("no overflow");
      } catch (StackOverflowError expected) {
        deepest = Math.max(deepest, depth[0]);
      }
      for (int i = 0; i < 3; i++) {
        check(echo.switchTo(self) == TOKEN, "the echo is not itself");
        check(RawGreenlet.getCurrent() == self, "we are not ourselves");
      }
      return "fine";
    }

    private static void shift(int frames, RawGreenlet self, int[] depth) {
      if (frames > 0) {
        shift(frames - 1, self, depth);
      } else {
        descend(self, depth, 1, 2.0);
      }
    }

    /** A frame of another size than that of {@link #shift}. */
    private static double descend(RawGreenlet self, int[] depth, long wide, double real) {
      depth[0]++;
      if (echo.switchTo(self) != TOKEN) {
        throw new AssertionError("the echo is not itself");
      }
      return descend(self, depth, wide + 1, real * 0.5) + wide;
    }

    private static void check(boolean condition, String what) {
      if (!condition) {
        throw new AssertionError(what);
      }
    }
  }

  /** Greenlets that start another one at every depth, until there is no stack left. */
  static final class Starts {
    private static RawGreenlet next;

    private Starts() {}

    public static void main(String[] arguments) {
      int rounds = Integer.parseInt(arguments[0]);
      for (int round = 0; round < rounds; round++) {
        new RawGreenlet(Starts::overflow).switchTo(round % Program.SHIFTS);
      }
      System.out.println("ok");
    }

    private static Object overflow(Object frames) {
      try {
        shift((Integer) frames);
        throw new AssertionError("no overflow");
      } catch (StackOverflowError expected) {
        // The last one was not begun, or has run, or has met the overflow itself.
      }
      Program.check(next.isDead() || "end".equals(next.switchTo()), "the last one is half begun");
      Program.check(next.isDead(), "the last one does not end");
      return null;
    }

    private static void shift(int frames) {
      if (frames > 0) {
        shift(frames - 1);
      } else {
        descend(1, 2.0);
      }
    }

    private static double descend(long wide, double real) {
      next = new RawGreenlet(value -> "end");
      if (!"end".equals(next.switchTo())) {
        throw new AssertionError("another one has ended");
      }
      return descend(wide + 1, real * 0.5) + wide;
    }
  }

  private record Way(int rounds, List<String> options) {}

  @TestFactory
  Stream<DynamicTest> shouldStayWholeWhenTheStackEndsInASwitch() {
    return overflow("shouldStayWholeWhenTheStackEndsInASwitch", Program.class);
  }

  @TestFactory
  Stream<DynamicTest> shouldStayWholeWhenTheStackEndsInAStart() {
    return overflow("shouldStayWholeWhenTheStackEndsInAStart", Starts.class);
  }

  private static Stream<DynamicTest> overflow(String promise, Class<?> program) {
    List<Way> ways =
        List.of(
            new Way(500, List.of()),
            new Way(300, List.of("-XX:TieredStopAtLevel=1")),
            new Way(200, List.of("-Xint")));
    return Jdk.each(
        promise,
        ways,
        (jdk, way) ->
            new Child(jdk, program)
                .options(way.options())
                .arguments(way.rounds())
                .run(PATIENCE)
                .assertOk()
                .assertNoComplaint());
  }
}
