package io.gevent4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.RawGreenlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a greenlet costs, where there is no more of it; and what a user may ask for. */
@Tag("torture")
class LimitsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Starts greenlets until it can't be done, twice. */
  static final class Exhaust {
    private static final int MOST = 10_000;

    private Exhaust() {}

    public static void main(String[] arguments) {
      List<RawGreenlet> greenlets = new ArrayList<>();
      RawGreenlet refused = fill(greenlets);
      int first = greenlets.size();
      finish(greenlets, first / 2);
      check(start(refused) == null, "refused though there is room");
      greenlets.add(refused);
      fill(greenlets);
      int second = greenlets.size();
      check(second >= first - 1, "room for " + first + " became room for " + second);
      finish(greenlets, second);
      System.out.println("ok " + first + " " + second);
    }

    /**
     * Returns the one that can't be started, time and again. The first refusal may be due to room
     * that is taken for a moment only, as for a spare lender that is refused, too.
     */
    private static RawGreenlet fill(List<RawGreenlet> greenlets) {
      RawGreenlet next = new RawGreenlet(Exhaust::stay);
      for (int refusals = 0; refusals < 3; ) {
        GreenletException refusal = start(next);
        if (refusal == null) {
          greenlets.add(next);
          next = new RawGreenlet(Exhaust::stay);
          check(greenlets.size() < MOST, "no limit was met");
        } else {
          check(!next.isStarted() && !next.isDead(), "not as it was: " + next);
          System.out.println("refused " + refusal.getMessage());
          refusals++;
        }
      }
      return next;
    }

    private static GreenletException start(RawGreenlet greenlet) {
      try {
        check("started".equals(greenlet.switchTo()), "another's answer");
        return null;
      } catch (GreenletException refusal) {
        return refusal;
      }
    }

    private static void finish(List<RawGreenlet> greenlets, int count) {
      for (; count > 0; count--) {
        RawGreenlet last = greenlets.remove(greenlets.size() - 1);
        check("ended".equals(last.switchTo()) && last.isDead(), "it does not end");
      }
    }

    private static Object stay(Object value) {
      RawGreenlet.getCurrent().getParent().switchTo("started");
      return "ended";
    }

    private static void check(boolean condition, String what) {
      if (!condition) {
        throw new AssertionError(what);
      }
    }
  }

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> shouldNameTheLimitWhenThereIsNoRoomForAStack() {
    // Few large stacks, so that what is left over is enough for the VM itself.
    return Jdk.each(
        "shouldNameTheLimitWhenThereIsNoRoomForAStack",
        jdk -> {
          Child.Outcome outcome =
              new Child(jdk, Exhaust.class)
                  .under("sh", "-c", "ulimit -v " + (6L << 20) + "; exec \"$@\"", "sh")
                  .options(
                      "-Xmx64m",
                      "-XX:+UseSerialGC",
                      "-XX:CompressedClassSpaceSize=32m",
                      "-XX:ReservedCodeCacheSize=64m",
                      "-Dgevent4j.stackSize=128m")
                  .run(PATIENCE)
                  .assertOk();
          assertThat(outcome.told("refused"))
              .as(outcome::toString)
              .startsWith("cannot start a greenlet")
              .contains("131072 KiB", "address space (ulimit -v) " + (6L << 30));
          System.out.println(jdk + ": 6 GiB hold stacks of 128 MiB: " + outcome.told("ok"));
        });
  }

  /** Starts one greenlet, twice. */
  static final class StartOne {
    private StartOne() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println(new RawGreenlet(value -> "started").switchTo());
        } catch (IllegalArgumentException mistake) {
          System.out.println(mistake.getMessage());
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldNameTheSettingWhenItMakesNoSense() {
    List<String> mistakes =
        List.of(
            "gevent4j.stackSize=1k",
            "gevent4j.stackSize=99g",
            "gevent4j.stackSize=",
            "gevent4j.stackSize=-1",
            "gevent4j.stackSize=much",
            "gevent4j.stackSize=99999999999999999999",
            "gevent4j.spareLenders=8",
            "gevent4j.spareLenders=9..8",
            "gevent4j.spareLenders=many");
    return mistakes.stream()
        .map(
            mistake ->
                DynamicTest.dynamicTest(
                    "shouldNameTheSettingWhenItMakesNoSense: " + mistake,
                    () -> {
                      Jdk jdk = Jdk.all().get(0);
                      Child.Outcome outcome =
                          new Child(jdk, StartOne.class)
                              .options("-D" + mistake)
                              .run(PATIENCE)
                              .assertStatus(0)
                              .assertNoComplaint();
                      assertThat(outcome.stdout().lines())
                          .as(outcome::toString)
                          .hasSize(2)
                          .allMatch(line -> line.contains("cannot start a greenlet: " + mistake));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> shouldStartWhenTheSettingIsAtItsBounds() {
    List<String> settings =
        List.of(
            "gevent4j.stackSize=144k",
            "gevent4j.stackSize=1g",
            "gevent4j.spareLenders=0..0",
            "gevent4j.spareLenders=0..1");
    return Jdk.each(
        "shouldStartWhenTheSettingIsAtItsBounds",
        settings,
        (jdk, setting) ->
            new Child(jdk, StartOne.class)
                .options("-D" + setting)
                .run(PATIENCE)
                .assertStatus(0)
                .assertNoComplaint()
                .assertPrinted("started\nstarted\n"));
  }
}
