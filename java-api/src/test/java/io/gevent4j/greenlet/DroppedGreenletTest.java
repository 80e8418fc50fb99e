package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Greenlets that nobody can reach any more.
 *
 * <p>Whatever is dropped is made by a method of its own, so that no frame of the test holds it.
 */
class DroppedGreenletTest extends GreenletTest {
  private static final Function<Object, Object> ENDS = value -> value;

  /** What dropped greenlets have seen. */
  private final Queue<Object> seen = new ConcurrentLinkedQueue<>();

  /** Waits in a switch to its parent, and records what comes out of it. */
  private Object suspendAndRecord(Object value) {
    try {
      return toParent();
    } catch (Throwable thrown) {
      seen.add(thrown);
      throw raise(thrown);
    }
  }

  private static WeakReference<RawGreenlet> startAndDrop(Function<Object, Object> run) {
    RawGreenlet greenlet = new RawGreenlet(run);
    greenlet.switchTo();
    return new WeakReference<>(greenlet);
  }

  private void untilSeen(int count) {
    untilCollected(count + " seen", () -> seen.size() >= count);
  }

  // greenlet: test_greenlet.py test_dealloc
  @Test
  void shouldGetTheExitWhenDropped() {
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    assertThat(seen).hasSize(1).allMatch(thrown -> thrown instanceof GreenletExit);
  }

  // greenlet: test_greenlet.py test_dealloc, with a crowd
  @Test
  void shouldGetOneExitEachWhenManyAreDropped() {
    for (int i = 0; i < 100; i++) {
      startAndDrop(this::suspendAndRecord);
    }
    untilSeen(100);
    assertThat(seen).hasSize(100).allMatch(thrown -> thrown instanceof GreenletExit);
  }

  @Test
  void shouldRunFinallyBlocksWhenDropped() {
    startAndDrop(
        value -> {
          try {
            return toParent();
          } finally {
            seen.add("finally");
          }
        });
    untilSeen(1);
    assertThat(seen).containsExactly("finally");
  }

  @Test
  void shouldStayWhenStillReferenced() {
    RawGreenlet kept = new RawGreenlet(this::suspendAndRecord);
    kept.switchTo();
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    assertThat(seen).hasSize(1);
    assertThat(kept.switchTo("still here")).isEqualTo("still here");
  }

  @Test
  void shouldStayWhenItIsTheParentOfAReferencedOne() {
    RawGreenlet child = childOfADroppedParent();
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    assertThat(seen).hasSize(1);
    assertThat(child.switchTo("it")).isEqualTo("parent got it");
  }

  private static RawGreenlet childOfADroppedParent() {
    RawGreenlet parent = new RawGreenlet(value -> "parent got " + toParent());
    parent.switchTo();
    return new RawGreenlet(ENDS, parent);
  }

  @Test
  void shouldStayWhenTheStackOfAReferencedOneHoldsIt() {
    RawGreenlet holder =
        new RawGreenlet(
            value -> {
              RawGreenlet held = suspendedEcho();
              toParent();
              return held.switchTo("from the held one");
            });
    holder.switchTo();
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    assertThat(holder.switchTo()).isEqualTo("from the held one");
  }

  @Test
  void shouldStayWhenItRunsAndNobodyElseHoldsIt() {
    new RawGreenlet(
            value -> {
              startAndDrop(this::suspendAndRecord);
              untilSeen(1);
              return seen.add(RawGreenlet.getCurrent().isActive());
            })
        .switchTo();
    assertThat(seen).hasSize(2).contains(true);
  }

  @Test
  void shouldStayWhenItWaitsForAChildAndNobodyElseHoldsIt() {
    new RawGreenlet(
            value ->
                seen.add(
                    new RawGreenlet(
                            inner -> {
                              startAndDrop(this::suspendAndRecord);
                              untilSeen(1);
                              return "from the child";
                            })
                        .switchTo()))
        .switchTo();
    assertThat(seen).hasSize(2).contains("from the child");
  }

  // greenlet: test_weakref.py test_dealloc_weakref
  @Test
  void shouldDropWhatItsStackHeldWhenDropped() {
    dropOneThatHoldsAnother(RawGreenlet.getCurrent());
    untilSeen(2);
    assertThat(seen).hasSize(2).first().isEqualTo("the holder, with the other still active: true");
    assertThat(seen).last().isInstanceOf(GreenletExit.class);
  }

  /**
   * Both have main as parent; were the holder the other's parent, the two would hold each other.
   */
  private void dropOneThatHoldsAnother(RawGreenlet main) {
    RawGreenlet holder =
        new RawGreenlet(
            value -> {
              RawGreenlet held = new RawGreenlet(this::suspendAndRecord, main);
              held.switchTo();
              try {
                return toParent();
              } finally {
                seen.add("the holder, with the other still active: " + held.isActive());
              }
            });
    holder.switchTo(); // the held one switches to main
    holder.switchTo();
  }

