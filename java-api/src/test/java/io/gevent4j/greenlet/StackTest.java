package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.binding.Native;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** A greenlet's stack: overflow, depth, monitors, exceptions under way, the collector. */
class StackTest extends GreenletTest {
  private static int overflow(int depth) {
    return overflow(depth + 1) + 1;
  }

  @Test
  void shouldThrowStackOverflowInTheParentWhenItRecursesForEver() {
    RawGreenlet greenlet = new RawGreenlet(value -> overflow(0));
    assertThat(thrownBy(greenlet::switchTo)).isInstanceOf(StackOverflowError.class);
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldGoOnWhenItCatchesItsStackOverflow() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              Throwable caught = thrownBy(() -> overflow(0));
              return toParent(caught.getClass());
            });
    assertThat(greenlet.switchTo()).isEqualTo(StackOverflowError.class);
    assertThat(greenlet.switchTo("fine")).isEqualTo("fine");
  }

  @Test
  void shouldServeLaterGreenletsWhenEarlierOnesOverflowed() {
    RawGreenlet bystander = suspendedEcho();
    for (int i = 0; i < 20; i++) {
      RawGreenlet overflows = new RawGreenlet(value -> overflow(0));
      assertThat(thrownBy(overflows::switchTo)).isInstanceOf(StackOverflowError.class);
      assertThat(new RawGreenlet(value -> value).switchTo(i)).isEqualTo(i);
      assertThat(bystander.switchTo(i)).isEqualTo(i);
    }
  }

  @Test
  void shouldOverflowAgainWhenTheSameStackOverflowedBefore() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              for (int i = 0; i < 20; i++) {
                toParent(thrownBy(() -> overflow(0)).getClass());
              }
              return "end";
            });
    for (int i = 0; i < 20; i++) {
      assertThat(greenlet.switchTo()).isEqualTo(StackOverflowError.class);
    }
    assertThat(greenlet.switchTo()).isEqualTo("end");
  }

  @Test
  void shouldOverflowInMainWhenMainRecursesBesideSuspendedGreenlets() {
    RawGreenlet echo = suspendedEcho();
    assertThat(thrownBy(() -> overflow(0))).isInstanceOf(StackOverflowError.class);
    assertThat(echo.switchTo("fine")).isEqualTo("fine");
  }

  /** Overflows many stacks by recursions that switch at every depth. */
  static final class OverflowInSwitches {
    public static void main(String[] arguments) {
      RawGreenlet main = RawGreenlet.getCurrent();
      RawGreenlet echo = suspendedEcho();
      boolean slow = Native.gv_switch_backend().equals("baton"); // some 2 million switches
      for (int i = 0; i < (slow ? 20 : 500); i++) {
        RawGreenlet greenlet =
            new RawGreenlet(
                value -> {
                  RawGreenlet self = RawGreenlet.getCurrent();
                  echo.setParent(self);
                  Throwable thrown = thrownBy(() -> switchAtEveryDepth(echo, 0));
                  assertThat(thrown).isInstanceOf(StackOverflowError.class);
                  assertThat(RawGreenlet.getCurrent()).isSameAs(self);
                  echo.setParent(main);
                  return "overflowed";
                });
        assertThat(greenlet.switchTo()).isEqualTo("overflowed");
        assertThat(RawGreenlet.getCurrent()).isSameAs(main);
        assertThat(echo.switchTo(i)).isEqualTo(i);
      }
      System.out.println("all have overflowed");
    }

    private static int switchAtEveryDepth(RawGreenlet echo, int depth) {
      echo.switchTo(depth);
      return switchAtEveryDepth(echo, depth + 1) + 1;
    }
  }

  // The error may strike inside of a switch; what was begun there must be undone.
  @Test
  void shouldStayCurrentWhenItsStackOverflowsInASwitch() {
    Finished finished = runJava(OverflowInSwitches.class.getName());
    assertThat(finished.stdout).as(finished.stderr).isEqualTo("all have overflowed\n");
    assertThat(finished.status).as(finished.stderr).isZero();
  }

  @Test
  void shouldKeepItsLocalsWhenItSwitchesDeepDown() {
    List<RawGreenlet> greenlets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int seed = i;
      RawGreenlet greenlet = new RawGreenlet(value -> sum(seed, 500));
      greenlet.switchTo();
      greenlets.add(greenlet);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(greenlets.get(i).switchTo(1_000_000L)).isEqualTo(1_000_000L + 500L * i);
    }
  }

  private static long sum(int seed, int depth) {
    return depth == 0 ? (Long) toParent() : seed + sum(seed, depth - 1);
  }

  @Test
  void shouldKeepFloatingPointValuesWhenSwitchedAway() {
    List<RawGreenlet> greenlets = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      double seed = i + 0.25;
      RawGreenlet greenlet =
          new RawGreenlet(
              value -> {
                double a = seed;
                double b = seed * seed;
                float c = (float) -seed;
                for (int turn = 0; turn < 1_000; turn++) {
                  toParent();
                  a += 1;
                  b += 2;
                  c -= 1;
                }
                return List.of(a, b, c);
              });
      greenlets.add(greenlet);
    }
    for (int turn = 0; turn < 1_000; turn++) {
      greenlets.forEach(RawGreenlet::switchTo);
    }
    for (int i = 0; i < 10; i++) {
      double seed = i + 0.25;
      assertThat(greenlets.get(i).switchTo())
          .isEqualTo(List.of(seed + 1_000, seed * seed + 2_000, (float) -seed - 1_000));
    }
  }

  @Test
  void shouldKeepObjectsAliveAndInPlaceWhenTheCollectorRuns() {
    List<RawGreenlet> greenlets = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int own = i;
      RawGreenlet greenlet =
          new RawGreenlet(
              value -> {
                int[] held = new int[1_000];
                Arrays.fill(held, own);
                toParent();
                return Arrays.stream(held).sum();
              });
      greenlet.switchTo();
      greenlets.add(greenlet);
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      new RawGreenlet(value -> new byte[1_000_000].length).switchTo();
    }
    for (int i = 0; i < 50; i++) {
      assertThat(greenlets.get(i).switchTo()).isEqualTo(1_000 * i);
    }
  }

  @Test
  void shouldCollectWhenTheCollectorRunsInAGreenlet() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              for (int i = 0; i < 5; i++) {
                System.gc();
                toParent(i);
              }
              return "end";
            });
    for (int i = 0; i < 5; i++) {
      assertThat(greenlet.switchTo()).isEqualTo(i);
    }
    assertThat(greenlet.switchTo()).isEqualTo("end");
  }

  @Test
  void shouldHoldItsMonitorWhenSuspended() {
    Object monitor = new Object();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              synchronized (monitor) {
                toParent(Thread.holdsLock(monitor));
                return Thread.holdsLock(monitor);
              }
            });
    assertThat(greenlet.switchTo()).isEqualTo(true);
    assertThat(Thread.holdsLock(monitor)).isFalse();
    assertThat(greenlet.switchTo()).isEqualTo(true);
    synchronized (monitor) { // free again
      assertThat(Thread.holdsLock(monitor)).isTrue();
    }
  }

  // greenlet: test_greenlet.py test_switching_holding_critical_section_no_crash
  @Test
  void shouldHoldEachItsMonitorWhenTwoGreenletsSwitchInsideOfThem() {
    Object firstMonitor = new Object();
    Object secondMonitor = new Object();
    RawGreenlet[] both = new RawGreenlet[2];
    both[0] =
        new RawGreenlet(
            value -> {
              synchronized (firstMonitor) {
                both[1].switchTo();
                assertThat(Thread.holdsLock(firstMonitor)).isTrue();
                assertThat(Thread.holdsLock(secondMonitor)).isFalse();
              }
              return both[1].switchTo();
            });
    both[1] =
        new RawGreenlet(
            value -> {
              synchronized (secondMonitor) {
                both[0].switchTo();
                assertThat(Thread.holdsLock(secondMonitor)).isTrue();
                assertThat(Thread.holdsLock(firstMonitor)).isFalse();
              }
              return "both released";
            });
    assertThat(both[0].switchTo()).isEqualTo("both released");
  }

  @Test
  void shouldKeepOthersOutWhenAGreenletIsSuspendedInItsMonitor() {
    Object monitor = new Object();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              synchronized (monitor) {
                return toParent();
              }
            });
    greenlet.switchTo();
    CountDownLatch entered = new CountDownLatch(1);
    Worker other =
        startThread(
            () -> {
              synchronized (monitor) {
                entered.countDown();
              }
            });
    until("the other thread waits", () -> other.getState() == Thread.State.BLOCKED);
    assertThat(entered.getCount()).isEqualTo(1);
    greenlet.switchTo();
    join(other);
    assertThat(entered.getCount()).isZero();
  }

  @Test
  void shouldReleaseItsMonitorsWhenKilled() {
    Object monitor = new Object();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              synchronized (monitor) {
                return toParent();
              }
            });
    greenlet.switchTo();
    greenlet.throwInto(new GreenletExit());
    inThread(
        () -> {
          synchronized (monitor) {
            assertThat(Thread.holdsLock(monitor)).isTrue();
          }
        });
  }

  @Test
  void shouldOwnItsLockWhenSuspended() {
    ReentrantLock lock = new ReentrantLock();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              lock.lock();
              try {
                toParent();
                return lock.isHeldByCurrentThread();
              } finally {
                lock.unlock();
              }
            });
    greenlet.switchTo();
    assertThat(lock.isLocked()).isTrue();
    assertThat(lock.isHeldByCurrentThread()).isFalse();
    assertThat(lock.tryLock()).isFalse();
    assertThat(greenlet.switchTo()).isEqualTo(true);
    assertThat(lock.isLocked()).isFalse();
  }

  // greenlet: test_greenlet.py test_exc_state
  @Test
  void shouldKeepTheExceptionBeingHandledWhenItSwitchesInTheCatchBlock() {
    RuntimeException own = new RuntimeException("own");
    RuntimeException others = new RuntimeException("others");
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                throw own;
              } catch (RuntimeException caught) {
                toParent();
                return caught;
              }
            });
    greenlet.switchTo();
    assertThat(
            thrownBy(
                () -> {
                  throw others;
                }))
        .isSameAs(others);
    assertThat(greenlet.switchTo()).isSameAs(own);
  }

  // greenlet: test_cpp.py test_exception_switch
  @Test
  void shouldCatchEachItsOwnWhenFourThrowAcrossSwitches() {
    List<RawGreenlet> greenlets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      RawGreenlet greenlet =
          new RawGreenlet(
              own -> {
                try {
                  try {
                    throw new IllegalStateException("" + own);
                  } finally {
                    toParent(); // an exception is under way
                  }
                } catch (IllegalStateException caught) {
                  return caught.getMessage();
                }
              });
      greenlet.switchTo(i);
      greenlets.add(greenlet);
    }
    for (int i = 0; i < 4; i++) {
      assertThat(greenlets.get(i).switchTo()).isEqualTo("" + i);
    }
  }

  @Test
  void shouldRunFinallyBlocksInOrderWhenItSwitchesInThem() {
    List<String> seen = new ArrayList<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                try {
                  seen.add("body");
                  toParent();
                } finally {
                  seen.add("inner");
                  toParent();
                }
              } finally {
                seen.add("outer");
                toParent();
              }
              return seen.add("end");
            });
    for (String step : List.of("body", "inner", "outer", "end")) {
      greenlet.switchTo();
      assertThat(seen).last().isEqualTo(step);
    }
    assertThat(greenlet.isDead()).isTrue();
  }

  // greenlet: test_greenlet.py test_get_stack_with_nested_c_calls
  @Test
  void shouldComeBackWhenItSwitchesBelowAReflectiveCall() throws Exception {
    Method toParent = GreenletTest.class.getDeclaredMethod("toParent", Object.class);
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                return toParent.invoke(null, value);
              } catch (ReflectiveOperationException failed) {
                throw raise(failed);
              }
            });
    assertThat(greenlet.switchTo("there")).isEqualTo("there");
    assertThat(greenlet.switchTo("back")).isEqualTo("back");
  }

  @Test
  void shouldWrapInTheReflectiveExceptionWhenThrownBelowAReflectiveCall() throws Exception {
    Method toParent = GreenletTest.class.getDeclaredMethod("toParent", Object.class);
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet = new RawGreenlet(value -> thrownBy(() -> toParent.invoke(null, value)));
    greenlet.switchTo();
    assertThat((Throwable) greenlet.throwInto(failure))
        .isInstanceOf(InvocationTargetException.class)
        .hasCause(failure);
  }

  /** Initialized by a greenlet, which switches away meanwhile; once in a VM. */
  private static final class SwitchesInItsInitializer {
    static final Object VALUE = toParent("initializing");
  }

  @Test
  void shouldInitializeAClassWhenItSwitchesInTheInitializer() {
    RawGreenlet greenlet = new RawGreenlet(value -> SwitchesInItsInitializer.VALUE);
    assertThat(greenlet.switchTo()).isEqualTo("initializing");
    assertThat(greenlet.switchTo("initialized")).isEqualTo("initialized");
    assertThat(SwitchesInItsInitializer.VALUE).isEqualTo("initialized");
  }

  // greenlet: test_greenlet.py test_switching_holding_critical_section_no_crash, its sort
  @Test
  void shouldSortWhenTheComparatorSwitches() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              List<Integer> list = new ArrayList<>(List.of(3, 1, 2));
              list.sort(
                  (left, right) -> {
                    toParent();
                    return left - right;
                  });
              return list;
            });
    Object result = null;
    while (!greenlet.isDead()) {
      result = greenlet.switchTo();
    }
    assertThat(result).isEqualTo(List.of(1, 2, 3));
  }

  @Test
  void shouldNestGreenletsDeeply() {
    assertThat(nested(200)).isEqualTo(200);
  }

  private static int nested(int depth) {
    return depth == 0 ? 0 : 1 + (Integer) new RawGreenlet(value -> nested(depth - 1)).switchTo();
  }
}
