package io.gevent4j.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Hazards 1, 2 and 3 of docs/design.md: a stack and its identity that move to another kernel
 * thread, and what does not. The fifth, a libc mutex held while lending, is for
 * native/test/test_reclaim.c.
 */
@Tag("torture")
class IdentityTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Object toParent(Object value) {
    return RawGreenlet.getCurrent().getParent().switchTo(value);
  }

  private static void check(boolean condition, Object what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  // ---- 1: two kernel threads, one identity

  /**
   * Stacks change hands all the time: threads lend themselves and are sent home again, greenlets
   * start on them and end, and the VM signals them meanwhile.
   */
  static final class Churn {
    private static final int OWNERS = 3;
    private static final int GREENLETS = 4_000;

    public static void main(String[] arguments) throws Exception {
      Thread.setDefaultUncaughtExceptionHandler(
          (thread, thrown) -> {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(1);
          });
      Trouble trouble = new Trouble(true, true); // its samples are taken in signal handlers
      trouble.start();
      List<Thread> owners = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        Thread owner = new Thread(Churn::churn, "churn-" + i);
        owner.start();
        owners.add(owner);
      }
      for (Thread owner : owners) {
        owner.join();
      }
      trouble.stop();
      long samples = trouble.samples();
      check(samples > 0, "nothing was sampled");
      System.out.println("ok " + samples + " samples");
    }

    private static void churn() {
      Set<Thread> stacks = new HashSet<>();
      List<RawGreenlet> burst = new ArrayList<>();
      for (int i = 0; i < GREENLETS; i++) {
        int number = i;
        RawGreenlet greenlet =
            new RawGreenlet(
                value -> {
                  stacks.add(Thread.currentThread());
                  return stay(number);
                });
        check(greenlet.switchTo().equals(number), "another's number");
        burst.add(greenlet);
        if (burst.size() > i / 100 % 20) { // often more at a time than are kept warm
          for (RawGreenlet suspended : burst) {
            check(suspended.switchTo("end").equals("ended") && suspended.isDead(), "no end");
          }
          burst.clear();
        }
      }
      check(stacks.size() > 20, "no stack was ever made anew");
    }

    private static Object stay(int number) {
      Thread self = Thread.currentThread();
      long sum = 0;
      for (int turn = 0; turn < 2_000; turn++) { // so that samples find us in Java
        sum += Math.floorMod(turn * sum + number, 7);
      }
      check(sum >= 0, "negative");
      check(toParent(number).equals("end"), "another's value");
      check(Thread.currentThread() == self, "another's thread");
      return "ended";
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldRunEachIdentityOnceWhenStacksChangeHands() {
    return Jdk.each(
        "shouldRunEachIdentityOnceWhenStacksChangeHands",
        jdk ->
            new Child(jdk, Churn.class)
                .options("-Xmx256m", "-Dgevent4j.spareLenders=0..3")
                .run(PATIENCE)
                .assertOk());
  }

  // ---- 2: kernel-thread things do not travel

  /** On which kernel thread they run: main, two greenlets, and those when their owner has ended. */
  static final class KernelThreads {
    private static final List<RawGreenlet> KEPT = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
      Thread owner = new Thread(KernelThreads::suspendTwo);
      List<String> ends = END;
      owner.start();
      owner.join();
      ENDED.await();
      System.out.println("ends " + String.join(" ", ends));
    }

    private static final List<String> END = new ArrayList<>();
    private static final CountDownLatch ENDED = new CountDownLatch(2);

    private static void suspendTwo() {
      StringBuilder told = new StringBuilder("runs " + kernelThread());
      for (int i = 0; i < 2; i++) {
        RawGreenlet greenlet = new RawGreenlet(KernelThreads::tell);
        told.append(' ').append(greenlet.switchTo());
        KEPT.add(greenlet);
      }
      System.out.println(told);
    }

    private static Object tell(Object value) {
      try {
        return toParent(kernelThread());
      } finally {
        END.add(kernelThread());
        ENDED.countDown();
      }
    }

    private static String kernelThread() {
      try {
        return Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      } catch (IOException failure) {
        throw new AssertionError(failure);
      }
    }
  }

  private static Set<String> different(Child.Outcome outcome, String... words) {
    Set<String> threads = new HashSet<>();
    for (String word : words) {
      threads.addAll(List.of(outcome.told(word).split(" ")));
    }
    return threads;
  }

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> shouldRunOnTheKernelThreadOfTheOwner() {
    return Jdk.each(
        "shouldRunOnTheKernelThreadOfTheOwner",
        jdk -> {
          Child.Outcome swap = new Child(jdk, KernelThreads.class).run(PATIENCE).assertStatus(0);
          assertThat(different(swap, "runs")).as(swap::toString).hasSize(1);
          assertThat(different(swap, "runs", "ends")).as(swap::toString).hasSize(3);
        });
  }

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> shouldRunEachOnItsOwnKernelThreadWithTheBaton() {
    return Jdk.each(
        "shouldRunEachOnItsOwnKernelThreadWithTheBaton",
        jdk -> {
          Child.Outcome baton =
              new Child(jdk, KernelThreads.class)
                  .environment("GEVENT4J_SWITCH", "baton")
                  .run(PATIENCE)
                  .assertStatus(0);
          assertThat(different(baton, "runs")).as(baton::toString).hasSize(3);
          assertThat(different(baton, "runs", "ends")).as(baton::toString).hasSize(3);
        });
  }

  // ---- 3: where there is no swap, the baton does the same

  /** Prints every step of programs that have one outcome only. */
  static final class Deterministic {
    public static void main(String[] arguments) {
      System.err.print(Native.gv_switch_backend());
      sieve();
      permute(new ArrayList<>(), 4);
      pingPong();
      fail();
      System.out.println("ok");
    }

    /** Each prime is a greenlet that lets through what it does not divide. */
    private static void sieve() {
      RawGreenlet source = new RawGreenlet(Deterministic::count);
      for (int i = 0; i < 50; i++) {
        int prime = next(source);
        System.out.println("prime " + prime);
        RawGreenlet numbers = source;
        source = new RawGreenlet(caller -> filter(numbers, prime, (RawGreenlet) caller));
      }
    }

    /** Whoever asks says who he is, and gets the next number. */
    private static int next(RawGreenlet source) {
      return (int) source.switchTo(RawGreenlet.getCurrent());
    }

    private static Object count(Object first) {
      RawGreenlet caller = (RawGreenlet) first;
      for (int number = 2; ; number++) {
        caller = (RawGreenlet) caller.switchTo(number);
      }
    }

    private static Object filter(RawGreenlet numbers, int prime, RawGreenlet first) {
      RawGreenlet caller = first;
      while (true) {
        int number = next(numbers);
        if (number % prime != 0) {
          caller = (RawGreenlet) caller.switchTo(number);
        }
      }
    }

    private static void permute(List<Integer> chosen, int size) {
      if (chosen.size() == size) {
        System.out.println("permutation " + chosen);
        return;
      }
      for (int i = 0; i < size; i++) {
        if (!chosen.contains(i)) {
          List<Integer> longer = new ArrayList<>(chosen);
          longer.add(i);
          new RawGreenlet(
                  value -> {
                    permute(longer, size);
                    return null;
                  })
              .switchTo();
        }
      }
    }

    private static void pingPong() {
      RawGreenlet[] both = new RawGreenlet[2];
      for (int i = 0; i < 2; i++) {
        int other = 1 - i;
        both[i] =
            new RawGreenlet(
                value -> {
                  int count = (int) value;
                  while (count < 1_000) {
                    count = (int) both[other].switchTo(count + 1);
                  }
                  return count;
                });
      }
      System.out.println("ping-pong " + both[0].switchTo(0));
    }

    private static void fail() {
      for (int depth = 0; depth < 5; depth++) {
        try {
          fail(depth);
        } catch (IllegalStateException failure) {
          System.out.println("caught " + failure.getMessage());
        }
      }
    }

    private static void fail(int depth) {
      new RawGreenlet(
              value -> {
                try {
                  if (depth == 0) {
                    throw new IllegalStateException("from below");
                  }
                  fail(depth - 1);
                  return null;
                } finally {
                  System.out.println("finally " + depth);
                }
              })
          .switchTo();
    }
  }

  @TestFactory
  @EnabledOnOs(OS.LINUX)
  Stream<DynamicTest> shouldDoTheSameWithTheBaton() {
    return Jdk.each(
        "shouldDoTheSameWithTheBaton",
        jdk -> {
          Child.Outcome baton =
              new Child(jdk, Deterministic.class)
                  .environment("GEVENT4J_SWITCH", "baton")
                  .run(PATIENCE)
                  .assertOk();
          Child.Outcome swap = new Child(jdk, Deterministic.class).run(PATIENCE).assertOk();
          assertThat(baton.stderr()).isEqualTo("baton");
          assertThat(swap.stderr()).isEqualTo("swap");
          swap.assertPrinted(baton.stdout());
        });
  }
}