  // greenlet: test_greenlet.py test_dealloc_catches_GreenletExit_throws_other
  @Test
  void shouldReportToTheHandlerOfItsThreadOnceWhenItThrowsSomethingElse() {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    RuntimeException failure = new RuntimeException();
    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
    startAndDrop(
        value -> {
          thrownBy(GreenletTest::toParent);
          throw failure;
        });
    untilCollected("the failure is reported", () -> !reported.isEmpty());
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    assertThat(reported).containsExactly(failure);
  }

  @Test
  void shouldNotReportWhenOnlyTheExitEscapes() {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
    startAndDrop(this::suspendAndRecord);
    untilSeen(1);
    startAndDrop(this::suspendAndRecord);
    untilSeen(2);
    assertThat(reported).isEmpty();
  }

  @Test
  void shouldGiveItsResultToNobodyWhenItSwallowsTheExit() {
    RawGreenlet echo = suspendedEcho();
    startAndDrop(
        value -> {
          thrownBy(GreenletTest::toParent);
          seen.add("swallowed");
          return "nobody wants this";
        });
    untilCollected(
        "it has ended",
        () -> {
          assertThat(echo.switchTo("mine")).isEqualTo("mine");
          return !seen.isEmpty();
        });
    assertThat(echo.switchTo("mine")).isEqualTo("mine");
  }

  // greenlet: test_greenlet.py test_dealloc_switch_args_not_lost
  @Test
  void shouldLeaveTheValuesOfTheOwnerAloneWhenDropped() {
    RawGreenlet echo = suspendedEcho();
    for (int i = 0; i < 50; i++) {
      startAndDrop(this::suspendAndRecord);
    }
    until(
        "all have got the exit",
        () -> seen.size() == 50,
        () -> {
          System.gc();
          for (int i = 0; i < 100; i++) {
            assertThat(echo.switchTo(i)).isEqualTo(i);
          }
        });
  }

  @Test
  void shouldLeaveTheExceptionsOfTheOwnerAloneWhenDropped() {
    RuntimeException failure = new RuntimeException();
    for (int i = 0; i < 50; i++) {
      startAndDrop(this::suspendAndRecord);
    }
    until(
        "all have got the exit",
        () -> seen.size() == 50,
        () -> {
          System.gc();
          RawGreenlet fails =
              new RawGreenlet(
                  value -> {
                    throw failure;
                  });
          assertThat(thrownBy(fails::switchTo)).isSameAs(failure);
        });
  }

  // greenlet: test_greenlet.py test_threaded_updatecurrent, test_greenlet_trash.py
  @Test
  void shouldFindTheRightCurrentWhenDroppedOnesUseGreenletsThemselves() {
    RawGreenlet main = RawGreenlet.getCurrent();
    for (int i = 0; i < 20; i++) {
      startAndDrop(
          value -> {
            try {
              return toParent();
            } finally {
              RawGreenlet self = RawGreenlet.getCurrent();
              RawGreenlet child = new RawGreenlet(inner -> RawGreenlet.getCurrent().getParent());
              seen.add(child.switchTo() == self && RawGreenlet.getCurrent() == self);
            }
          });
    }
    until(
        "all have got the exit",
        () -> seen.size() == 20,
        () -> {
          System.gc();
          assertThat(RawGreenlet.getCurrent()).isSameAs(main);
        });
    assertThat(seen).containsOnly(true);
  }

