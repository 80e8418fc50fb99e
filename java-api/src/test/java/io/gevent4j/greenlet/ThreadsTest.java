package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Greenlets of different threads never mix; and what happens to them when their thread ends. */
class ThreadsTest extends GreenletTest {
  /** A thread that lives, with one suspended and one unstarted greenlet, until told to end. */
  private static final class Neighbour implements AutoCloseable {
    volatile RawGreenlet main;
    volatile RawGreenlet suspended;
    volatile RawGreenlet unstarted;
    volatile RawGreenlet dead;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Worker thread;

    /** {@code atTheEnd} runs in the thread, when it is told to end. */
    Neighbour(Body atTheEnd) {
      CountDownLatch ready = new CountDownLatch(1);
      thread =
          startThread(
              () -> {
                main = RawGreenlet.getCurrent();
                suspended = suspendedEcho();
                unstarted = new RawGreenlet(value -> value);
                dead = deadGreenlet();
                ready.countDown();
                await(end);
                atTheEnd.run();
              });
      await(ready);
    }

    @Override
    public void close() {
      end.countDown();
      join(thread);
    }
  }

  private static void assertRefusedAsForeign(Body use) {
    assertThat(thrownBy(use))
        .isInstanceOf(GreenletException.class)
        .hasMessageContaining("cannot switch to a different thread");
  }

  private static void assertRefusedAsExited(RawGreenlet greenlet) {
    assertThat(thrownBy(greenlet::switchTo))
        .isInstanceOf(GreenletException.class)
        .hasMessageContaining("exited");
  }

  @Test
  void shouldHaveAMainOfItsOwnInEachThread() {
    RawGreenlet main = RawGreenlet.getCurrent();
    AtomicReference<RawGreenlet> other = new AtomicReference<>();
    inThread(() -> other.set(RawGreenlet.getCurrent()));
    assertThat(other.get()).isNotNull().isNotSameAs(main);
  }

  @Test
  void shouldStayTheSameMainWhenAskedAgain() {
    assertThat(RawGreenlet.getCurrent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_greenlet.py test_threads
  @Test
  void shouldSwitchIndependentlyWhenManyThreadsHaveGreenlets() {
    AtomicInteger successes = new AtomicInteger();
    List<Worker> threads = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      threads.add(
          startThread(
              () -> {
                RawGreenlet echo = suspendedEcho();
                for (int round = 0; round < 1_000; round++) {
                  assertThat(echo.switchTo(round)).isEqualTo(round);
                }
                successes.incrementAndGet();
              }));
    }
    threads.forEach(GreenletTest::join);
    assertThat(successes).hasValue(10);
  }

  // greenlet: test_greenlet.py test_thread_bug
  @Test
  void shouldLetOtherThreadsRunWhenAGreenletBlocks() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    Body body =
        () ->
            new RawGreenlet(
                    value -> {
                      try {
                        return meeting.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                      } catch (Exception failed) {
                        throw raise(failed);
                      }
                    })
                .switchTo();
    Worker first = startThread(body);
    Worker second = startThread(body);
    join(first);
    join(second);
  }

