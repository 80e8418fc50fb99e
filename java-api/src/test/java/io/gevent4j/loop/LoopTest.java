package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a loop is, when its run returns, and what is left of it. */
class LoopTest extends OnEachLoop {
  // gevent: test__core_loop_run.py
  @Test
  void shouldReturnAtOnceWhenThereIsNothingToDo() {
    assertThat(loop().run()).isTrue();
    assertThat(loop().run(true, false)).isTrue();
    assertThat(loop().run(false, true)).isTrue();
  }

  @Test
  void shouldSayWhatItIs() {
    assertThat(loop().name()).isEqualTo(name);
    assertThat(loop().backend()).isNotEmpty();
    assertThat(loop().ptr()).isNotZero();
    assertThat(loop().fileno()).isGreaterThanOrEqualTo(name.equals("libuv") ? 0 : -1);
    assertThat(loop().toString()).contains(name, loop().backend());
  }

  @Test
  void shouldOfferTheWayThatItChoosesItself() {
    assertThat(Loop.supportedBackends(name)).contains(loop().backend());
    assertThat(Loop.isSupported(name, null)).isTrue();
    assertThat(Loop.isSupported("libnone", null)).isFalse();
  }

  @Test
  void shouldRunWithEveryWayThatItOffers() {
    for (String way : Loop.supportedBackends(name)) {
      try (Loop other = new Loop(name, way)) {
        List<Integer> seen = new ArrayList<>();
        other.timer(0.001).start(() -> seen.add(1));
        other.runCallback(() -> seen.add(0));
        assertThat(other.run()).as(way).isTrue();
        assertThat(seen).as(way).containsExactly(0, 1);
        assertThat(other.backend()).isEqualTo(way);
      }
    }
  }

  @Test
  void shouldKnowTheNamesThatGeventUses() {
    assertThat(Loop.isSupported(name, "linux_aio")).isEqualTo(Loop.isSupported(name, "linuxaio"));
    assertThat(Loop.isSupported(name, "linux_iouring"))
        .isEqualTo(Loop.isSupported(name, "iouring"));
  }

  @Test
  void shouldReturnFalseWhenItIsBroken() {
    List<String> seen = new ArrayList<>();
    loop().timer(0.001).start(loop()::breakLoop);
    loop().timer(0.1).start(() -> seen.add("later"));
    assertThat(loop().run()).isFalse();
    assertThat(seen).isEmpty();
    run();
    assertThat(seen).containsExactly("later");
  }

  @Test
  void shouldRunWhatWasDueWithTheOneThatBrokeItWithTheNextRun() {
    List<String> seen = new ArrayList<>();
    loop().runCallback(loop()::breakLoop);
    loop().runCallback(() -> seen.add("second"));
    assertThat(loop().run()).isFalse();
    run();
    assertThat(seen).containsExactly("second");
  }

  @Test
  void shouldNotMindABreakBeforeItRuns() {
    List<String> seen = new ArrayList<>();
    loop().breakLoop();
    loop().runCallback(() -> seen.add("run"));
    run();
    assertThat(seen).containsExactly("run");
  }

  // gevent: test__core_loop_run.py, ref and unref
  @Test
  void shouldNotReturnBeforeEveryRefIsTakenBack() {
    List<String> seen = new ArrayList<>();
    TimerWatcher timer = loop().timer(0.005);
    timer.setRef(false);
    timer.start(
        () -> {
          seen.add("fired");
          loop().unref();
        });
    loop().ref();
    run();
    assertThat(seen).containsExactly("fired");
  }

  @Test
  void shouldPollWithoutBlockingWhenToldNotToWait() {
    loop().timer(DEADLINE_SECONDS).start(() -> {});
    long before = loop().iteration();
    assertThat(loop().run(true, false)).isFalse();
    assertThat(loop().iteration()).isGreaterThan(before);
  }

  @Test
  void shouldReturnAfterWhatFiresFirstWhenRunOnce() {
    List<String> seen = new ArrayList<>();
    loop().timer(0.001).start(() -> seen.add("first"));
    loop().timer(DEADLINE_SECONDS).start(() -> seen.add("second"));
    while (seen.isEmpty()) {
      assertThat(loop().run(false, true)).isFalse();
    }
    assertThat(seen).containsExactly("first");
  }

