package io.gevent4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Compiled code is given up while its frames are on suspended stacks. */
@Tag("torture")
class DeoptimizationTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Suspends greenlets in a compiled method, then breaks what it was compiled under. */
  static final class Program {
    private static final int GREENLETS = 100;
    private static final int WARM_UP = 20_000;
    private static final Leave LEAVE = new Leave();

    private Program() {}

    /** So far there is one kind, so a call to it is inlined without a check. */
    static class Square {
      int area(int side) {
        return side * side + LEAVE.leave();
      }
    }

    /** Loading it takes the ground from under {@link #work}. */
    static final class Triangle extends Square {
      @Override
      int area(int side) {
        return side * side / 2 + LEAVE.leave();
      }
    }

    static final class Leave {
      int leave() {
        return (int) RawGreenlet.getCurrent().getParent().switchTo(null);
      }
    }

    /** Never on the heap, as long as it is compiled. */
    private static final class Point {
      final int x;
      final long y;

      Point(int x, long y) {
        this.x = x;
        this.y = y;
      }
    }

    static long work(Square shape, int seed) {
      Point point = new Point(seed, 3L * seed);
      Object monitor = new Object(); // elided as well, and locked again where the code is given up
      long area;
      synchronized (monitor) {
        synchronized (point) {
          area = shape.area(seed);
        }
      }
      if (area < 0) { // never so far: not compiled
        return new Point(point.x, area).y * 1_000 + point.x;
      }
      return area * 31 + point.x * 7L + point.y;
    }

    private static long expected(int area, int seed) {
      return area < 0 ? area * 1_000L + seed : area * 31L + seed * 7L + 3L * seed;
    }

    public static void main(String[] arguments) throws Exception {
      Square square = new Square();
      RawGreenlet warmUp =
          new RawGreenlet(
              value -> {
                long sum = 0;
                for (int i = 0; i < WARM_UP; i++) {
                  sum += work(square, i % 100);
                }
                return sum;
              });
      while (!warmUp.isDead()) {
        warmUp.switchTo(1);
      }
      List<RawGreenlet> suspended = new ArrayList<>();
      for (int i = 0; i < GREENLETS; i++) {
        int seed = i;
        RawGreenlet greenlet = new RawGreenlet(value -> work(square, seed));
        greenlet.switchTo();
        suspended.add(greenlet);
      }
      System.out.println("suspended");
      Square triangle =
          (Square)
              Class.forName(Program.class.getName() + "$Triangle")
                  .getDeclaredConstructor()
                  .newInstance();
      System.gc();
      for (int i = 0; i < GREENLETS; i++) {
        int received = i % 2 == 0 ? i : -1_000_000; // the odd ones go where nobody went so far
        long result = (long) suspended.get(i).switchTo(received);
        check(expected(i * i + received, i), result, "greenlet " + i);
      }
      RawGreenlet later = new RawGreenlet(value -> work(triangle, 10));
      later.switchTo();
      check(expected(50 + 1, 10), (long) later.switchTo(1), "later");
      System.out.println("ok");
    }

    private static void check(long expected, long actual, String what) {
      if (expected != actual) {
        throw new AssertionError(what + " worked out " + actual + ", not " + expected);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldComeBackRightWhenTheCodeIsGivenUp() {
    List<List<String>> ways =
        List.of(
            List.of("-XX:-TieredCompilation"),
            List.of("-XX:TieredStopAtLevel=1"),
            List.of("-XX:-TieredCompilation", "-XX:+UseZGC"));
    return Jdk.each("shouldComeBackRightWhenTheCodeIsGivenUp", ways, DeoptimizationTest::giveUp);
  }

  private static void giveUp(Jdk jdk, List<String> way) throws IOException {
    Path log = Files.createTempFile(Child.file("").getParent(), "compilation", ".log");
    try {
      Child.Outcome outcome =
          new Child(jdk, Program.class)
              .options("-Xbatch", "-Xlog:jit+compilation=debug:file=" + log)
              .options(way)
              .run(PATIENCE)
              .assertOk();
      // Or the test would promise nothing.
      List<String> compilations =
          Files.readAllLines(log).stream()
              .filter(line -> line.contains(Program.class.getName() + "::work "))
              .toList();
      assertThat(compilations).as(outcome::toString).anyMatch(line -> line.contains("made not"));
    } finally {
      Files.delete(log);
    }
  }
}