  // greenlet: test_greenlet.py test_parent_restored_on_kill
  @Test
  void shouldHaveItsOldParentAgainWhenItSurvivesBeingDropped() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet hub = new RawGreenlet(ENDS);
    AtomicReference<RawGreenlet> survivor = new AtomicReference<>();
    AtomicReference<RawGreenlet> parentMeanwhile = new AtomicReference<>();
    startAndDropChildOf(
        hub,
        value -> {
          thrownBy(main::switchTo);
          parentMeanwhile.set(parent());
          survivor.set(RawGreenlet.getCurrent());
          return "resumed with " + hub.switchTo();
        });
    untilCollected("it has survived", () -> survivor.get() != null);
    assertThat(parentMeanwhile.get()).isSameAs(main);
    assertThat(survivor.get().getParent()).isSameAs(hub);
    assertThat(survivor.get().isActive()).isTrue();
    assertThat(survivor.get().switchTo("a value")).isEqualTo("resumed with a value");
  }

  private static void startAndDropChildOf(RawGreenlet parent, Function<Object, Object> run) {
    new RawGreenlet(run, parent).switchTo();
  }

  // greenlet: test_greenlet.py test_dealloc_other_thread
  @Test
  void shouldWaitForItsOwnerWhenDroppedByAnotherThread() {
    AtomicReference<RawGreenlet> shared = new AtomicReference<>();
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch dropped = new CountDownLatch(1);
    Worker owner =
        startThread(
            () -> {
              makeInto(shared);
              made.countDown();
              await(dropped);
              assertThat(seen).isEmpty();
              untilSeen(1);
            });
    await(made);
    WeakReference<RawGreenlet> handle = new WeakReference<>(shared.get());
    shared.set(null);
    untilCollected("nobody reaches it", () -> handle.get() == null);
    assertThat(seen).isEmpty();
    dropped.countDown();
    join(owner);
    assertThat(seen).hasSize(1).allMatch(thrown -> thrown instanceof GreenletExit);
  }

  private void makeInto(AtomicReference<RawGreenlet> shared) {
    shared.set(new RawGreenlet(this::suspendAndRecord));
    shared.get().switchTo();
  }

  @Test
  void shouldGetTheExitWhenItsOwnerConstructsAnother() {
    startAndDrop(this::suspendAndRecord);
    until(
        "it has got the exit",
        () -> !seen.isEmpty(),
        () -> {
          System.gc();
          new RawGreenlet(ENDS);
        });
  }

  @Test
  void shouldGetTheExitWhenItsOwnerSwitches() {
    RawGreenlet echo = suspendedEcho();
    startAndDrop(this::suspendAndRecord);
    until(
        "it has got the exit",
        () -> !seen.isEmpty(),
        () -> {
          System.gc();
          echo.switchTo();
        });
  }

  // greenlet: test_weakref.py test_inactive_weakref, test_gc.py test_inactive_ref
  @Test
  void shouldVanishWithoutRunningWhenDroppedUnstarted() {
    WeakReference<RawGreenlet> handle = new WeakReference<>(new RawGreenlet(seen::add));
    untilCollected("it has vanished", () -> handle.get() == null);
    assertThat(seen).isEmpty();
  }

  // greenlet: test_weakref.py test_dead_weakref
  @Test
  void shouldVanishWhenDroppedDead() {
    WeakReference<RawGreenlet> handle = startAndDrop(ENDS);
    untilCollected("it has vanished", () -> handle.get() == null);
  }

  // greenlet: test_gc.py test_dead_circular_ref
  @Test
  void shouldVanishWhenDeadAndReturnedByItself() {
    WeakReference<RawGreenlet> handle = startAndDrop(value -> RawGreenlet.getCurrent());
    untilCollected("it has vanished", () -> handle.get() == null);
  }

  // greenlet: test_gc.py test_circular_greenlet
  @Test
  void shouldVanishWhenUnstartedAndItsFunctionRefersToIt() {
    WeakReference<RawGreenlet> handle = circular();
    untilCollected("it has vanished", () -> handle.get() == null);
  }

  private static WeakReference<RawGreenlet> circular() {
    List<RawGreenlet> cycle = new ArrayList<>();
    cycle.add(new RawGreenlet(value -> cycle));
    return new WeakReference<>(cycle.get(0));
  }

  // greenlet: test_gc.py test_cycle_in_suspended_frame
  @Test
  void shouldLetGoOfWhatItsStackHeldWhenDead() {
    AtomicReference<WeakReference<Object>> held = new AtomicReference<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              Object local = new Object[] {new byte[1_000]};
              held.set(new WeakReference<>(local));
              toParent();
              return local.hashCode();
            });
    greenlet.switchTo();
    greenlet.switchTo();
    untilCollected("what it held has vanished", () -> held.get().get() == null);
    assertThat(greenlet.isDead()).isTrue();
    Reference.reachabilityFence(greenlet);
  }

  // greenlet: test_leaks.py test_arg_refs
  @Test
  void shouldLetGoOfTheValueWhenItHasBeenReceived() {
    RawGreenlet counter =
        new RawGreenlet(
            first -> {
              while (true) {
                toParent();
              }
            });
    counter.switchTo();
    WeakReference<Object> value = sendFreshValue(counter);
    untilCollected("the value has vanished", () -> value.get() == null);
    assertThat(counter.isActive()).isTrue();
  }

  private static WeakReference<Object> sendFreshValue(RawGreenlet target) {
    Object value = new byte[1_000];
    target.switchTo(value);
    return new WeakReference<>(value);
  }

  @Test
  void shouldLetGoOfItsFunctionWhenDead() {
    List<RawGreenlet> kept = new ArrayList<>();
    WeakReference<Object> captured = endOneThatCaptures(kept);
    untilCollected("what the function captured has vanished", () -> captured.get() == null);
    assertThat(kept).hasSize(1);
  }

  private static WeakReference<Object> endOneThatCaptures(List<RawGreenlet> kept) {
    byte[] captured = new byte[1_000];
    RawGreenlet greenlet = new RawGreenlet(value -> captured.length);
    greenlet.switchTo();
    kept.add(greenlet);
    return new WeakReference<>(captured);
  }

  private static final AtomicReference<RawGreenlet> saved = new AtomicReference<>();

  /** Saves, when it is collected, a greenlet that counts as dropped by then. */
  private static final class Saver {
    private final RawGreenlet greenlet =
        new RawGreenlet(value -> RawGreenlet.getCurrent().getParent().switchTo());

    @Override
    @SuppressWarnings({"deprecation", "removal"})
    protected void finalize() {
      saved.set(greenlet);
    }
  }

  @Test
  void shouldBeDeadForAllWhenAFinalizerSavesIt() {
    new Saver().greenlet.switchTo();
    until(
        "the greenlet was saved, and ended as one that was dropped",
        () -> {
          System.gc();
          RawGreenlet.getCurrent();
          return saved.get() != null && saved.get().isDead();
        });
    assertThat(saved.get().switchTo("x")).isEqualTo("x"); // as to any dead one
  }
}
