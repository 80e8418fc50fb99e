package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a greenlet ends, and what becomes of its result. */
class DeathTest extends GreenletTest {
  @Test
  void shouldGiveTheResultToTheParentWhenRunReturns() {
    assertThat(new RawGreenlet(value -> "result").switchTo()).isEqualTo("result");
  }

  @Test
  void shouldGiveNullToTheParentWhenRunReturnsNull() {
    assertThat(new RawGreenlet(value -> null).switchTo("something")).isNull();
  }

  @Test
  void shouldGiveTheSameObjectToTheParentWhenRunReturns() {
    List<Object> result = List.of("one", "value");
    assertThat(new RawGreenlet(value -> result).switchTo()).isSameAs(result);
  }

  @Test
  void shouldGiveTheResultToTheParentWhenSomebodyElseSwitchedHere() {
    RawGreenlet child = new RawGreenlet(value -> "from the child");
    RawGreenlet switcher = new RawGreenlet(value -> "from the switcher " + child.switchTo());
    assertThat(switcher.switchTo()).isEqualTo("from the child");
    assertThat(switcher.isActive()).isTrue();
  }

  @Test
  void shouldGiveTheResultToTheNewParentWhenReparentedWhileAlive() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet newParent = new RawGreenlet(value -> "new parent got " + main.switchTo());
    newParent.switchTo();
    RawGreenlet child = new RawGreenlet(value -> main.switchTo());
    child.switchTo();
    child.setParent(newParent);
    assertThat(child.switchTo("it")).isEqualTo("new parent got it");
  }

  @Test
  void shouldGiveTheResultToTheNewParentWhenItReparentsItself() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet newParent = new RawGreenlet(value -> "new parent got " + main.switchTo());
    newParent.switchTo();
    RawGreenlet child =
        new RawGreenlet(
            value -> {
              RawGreenlet.getCurrent().setParent(newParent);
              return value;
            });
    assertThat(child.switchTo("it")).isEqualTo("new parent got it");
  }

  @Test
  void shouldGiveTheExitToTheParentAsAValueWhenItEscapes() {
    GreenletExit exit = new GreenletExit("enough");
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw raise(exit);
            });
    assertThat(greenlet.switchTo()).isSameAs(exit);
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldGiveTheExitToTheParentAsAValueWhenItIsOfASubclass() {
    class Leave extends GreenletExit {}

    GreenletExit leave = new Leave();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw raise(leave);
            });
    assertThat(greenlet.switchTo()).isSameAs(leave);
  }

  @Test
  void shouldThrowTheSameExceptionInTheParentWhenItEscapes() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw failure;
            });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldThrowTheSameErrorInTheParentWhenItEscapes() {
    Error failure = new AssertionError();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw failure;
            });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
  }

  @Test
  void shouldThrowTheSameCheckedExceptionInTheParentWhenItEscapes() {
    IOException failure = new IOException();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw raise(failure);
            });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
  }

  @Test
  void shouldKeepTheStackTraceOfTheGreenletWhenAnExceptionEscapes() {
    Throwable thrown = thrownBy(new RawGreenlet(DeathTest::fail)::switchTo);
    assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("fail");
  }

  private static Object fail(Object value) {
    throw new IllegalStateException();
  }

  // greenlet: test_greenlet.py test_exception
  @Test
  void shouldThrowInTheNewParentWhenReparentedWhileAlive() {
    RawGreenlet main = RawGreenlet.getCurrent();
    List<Throwable> seen = new ArrayList<>();
    RuntimeException failure = new RuntimeException();
    RawGreenlet parent =
        new RawGreenlet(
            value -> {
              try {
                return main.switchTo();
              } catch (RuntimeException caught) {
                seen.add(caught);
                throw caught;
              }
            });
    RawGreenlet child =
        new RawGreenlet(
            value -> {
              main.switchTo();
              throw failure;
            });
    parent.switchTo();
    child.switchTo();
    child.setParent(parent);
    assertThat(thrownBy(child::switchTo)).isSameAs(failure);
    assertThat(seen).containsExactly(failure);
    assertThat(child.isDead()).isTrue();
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_greenlet.py test_exception, its end
  @Test
  void shouldReturnTheValueWhenSwitchedToTheDeadAndWeAreItsLiveAncestor() {
    RawGreenlet dead = deadGreenlet();
    assertThat(dead.switchTo()).isNull();
    assertThat(dead.switchTo(25)).isEqualTo(25);
  }

  @Test
  void shouldThrowInTheGrandparentWhenTheParentIsDead() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet parent = deadGreenlet();
    RawGreenlet child =
        new RawGreenlet(
            value -> {
              throw failure;
            },
            parent);
    assertThat(thrownBy(child::switchTo)).isSameAs(failure);
  }

  @Test
  void shouldGiveTheResultToTheGrandparentWhenTheParentIsDead() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet grandparent = new RawGreenlet(value -> "grandparent got " + main.switchTo());
    grandparent.switchTo();
    RawGreenlet parent = deadGreenlet();
    parent.setParent(grandparent);
    assertThat(new RawGreenlet(value -> "it", parent).switchTo()).isEqualTo("grandparent got it");
  }

  @Test
  void shouldPassUpTheWholeChainWhenNobodyCatches() {
    RuntimeException failure = new RuntimeException();
    List<RawGreenlet> chain = new ArrayList<>();
    Throwable thrown = thrownBy(() -> new RawGreenlet(value -> nest(5, chain, failure)).switchTo());
    assertThat(thrown).isSameAs(failure);
    assertThat(chain).hasSize(6).allMatch(RawGreenlet::isDead);
  }

  private static Object nest(int depth, List<RawGreenlet> chain, RuntimeException failure) {
    chain.add(RawGreenlet.getCurrent());
    if (depth == 0) {
      throw failure;
    }
    return new RawGreenlet(value -> nest(depth - 1, chain, failure)).switchTo();
  }

  @Test
  void shouldGiveTheValueToTheFirstLiveAncestorWhenSwitchedToTheDead() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet ancestor = new RawGreenlet(value -> "ancestor got " + main.switchTo());
    ancestor.switchTo();
    RawGreenlet between = deadGreenlet();
    RawGreenlet dead = deadGreenlet();
    between.setParent(ancestor);
    dead.setParent(between);
    assertThat(dead.switchTo(9)).isEqualTo("ancestor got 9");
  }

  // greenlet: test_greenlet.py test_switch_to_dead_greenlet_reparent
  @Test
  void shouldStartTheUnstartedParentWhenSwitchedToTheDead() {
    List<Object> seen = new ArrayList<>();
    RawGreenlet parent = new RawGreenlet(seen::add);
    RawGreenlet dead = deadGreenlet();
    dead.setParent(parent);
    dead.switchTo(24);
    assertThat(seen).containsExactly(24);
    assertThat(parent.isDead()).isTrue();
  }

  @Test
  void shouldReturnTheValueWhenAGreenletSwitchesToADeadChildOfItsOwn() {
    RawGreenlet dead = deadGreenlet();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              dead.setParent(RawGreenlet.getCurrent());
              return dead.switchTo("to myself");
            });
    assertThat(greenlet.switchTo()).isEqualTo("to myself");
  }

  // greenlet: test_greenlet.py test_falling_off_end_switches_to_unstarted_parent_works
  @Test
  void shouldStartTheUnstartedParentWithTheResultWhenRunReturns() {
    RawGreenlet parent = new RawGreenlet(value -> List.of(value, 24));
    RawGreenlet child = new RawGreenlet(value -> 42, parent);
    assertThat(child.switchTo()).isEqualTo(List.of(42, 24));
  }

  // greenlet: test_greenlet.py test_falling_off_end_switches_to_unstarted_parent_raises_error,
  // test_parent_return_failure
  @Test
  void shouldThrowHigherUpWhenTheUnstartedParentFailsOnTheResult() {
    RawGreenlet parent = new RawGreenlet(value -> ((String) value).length());
    RawGreenlet child = new RawGreenlet(value -> 42, parent);
    assertThat(thrownBy(child::switchTo)).isInstanceOf(ClassCastException.class);
    assertThat(parent.isDead()).isTrue();
  }

  // greenlet: test_greenlet.py test_switch_to_dead_greenlet_with_unstarted_perverse_parent
  @Test
  void shouldThrowHereWhenTheDeadHasAnUnstartedParentThatFails() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet dead = deadGreenlet();
    dead.setParent(
        new RawGreenlet(
            value -> {
              throw failure;
            }));
    assertThat(thrownBy(dead::switchTo)).isSameAs(failure);
  }

  @Test
  void shouldStartTheUnstartedParentWithTheExitWhenItEscapes() {
    GreenletExit exit = new GreenletExit();
    RawGreenlet parent = new RawGreenlet(value -> "parent got " + value);
    RawGreenlet child =
        new RawGreenlet(
            value -> {
              throw raise(exit);
            },
            parent);
    assertThat(child.switchTo()).isEqualTo("parent got " + exit);
  }

  @Test
  void shouldPassByUnstartedParentsWithoutRunningThemWhenAnExceptionEscapes() {
    List<Object> seen = new ArrayList<>();
    RuntimeException failure = new RuntimeException();
    RawGreenlet grandparent = new RawGreenlet(seen::add);
    RawGreenlet parent = new RawGreenlet(seen::add, grandparent);
    RawGreenlet child =
        new RawGreenlet(
            value -> {
              throw failure;
            },
            parent);
    assertThat(thrownBy(child::switchTo)).isSameAs(failure);
    assertThat(seen).isEmpty();
    assertThat(parent.isDead()).isTrue();
    assertThat(grandparent.isDead()).isTrue();
  }

  @Test
  void shouldStartTheWholeUnstartedChainWhenResultsPassUp() {
    RawGreenlet grandparent = new RawGreenlet(value -> value + " grandparent");
    RawGreenlet parent = new RawGreenlet(value -> value + " parent", grandparent);
    RawGreenlet child = new RawGreenlet(value -> value + " child", parent);
    assertThat(child.switchTo("through")).isEqualTo("through child parent grandparent");
  }

  @Test
  void shouldBeDeadInTheEyesOfItsParentWhenTheResultArrives() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    greenlet.switchTo();
    assertThat(greenlet.isDead()).isTrue();
    assertThat(greenlet.isActive()).isFalse();
    assertThat(greenlet.getStackTrace()).isEmpty();
  }

  @Test
  void shouldEndWellWhenTheEndRunsFinallyBlocksThatSwitch() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              try {
                return "result";
              } finally {
                main.switchTo("from finally");
              }
            });
    assertThat(greenlet.switchTo()).isEqualTo("from finally");
    assertThat(greenlet.switchTo("ignored")).isEqualTo("result");
  }
}
