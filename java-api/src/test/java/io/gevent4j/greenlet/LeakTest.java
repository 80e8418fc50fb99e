package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nothing grows for ever: neither heap nor threads. */
class LeakTest extends GreenletTest {
  /**
   * greenlet allows as much: what the VM itself keeps (code, profiles, buffers) moves meanwhile.
   */
  private static final long HEAP_TOLERANCE = 3L << 20;

  /** Threads of the VM (compilers, the collector) and of the pool come and go by a few. */
  private static final int THREAD_TOLERANCE = 8;

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  private static long heap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Repeats the round: the heap must come back to what it was after a warm-up. */
  private static void assertPlateau(Runnable round) {
    round.run();
    round.run();
    long heapBefore = heap();
    int threadsBefore = threads();
    for (int i = 0; i < 4; i++) {
      round.run();
    }
    untilCollected("the heap is back", () -> heap() <= heapBefore + HEAP_TOLERANCE);
    until("the threads are back", () -> threads() <= threadsBefore + THREAD_TOLERANCE);
  }

  // greenlet: test_leaks.py test_untracked_memory_doesnt_increase
  @Test
  void shouldNotGrowWhenManyGreenletsComeAndGo() {
    assertPlateau(
        () -> {
          for (int i = 0; i < 10_000; i++) {
            new RawGreenlet(value -> 1).switchTo();
          }
        });
  }

  @Test
  void shouldNotGrowWhenManyGreenletsAreSwitchedTo() {
    RawGreenlet echo = suspendedEcho();
    assertPlateau(
        () -> {
          for (int i = 0; i < 10_000; i++) {
            echo.switchTo(new byte[100]);
          }
        });
  }

  @Test
  void shouldNotGrowWhenManyUnstartedGreenletsAreForgotten() {
    assertPlateau(
        () -> {
          for (int i = 0; i < 10_000; i++) {
            new RawGreenlet(value -> value);
          }
        });
  }

  // greenlet: test_cpp.py test_leak_test_exception_switch_and_do_in_g2
  @Test
  void shouldNotGrowWhenManyGreenletsFail() {
    assertPlateau(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            RawGreenlet fails =
                new RawGreenlet(
                    value -> {
                      throw new IllegalStateException("boom");
                    });
            assertThat(thrownBy(fails::switchTo)).isInstanceOf(IllegalStateException.class);
          }
        });
  }

  @Test
  void shouldNotGrowWhenManyGreenletsAreKilled() {
    assertPlateau(
        () -> {
          List<RawGreenlet> greenlets = new ArrayList<>();
          for (int i = 0; i < 300; i++) {
            greenlets.add(suspendedEcho());
          }
          greenlets.forEach(greenlet -> greenlet.throwInto(new GreenletExit()));
        });
  }

  // greenlet: test_greenlet.py test_issue_245_reference_counting_subclass_no_threads
  @Test
  void shouldNotGrowWhenManySuspendedGreenletsAreDropped() {
    AtomicInteger exits = new AtomicInteger();
    assertPlateau(
        () -> {
          int before = exits.get();
          suspendAndDrop(200, exits);
          untilCollected("all have got the exit", () -> exits.get() == before + 200);
        });
  }

  private static void suspendAndDrop(int count, AtomicInteger exits) {
    for (int i = 0; i < count; i++) {
      new RawGreenlet(
              value -> {
                try {
                  return toParent();
                } finally {
                  exits.incrementAndGet();
                }
              })
          .switchTo();
    }
  }

  // greenlet: test_leaks.py test_threaded_leak, test_threaded_adv_leak
  @Test
  void shouldNotGrowWhenManyThreadsWithEndedGreenletsEnd() {
    assertPlateau(
        () -> {
          for (int i = 0; i < 100; i++) {
            inThread(() -> assertThat(deadGreenlet().isDead()).isTrue());
          }
        });
  }

  // greenlet: test_leaks.py test_untracked_memory_doesnt_increase_unfinished_thread_dealloc_in_main
  @Test
  void shouldNotGrowWhenManyThreadsEndWithSuspendedGreenlets() {
    AtomicInteger exits = new AtomicInteger();
    assertPlateau(
        () -> {
          int before = exits.get();
          for (int i = 0; i < 50; i++) {
            inThread(() -> suspendAndDrop(3, exits));
          }
          until("all have got the exit", () -> exits.get() == before + 150);
        });
  }

  // greenlet: test_leaks.py
  // test_untracked_memory_doesnt_increase_unfinished_thread_dealloc_in_thread
  @Test
  void shouldReturnItsThreadsWhenManyThreadsEndWithSuspendedGreenletsThatAreKept() {
    List<RawGreenlet> kept = new ArrayList<>();
    Body round =
        () -> {
          for (int i = 0; i < 3; i++) {
            kept.add(suspendedEcho());
          }
        };
    inThread(round);
    until("the first are dead", () -> kept.stream().allMatch(RawGreenlet::isDead));
    int threadsBefore = threads();
    for (int i = 0; i < 300; i++) {
      inThread(round);
    }
    until("all are dead", () -> kept.stream().allMatch(RawGreenlet::isDead));
    until("the threads are back", () -> threads() <= threadsBefore + THREAD_TOLERANCE);
    assertThat(kept).hasSize(903);
  }
}
