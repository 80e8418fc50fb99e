package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Exceptions that are thrown into greenlets. */
class ThrowTest extends GreenletTest {
  /** A body that switches to the main greenlet, and says whether an exception came back. */
  private static Function<Object, Object> readyToCatch(RawGreenlet main) {
    return value -> {
      try {
        main.switchTo("ready to catch");
      } catch (IndexOutOfBoundsException caught) {
        return "caught";
      }
      return "normal exit";
    };
  }

  // greenlet: test_throw.py test_class
  @Test
  void shouldThrowOutOfThePendingSwitchWhenSuspended() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                toParent("ready");
              } catch (IllegalStateException expected) {
                return toParent("caught");
              }
              return "nothing was thrown";
            });
    assertThat(greenlet.switchTo()).isEqualTo("ready");
    assertThat(greenlet.throwInto(new IllegalStateException())).isEqualTo("caught");
    assertThat(greenlet.switchTo("end")).isEqualTo("end");
  }

  // greenlet: test_throw.py test_val
  @Test
  void shouldThrowTheSameObjectWhenSuspended() {
    RawGreenlet greenlet = new RawGreenlet(value -> thrownBy(() -> toParent("ready")));
    greenlet.switchTo();
    RuntimeException ciao = new RuntimeException("ciao");
    assertThat(greenlet.throwInto(ciao)).isSameAs(ciao);
  }

  @Test
  void shouldThrowACheckedExceptionUnwrapped() {
    RawGreenlet greenlet = new RawGreenlet(value -> thrownBy(() -> toParent("ready")));
    greenlet.switchTo();
    IOException checked = new IOException();
    assertThat(greenlet.throwInto(checked)).isSameAs(checked);
  }

  @Test
  void shouldKeepTheStackTraceOfTheExceptionWhenThrown() {
    RawGreenlet greenlet = suspendedEcho();
    RuntimeException made = new RuntimeException();
    StackTraceElement[] before = made.getStackTrace();
    assertThat(thrownBy(() -> greenlet.throwInto(made))).isSameAs(made);
    assertThat(made.getStackTrace()).isEqualTo(before);
  }

  @Test
  void shouldRunFinallyBlocksWhenThrownInto() {
    List<String> seen = new ArrayList<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                try {
                  return toParent();
                } finally {
                  seen.add("inner");
                }
              } finally {
                seen.add("outer");
              }
            });
    greenlet.switchTo();
    greenlet.throwInto(new GreenletExit());
    assertThat(seen).containsExactly("inner", "outer");
  }

  @Test
  void shouldThrowOutOfTheCallWhenTheGreenletDoesNotCatch() {
    RawGreenlet greenlet = suspendedEcho();
    RuntimeException failure = new RuntimeException();
    assertThat(thrownBy(() -> greenlet.throwInto(failure))).isSameAs(failure);
    assertThat(greenlet.isDead()).isTrue();
  }

  // greenlet: test_throw.py test_kill
  @Test
  void shouldReturnTheExitWhenASuspendedGreenletIsKilled() {
    RawGreenlet greenlet = suspendedEcho();
    GreenletExit exit = new GreenletExit();
    assertThat(greenlet.throwInto(exit)).isSameAs(exit);
    assertThat(greenlet.isDead()).isTrue();
  }

  // greenlet: test_throw.py test_kill
  @Test
  void shouldReturnTheExitAtOnceWhenADeadGreenletIsKilled() {
    GreenletExit exit = new GreenletExit("again");
    assertThat(deadGreenlet().throwInto(exit)).isSameAs(exit);
  }

  @Test
  void shouldReturnTheExitWhenItIsOfASubclass() {
    class Leave extends GreenletExit {}

    GreenletExit leave = new Leave();
    assertThat(suspendedEcho().throwInto(leave)).isSameAs(leave);
  }

  @Test
  void shouldNotBeEatenByCatchExceptionWhenKilled() {
    List<String> seen = new ArrayList<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                toParent();
              } catch (Exception eaten) {
                seen.add("eaten");
              }
              return "went on";
            });
    greenlet.switchTo();
    assertThat(greenlet.throwInto(new GreenletExit())).isInstanceOf(GreenletExit.class);
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldGoOnWhenAKilledGreenletCatchesTheExit() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              Throwable exit = thrownBy(GreenletTest::toParent);
              return toParent("survived " + exit.getMessage());
            });
    greenlet.switchTo();
    assertThat(greenlet.throwInto(new GreenletExit("once"))).isEqualTo("survived once");
    assertThat(greenlet.isActive()).isTrue();
  }

  @Test
  void shouldNeverCallRunWhenThrownIntoUnstarted() {
    List<Object> seen = new ArrayList<>();
    RawGreenlet greenlet = new RawGreenlet(seen::add);
    RuntimeException failure = new RuntimeException();
    assertThat(thrownBy(() -> greenlet.throwInto(failure))).isSameAs(failure);
    assertThat(greenlet.switchTo("too late")).isEqualTo("too late");
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldBeDeadAtOnceWhenThrownIntoUnstarted() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    thrownBy(() -> greenlet.throwInto(new RuntimeException()));
    assertThat(greenlet.isDead()).isTrue();
    assertThat(greenlet.isActive()).isFalse();
  }

  @Test
  void shouldReturnTheExitWhenAnUnstartedGreenletIsKilled() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    GreenletExit exit = new GreenletExit();
    assertThat(greenlet.throwInto(exit)).isSameAs(exit);
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldThrowInTheParentWhenThrownIntoUnstarted() {
    RawGreenlet catcher = new RawGreenlet(readyToCatch(RawGreenlet.getCurrent()));
    catcher.switchTo();
    RawGreenlet unstarted = new RawGreenlet(value -> value, catcher);
    assertThat(unstarted.throwInto(new IndexOutOfBoundsException())).isEqualTo("caught");
  }

  @Test
  void shouldGiveTheExitToTheParentWhenAnUnstartedGreenletIsKilled() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet parent = new RawGreenlet(value -> main.switchTo("ready"));
    parent.switchTo();
    GreenletExit exit = new GreenletExit();
    RawGreenlet unstarted = new RawGreenlet(value -> value, parent);
    assertThat(unstarted.throwInto(exit)).isSameAs(exit);
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_throw.py test_throw_goes_to_original_parent, neither started
  @Test
  void shouldThrowInTheCallerWhenTheTargetAndItsParentAreUnstarted() {
    RawGreenlet parent = new RawGreenlet(readyToCatch(RawGreenlet.getCurrent()));
    RawGreenlet child = new RawGreenlet(value -> value, parent);
    IndexOutOfBoundsException failure = new IndexOutOfBoundsException();
    assertThat(thrownBy(() -> child.throwInto(failure))).isSameAs(failure);
    assertThat(child.isDead()).isTrue();
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_throw.py test_throw_goes_to_original_parent, the parent started
  @Test
  void shouldThrowInThePendingParentWhenTheTargetIsUnstarted() {
    RawGreenlet parent = new RawGreenlet(readyToCatch(RawGreenlet.getCurrent()));
    RawGreenlet child = new RawGreenlet(value -> value, parent);
    assertThat(parent.switchTo()).isEqualTo("ready to catch");
    assertThat(child.throwInto(new IndexOutOfBoundsException())).isEqualTo("caught");
    assertThat(child.isDead()).isTrue();
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_throw.py test_throw_goes_to_original_parent, both started
  @Test
  void shouldThrowInThePendingParentWhenTheTargetIsSuspended() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet parent = new RawGreenlet(readyToCatch(main));
    RawGreenlet child = new RawGreenlet(value -> main.switchTo("from the child"), parent);
    assertThat(parent.switchTo()).isEqualTo("ready to catch");
    assertThat(child.switchTo()).isEqualTo("from the child");
    assertThat(child.throwInto(new IndexOutOfBoundsException())).isEqualTo("caught");
    assertThat(child.isDead()).isTrue();
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_greenlet.py test_send_exception
  @Test
  void shouldThrowInARunningChainWhenAChildMadeForItFails() {
    List<Throwable> seen = new ArrayList<>();
    RawGreenlet target =
        new RawGreenlet(
            value -> {
              try {
                return toParent();
              } catch (RuntimeException caught) {
                seen.add(caught);
                throw caught;
              }
            });
    target.switchTo();
    RuntimeException failure = new RuntimeException();
    RawGreenlet crasher =
        new RawGreenlet(
            value -> {
              throw raise((Throwable) value);
            },
            target);
    assertThat(thrownBy(() -> crasher.switchTo(failure))).isSameAs(failure);
    assertThat(seen).containsExactly(failure);
  }

  @Test
  void shouldThrowInTheFirstLiveAncestorWhenTheTargetIsDead() {
    RawGreenlet catcher = new RawGreenlet(readyToCatch(RawGreenlet.getCurrent()));
    catcher.switchTo();
    RawGreenlet between = deadGreenlet();
    RawGreenlet dead = deadGreenlet();
    between.setParent(catcher);
    dead.setParent(between);
    assertThat(dead.throwInto(new IndexOutOfBoundsException())).isEqualTo("caught");
  }

  @Test
  void shouldThrowInTheCallerWhenTheTargetIsDeadAndTheCallerItsAncestor() {
    RuntimeException failure = new RuntimeException();
    assertThat(thrownBy(() -> deadGreenlet().throwInto(failure))).isSameAs(failure);
  }

  @Test
  void shouldGiveTheExitToTheFirstLiveAncestorAsAValueWhenTheTargetIsDead() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet ancestor = new RawGreenlet(value -> "value: " + main.switchTo("ready"));
    ancestor.switchTo();
    RawGreenlet dead = deadGreenlet();
    dead.setParent(ancestor);
    GreenletExit exit = new GreenletExit();
    assertThat(dead.throwInto(exit)).isEqualTo("value: " + exit);
  }

  @Test
  void shouldThrowHereWhenMainThrowsIntoItself() {
    RuntimeException failure = new RuntimeException();
    assertThat(thrownBy(() -> RawGreenlet.getCurrent().throwInto(failure))).isSameAs(failure);
  }

  @Test
  void shouldThrowHereWhenMainThrowsAnExitIntoItself() {
    GreenletExit exit = new GreenletExit();
    assertThat(thrownBy(() -> RawGreenlet.getCurrent().throwInto(exit))).isSameAs(exit);
  }

  @Test
  void shouldThrowHereWhenAGreenletThrowsIntoItself() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet =
        new RawGreenlet(value -> thrownBy(() -> RawGreenlet.getCurrent().throwInto(failure)));
    assertThat(greenlet.switchTo()).isSameAs(failure);
  }

  @Test
  void shouldThrowOutOfMainsPendingSwitchWhenAGreenletThrowsIntoMain() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet = new RawGreenlet(value -> main.throwInto(failure));
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
    assertThat(greenlet.isActive()).isTrue();
  }

  // greenlet: test_extension_interface.py test_throw
  @Test
  void shouldReturnWhatTheGreenletSendsNextWhenItCatches() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              Throwable caught = thrownBy(GreenletTest::toParent);
              return toParent(caught.getMessage());
            });
    greenlet.switchTo();
    assertThat(greenlet.throwInto(new Error("take that sucka!"))).isEqualTo("take that sucka!");
  }
}