  @Test
  void shouldRefuseToRunInItsOwnCallbacks() {
    loop().runCallback(() -> loop().run());
    run();
    assertThat(takeErrors()).hasSize(1).first().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRunOnWhenACallbackFails() {
    List<String> seen = new ArrayList<>();
    RuntimeException failure = new RuntimeException("boom");
    TimerWatcher fails = loop().timer(0);
    AtomicReference<Object> context = new AtomicReference<>();
    loop()
        .setErrorHandler(
            (where, thrown) -> {
              context.set(where);
              seen.add(thrown.getMessage());
            });
    fails.start(
        () -> {
          throw failure;
        });
    loop().timer(0).start(() -> seen.add("after"));
    run();
    assertThat(seen).containsExactly("boom", "after");
    assertThat(context).hasValue(fails);
  }

  @Test
  void shouldRunOnWhenTheErrorHandlerFails() {
    List<String> seen = new ArrayList<>();
    loop()
        .setErrorHandler(
            (where, thrown) -> {
              throw new IllegalStateException("expected in the output of this test: worse", thrown);
            });
    loop()
        .runCallback(
            () -> {
              throw new AssertionError("expected in the output of this test");
            });
    loop().runCallback(() -> seen.add("after"));
    run();
    assertThat(seen).containsExactly("after");
  }

  @Test
  void shouldLetTheClockStandBetweenPolls() throws InterruptedException {
    loop().updateNow();
    long before = loop().now();
    Thread.sleep(2);
    assertThat(loop().now()).isEqualTo(before);
    loop().updateNow();
    assertThat(loop().now() - before).isGreaterThanOrEqualTo(2_000_000);
    assertThat(loop().nowSeconds()).isEqualTo(loop().now() / 1e9);
  }

  @Test
  void shouldCountWhatIsActiveAndPending() {
    assertThat(loop().activeCount()).isZero();
    TimerWatcher timer = loop().timer(1);
    assertThat(loop().activeCount()).isZero();
    timer.start(() -> {});
    assertThat(loop().activeCount()).isEqualTo(1);
    assertThat(loop().pendingCount()).isZero();
    loop().runCallback(() -> {});
    loop().runCallback(() -> {});
    assertThat(loop().pendingCount()).isEqualTo(2);
    timer.stop();
    assertThat(loop().activeCount()).isZero();
  }

  @Test
  void shouldListActiveWatchersWhenDebugged() {
    loop().timer(7).start(() -> {});
    loop().async();
    assertThat(loop().debug()).contains("timer watcher", "after=7.0s").doesNotContain("async");
  }

  @Test
  void shouldBeTheDefaultUntilItIsClosed() {
    assertThat(loop().isDefault()).isFalse();
    loop().install();
    assertThat(loop().isDefault()).isTrue();
    assertThat(Loop.getDefault()).isSameAs(loop());
    loop().close();
    assertThat(Loop.getDefault()).isNull();
  }

  @Test
  void shouldCloseItsWatchersAndForgetItsCallbacks() {
    TimerWatcher timer = loop().timer(1);
    timer.start(() -> {});
    Callback callback = loop().runCallback(() -> {});
    loop().close();
    loop().close();
    assertThat(loop().isClosed()).isTrue();
    assertThat(loop().toString()).contains("closed");
    assertThat(timer.isClosed()).isTrue();
    assertThat(timer.isActive()).isFalse();
    assertThat(timer.toString()).contains("closed");
    assertThat(callback.isPending()).isFalse();
    timer.close();
  }

  @Test
  void shouldRefuseToCloseWhileItRuns() {
    loop().runCallback(() -> loop().close());
    run();
    assertThat(takeErrors()).hasSize(1).first().isInstanceOf(IllegalStateException.class);
    assertThat(loop().isClosed()).isFalse();
  }

  @Test
  void shouldBeClosedByAnotherThreadWhenItsOwnHasEnded() {
    AtomicReference<Loop> other = new AtomicReference<>();
    join(startThread(() -> other.set(new Loop(name))));
    other.get().close();
    assertThat(other.get().isClosed()).isTrue();
  }

  @Test
  void shouldStandNextToOthersInOtherThreads() {
    List<Thread> threads = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          startThread(
              () -> {
                int[] count = new int[1];
                try (Loop other = new Loop(name)) {
                  TimerWatcher timer = other.timer(0.0001, 0.0001);
                  timer.start(
                      () -> {
                        if (++count[0] == 100) {
                          timer.stop();
                        }
                      });
                  other.run();
                }
                synchronized (counts) {
                  counts.add(count[0]);
                }
              }));
    }
    threads.forEach(OnEachLoop::join);
    assertThat(counts).containsExactly(100, 100, 100, 100);
  }

  // gevent: test__destroy.py
  @Test
  void shouldLeaveNoDescriptorWhenAThousandAreClosed() {
    useAndClose();
    int before = descriptors();
    for (int i = 0; i < 1000; i++) {
      useAndClose();
    }
    assertThat(descriptors()).as("1000 would be a leak").isLessThan(before + 500);
  }

  private void useAndClose() {
    try (Loop other = new Loop(name)) {
      other.timer(0).start(() -> {});
      other.async().start(() -> {});
      other.signal("WINCH").start(() -> {});
      other.run(true, false);
    }
  }

  private static int descriptors() {
    return new File("/proc/self/fd").list().length;
  }

  @Test
  void shouldAllocateNothingWhenWatchersFire() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JDK counts no allocations");
    long[] fired = new long[1];
    Runnable count = () -> fired[0]++;
    loop().check().start(count);
    loop().prepare().start(count);
    loop().timer(0, 1e-9).start(count); // in each turn
    turn(20_000);
    long id = Thread.currentThread().getId();
    long firedBefore = fired[0];
    long before = threads.getThreadAllocatedBytes(id);
    turn(10_000);
    long allocated = threads.getThreadAllocatedBytes(id) - before;
    assertThat(fired[0] - firedBefore).isEqualTo(30_000);
    assertThat(allocated).isLessThan(10_000);
  }

  private void turn(int times) {
    for (int i = 0; i < times; i++) {
      loop().run(true, false);
    }
  }
}