  // greenlet: test_greenlet.py test_switch_to_another_thread
  @Test
  void shouldRefuseToStartAGreenletOfAnotherThread() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertRefusedAsForeign(() -> neighbour.unstarted.switchTo());
      assertThat(neighbour.unstarted.isStarted()).isFalse();
    }
  }

  @Test
  void shouldStartInItsOwnThreadWhenRefusedInAnother() {
    AtomicReference<Neighbour> self = new AtomicReference<>();
    Body start = () -> assertThat(self.get().unstarted.switchTo("own")).isEqualTo("own");
    try (Neighbour neighbour = new Neighbour(start)) {
      self.set(neighbour);
      assertRefusedAsForeign(() -> neighbour.unstarted.switchTo());
    }
  }

  @Test
  void shouldRefuseToResumeAGreenletOfAnotherThread() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertRefusedAsForeign(() -> neighbour.suspended.switchTo());
    }
  }

  @Test
  void shouldResumeInItsOwnThreadWhenRefusedInAnother() {
    AtomicReference<Neighbour> self = new AtomicReference<>();
    Body resume = () -> assertThat(self.get().suspended.switchTo("own")).isEqualTo("own");
    try (Neighbour neighbour = new Neighbour(resume)) {
      self.set(neighbour);
      assertRefusedAsForeign(() -> neighbour.suspended.switchTo());
    }
  }

  @Test
  void shouldRefuseToSwitchToTheMainOfAnotherThread() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertRefusedAsForeign(() -> neighbour.main.switchTo());
    }
  }

  @Test
  void shouldRefuseToSwitchToADeadGreenletOfAnotherThread() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertRefusedAsForeign(() -> neighbour.dead.switchTo());
    }
  }

  @Test
  void shouldRefuseToThrowIntoAGreenletOfAnotherThread() {
    AtomicReference<Neighbour> self = new AtomicReference<>();
    Body resume = () -> assertThat(self.get().suspended.switchTo("own")).isEqualTo("own");
    try (Neighbour neighbour = new Neighbour(resume)) {
      self.set(neighbour);
      assertRefusedAsForeign(() -> neighbour.suspended.throwInto(new RuntimeException()));
      assertRefusedAsForeign(() -> neighbour.suspended.throwInto(new GreenletExit()));
    }
  }

  @Test
  void shouldRefuseToThrowIntoAnUnstartedGreenletOfAnotherThread() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertRefusedAsForeign(() -> neighbour.unstarted.throwInto(new RuntimeException()));
      assertThat(neighbour.unstarted.isDead()).isFalse();
    }
  }

  @Test
  void shouldNameBothSidesWhenRefused() {
    try (Neighbour neighbour = new Neighbour(() -> {})) {
      assertThat(thrownBy(() -> neighbour.suspended.switchTo()))
          .hasMessageContaining(Thread.currentThread().getName())
          .hasMessageContaining(neighbour.thread.getName());
    }
  }

  @Test
  void shouldBelongToTheThreadOfItsParentWhenMadeInAnother() {
    AtomicReference<RawGreenlet> made = new AtomicReference<>();
    Body start = () -> assertThat(made.get().switchTo("there")).isEqualTo("there");
    try (Neighbour neighbour = new Neighbour(start)) {
      made.set(new RawGreenlet(value -> value, neighbour.main));
      assertRefusedAsForeign(() -> made.get().switchTo());
    }
  }

  // greenlet: test_greenlet.py test_switching_many_threads
  @Test
  void shouldAlwaysRefuseWhenManyThreadsSwitchToForeignGreenlets() throws Exception {
    int size = 16;
    for (int round = 0; round < 20; round++) {
      Queue<RawGreenlet> greenlets = new ConcurrentLinkedQueue<>();
      CountDownLatch made = new CountDownLatch(size);
      CountDownLatch tried = new CountDownLatch(size);
      AtomicBoolean quit = new AtomicBoolean();
      List<Worker> creators = new ArrayList<>();
      List<Worker> switchers = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        creators.add(
            startThread(
                () -> {
                  greenlets.add(suspendedEcho());
                  made.countDown();
                  await(tried);
                }));
        switchers.add(
            startThread(
                () -> {
                  await(made);
                  do {
                    for (RawGreenlet greenlet : greenlets) {
                      assertThat(thrownBy(greenlet::switchTo))
                          .isInstanceOf(GreenletException.class);
                    }
                    tried.countDown();
                  } while (!quit.get());
                }));
      }
      creators.forEach(GreenletTest::join);
      quit.set(true);
      switchers.forEach(GreenletTest::join);
    }
  }

  // greenlet: test_interpreter_shutdown.py test_greenlet_cleanup_during_thread_exit
  @Test
  void shouldGetTheExitWhenItsThreadEnds() {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    inThread(() -> new RawGreenlet(value -> suspendAndRecord(seen)).switchTo());
    until("the greenlet is released", () -> seen.get() != null);
    assertThat(seen.get()).isInstanceOf(GreenletExit.class);
  }

  private static Object suspendAndRecord(AtomicReference<Throwable> seen) {
    try {
      return toParent();
    } catch (Throwable thrown) {
      seen.set(thrown);
      throw raise(thrown);
    }
  }

  // greenlet: test_interpreter_shutdown.py test_finally_block_during_thread_exit
  @Test
  void shouldRunTheFinallyBlocksOfAllWhenTheirThreadEnds() {
    Set<Integer> seen = new HashSet<>();
    List<RawGreenlet> greenlets = new ArrayList<>();
    int size = 50;
    inThread(
        () -> {
          for (int i = 0; i < size; i++) {
            int own = i;
            RawGreenlet greenlet =
                new RawGreenlet(
                    value -> {
                      try {
                        return toParent();
                      } finally {
                        synchronized (seen) {
                          seen.add(own);
                        }
                      }
                    });
            greenlet.switchTo();
            greenlets.add(greenlet);
          }
        });
    until("all are dead", () -> greenlets.stream().allMatch(RawGreenlet::isDead));
    synchronized (seen) {
      assertThat(seen).hasSize(size);
    }
  }

  @Test
  void shouldReleaseGreenletsOneAfterAnotherWhenTheirThreadEnds() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<RawGreenlet> greenlets = new ArrayList<>();
    inThread(
        () -> {
          for (int i = 0; i < 20; i++) {
            RawGreenlet greenlet =
                new RawGreenlet(
                    value -> {
                      try {
                        return toParent();
                      } finally {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        for (int turn = 0; turn < 100; turn++) {
                          Thread.yield();
                        }
                        inside.decrementAndGet();
                      }
                    });
            greenlet.switchTo();
            greenlets.add(greenlet);
          }
        });
    until("all are dead", () -> greenlets.stream().allMatch(RawGreenlet::isDead));
    assertThat(most).hasValue(1);
  }

  @Test
  void shouldReleaseTheOthersWhenOneFailsAtTheEndOfItsThread() {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    RuntimeException failure = new RuntimeException("from a finally block");
    List<RawGreenlet> greenlets = new ArrayList<>();
    inThread(
        () -> {
          for (int i = 0; i < 5; i++) {
            RawGreenlet greenlet =
                new RawGreenlet(
                    value -> {
                      Thread.currentThread()
                          .setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
                      thrownBy(GreenletTest::toParent);
                      throw failure;
                    });
            greenlet.switchTo();
            greenlets.add(greenlet);
          }
        });
    until("all are dead", () -> greenlets.stream().allMatch(RawGreenlet::isDead));
  }

  @Test
  void shouldBeDeadAllTheSameWhenItSwallowsTheExitAtTheEndOfItsThread() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    AtomicBoolean wentOn = new AtomicBoolean();
    inThread(
        () -> {
          greenlet.set(
              new RawGreenlet(
                  value -> {
                    thrownBy(GreenletTest::toParent);
                    wentOn.set(true);
                    return "nobody wants this";
                  }));
          greenlet.get().switchTo();
        });
    until("it is dead", () -> greenlet.get().isDead());
    assertThat(wentOn).isTrue();
  }

  @Test
  void shouldRefuseToSwitchAwayWhenItsThreadHasEnded() {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    inThread(
        () -> {
          RawGreenlet main = RawGreenlet.getCurrent();
          RawGreenlet greenlet =
              new RawGreenlet(
                  value -> {
                    try {
                      return main.switchTo();
                    } finally {
                      seen.set(thrownBy(main::switchTo));
                    }
                  });
          greenlet.switchTo();
        });
    until("the finally block has run", () -> seen.get() != null);
    assertThat(seen.get()).isInstanceOf(GreenletException.class).hasMessageContaining("exited");
  }

  @Test
  void shouldRunInTheReleasedGreenletWhenItsThreadHasEnded() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    AtomicReference<Thread> before = new AtomicReference<>();
    AtomicReference<Thread> after = new AtomicReference<>();
    inThread(
        () -> {
          greenlet.set(
              new RawGreenlet(
                  value -> {
                    before.set(Thread.currentThread());
                    try {
                      return toParent();
                    } finally {
                      after.set(Thread.currentThread());
                    }
                  }));
          greenlet.get().switchTo();
        });
    until("it is dead", () -> greenlet.get().isDead());
    assertThat(after.get()).isSameAs(before.get());
  }

  // greenlet: test_greenlet.py test_throw_to_dead_thread_doesnt_crash(_wait)
  @Test
  void shouldRefuseToSwitchToAGreenletWhoseThreadHasExited() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    inThread(() -> greenlet.set(suspendedEcho()));
    until("it is dead", () -> greenlet.get().isDead());
    assertRefusedAsExited(greenlet.get());
  }

  // greenlet: test_greenlet.py test_throw_to_dead_thread_doesnt_crash(_wait)
  @Test
  void shouldRefuseToThrowIntoAGreenletWhoseThreadHasExited() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    inThread(() -> greenlet.set(suspendedEcho()));
    until("it is dead", () -> greenlet.get().isDead());
    assertThat(thrownBy(() -> greenlet.get().throwInto(new RuntimeException())))
        .isInstanceOf(GreenletException.class)
        .hasMessageContaining("exited");
  }

  @Test
  void shouldRefuseToStartAGreenletWhoseThreadHasExited() {
    AtomicReference<RawGreenlet> greenlet = new AtomicReference<>();
    inThread(() -> greenlet.set(new RawGreenlet(value -> value)));
    until(
        "the end of the thread is noticed",
        () -> thrownBy(() -> greenlet.get().switchTo()).getMessage().contains("exited"));
    assertRefusedAsExited(greenlet.get());
  }

  @Test
  void shouldRefuseToSwitchToAMainWhoseThreadHasExited() {
    AtomicReference<RawGreenlet> main = new AtomicReference<>();
    inThread(() -> main.set(RawGreenlet.getCurrent()));
    until("it is dead", () -> main.get().isDead());
    assertRefusedAsExited(main.get());
  }

  @Test
  void shouldBeReleasedWhenItsThreadEndsByAnException() {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              new RawGreenlet(value -> suspendAndRecord(seen)).switchTo();
              throw new IllegalStateException("the thread ends by this");
            });
    thread.setUncaughtExceptionHandler((ended, thrown) -> {});
    thread.start();
    until("the greenlet is released", () -> seen.get() != null);
    assertThat(seen.get()).isInstanceOf(GreenletExit.class);
  }

  // greenlet: test_interpreter_shutdown.py test_deeply_nested_greenlets_at_shutdown
  @Test
  void shouldReleaseAChainOfGreenletsWhenTheirThreadEnds() {
    List<RawGreenlet> chain = new ArrayList<>();
    inThread(
        () -> {
          RawGreenlet main = RawGreenlet.getCurrent();
          assertThat(descend(10, main, chain)).isEqualTo("at the bottom");
        });
    until("all are dead", () -> chain.stream().allMatch(RawGreenlet::isDead));
    assertThat(chain).hasSize(10);
  }

  private static Object descend(int depth, RawGreenlet main, List<RawGreenlet> chain) {
    if (depth == 0) {
      return main.switchTo("at the bottom");
    }
    RawGreenlet next = new RawGreenlet(value -> descend(depth - 1, main, chain));
    chain.add(next);
    return next.switchTo();
  }

  @Test
  void shouldHaveAThreadIdentityOfItsOwnInEachGreenlet() {
    Thread mine = Thread.currentThread();
    RawGreenlet first = new RawGreenlet(value -> toParent(Thread.currentThread()));
    RawGreenlet second = new RawGreenlet(value -> toParent(Thread.currentThread()));
    Object firstThread = first.switchTo();
    Object secondThread = second.switchTo();
    assertThat(Set.of(mine, firstThread, secondThread)).hasSize(3);
    assertThat(Thread.currentThread()).isSameAs(mine);
  }

  @Test
  void shouldKeepThreadLocalsApartWhenGreenletsSwitch() {
    ThreadLocal<String> local = ThreadLocal.withInitial(() -> "initial");
    local.set("main");
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              String atStart = local.get();
              local.set("greenlet");
              toParent(atStart);
              return local.get();
            });
    assertThat(greenlet.switchTo()).isEqualTo("initial");
    assertThat(local.get()).isEqualTo("main");
    assertThat(greenlet.switchTo()).isEqualTo("greenlet");
    assertThat(local.get()).isEqualTo("main");
  }

  /** JDK 25's common pool empties the ThreadLocals of its threads after each task. */
  @Test
  void shouldKeepItsGreenletsWhenAPoolEmptiesItsThreadLocals() throws Exception {
    Map<Thread, RawGreenlet> greenlets = new ConcurrentHashMap<>();
    for (int i = 0; i < 200; i++) {
      CompletableFuture.runAsync(
              () -> {
                RawGreenlet known = greenlets.get(Thread.currentThread());
                if (known == null) {
                  RawGreenlet main = RawGreenlet.getCurrent();
                  known = new RawGreenlet(value -> echoForEver(main));
                  known.switchTo();
                  greenlets.put(Thread.currentThread(), known);
                }
                assertThat(known.switchTo("x")).isEqualTo("x");
              })
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static Object echoForEver(RawGreenlet main) {
    for (Object value = null; ; ) {
      value = main.switchTo(value);
    }
  }
}
