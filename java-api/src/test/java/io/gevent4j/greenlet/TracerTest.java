package io.gevent4j.greenlet;

import static io.gevent4j.greenlet.Tracer.Event.SWITCH;
import static io.gevent4j.greenlet.Tracer.Event.THROW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What a tracer sees. A tracer belongs to the thread of the test, and ends with it.
 *
 * <p>The lists of events were checked against CPython's greenlet 3.5.6.
 */
class TracerTest extends GreenletTest {
  /** One call of a tracer. */
  private static final class Traced {
    final Tracer.Event event;
    final RawGreenlet origin;
    final RawGreenlet target;

    Traced(Tracer.Event event, RawGreenlet origin, RawGreenlet target) {
      this.event = event;
      this.origin = origin;
      this.target = target;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Traced
          && event == ((Traced) other).event
          && origin == ((Traced) other).origin
          && target == ((Traced) other).target;
    }

    @Override
    public int hashCode() {
      return Objects.hash(event, origin, target);
    }

    @Override
    public String toString() {
      return event + " (" + origin + " -> " + target + ")";
    }
  }

  private final List<Traced> seen = new ArrayList<>();

  private void record(Tracer.Event event, RawGreenlet origin, RawGreenlet target) {
    seen.add(new Traced(event, origin, target));
  }

  /** What a tracer sees of the body. */
  private List<Traced> traced(Body body) {
    RawGreenlet.setTrace(this::record);
    try {
      thrownBy(body);
    } finally {
      RawGreenlet.setTrace(null);
    }
    return seen;
  }

  private static Traced event(Tracer.Event event, RawGreenlet origin, RawGreenlet target) {
    return new Traced(event, origin, target);
  }

  private static RawGreenlet failing(RuntimeException failure) {
    return new RawGreenlet(
        value -> {
          throw failure;
        });
  }

  // greenlet: test_tracing.py test_a_greenlet_tracing
  @Test
  void shouldSeeStartAndEndWhenRunReturns() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    assertThat(traced(greenlet::switchTo))
        .containsExactly(event(SWITCH, main, greenlet), event(SWITCH, greenlet, main));
  }

  // greenlet: test_tracing.py test_a_greenlet_tracing
  @Test
  void shouldSeeAThrowAtTheEndWhenAnExceptionEscapes() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = failing(new RuntimeException());
    assertThat(traced(greenlet::switchTo))
        .containsExactly(event(SWITCH, main, greenlet), event(THROW, greenlet, main));
  }

  @Test
  void shouldSeeASwitchAtTheEndWhenTheExitEscapes() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              throw raise(new GreenletExit());
            });
    assertThat(traced(greenlet::switchTo))
        .containsExactly(event(SWITCH, main, greenlet), event(SWITCH, greenlet, main));
  }

  @Test
  void shouldSeeBothWaysWhenAGreenletIsResumedAndComesBack() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet echo = suspendedEcho();
    assertThat(traced(echo::switchTo))
        .containsExactly(event(SWITCH, main, echo), event(SWITCH, echo, main));
  }

  @Test
  void shouldSeeAThrowIntoASuspendedOneAndItsEnd() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet echo = suspendedEcho();
    assertThat(traced(() -> echo.throwInto(new RuntimeException())))
        .containsExactly(event(THROW, main, echo), event(THROW, echo, main));
  }

  @Test
  void shouldSeeAThrowAndASwitchWhenASuspendedOneIsKilled() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet echo = suspendedEcho();
    assertThat(traced(() -> echo.throwInto(new GreenletExit())))
        .containsExactly(event(THROW, main, echo), event(SWITCH, echo, main));
  }

  @Test
  void shouldSeeAThrowIntoAnUnstartedOneAndItsEnd() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    assertThat(traced(() -> unstarted.throwInto(new RuntimeException())))
        .containsExactly(event(THROW, main, unstarted), event(THROW, unstarted, main));
  }

  @Test
  void shouldSeeAThrowAndASwitchWhenAnUnstartedOneIsKilled() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    assertThat(traced(() -> unstarted.throwInto(new GreenletExit())))
        .containsExactly(event(THROW, main, unstarted), event(SWITCH, unstarted, main));
  }

  @Test
  void shouldSeeASwitchToItselfWhenTheCurrentOneSwitchesToItself() {
    RawGreenlet main = RawGreenlet.getCurrent();
    assertThat(traced(() -> main.switchTo(3))).containsExactly(event(SWITCH, main, main));
  }

  @Test
  void shouldSeeAThrowIntoItselfWhenTheCurrentOneThrowsIntoItself() {
    RawGreenlet main = RawGreenlet.getCurrent();
    assertThat(traced(() -> main.throwInto(new RuntimeException())))
        .containsExactly(event(THROW, main, main));
  }

  @Test
  void shouldSeeASwitchToTheLiveAncestorWhenSwitchedToTheDead() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet dead = deadGreenlet();
    assertThat(traced(dead::switchTo)).containsExactly(event(SWITCH, main, main));
  }

  @Test
  void shouldSeeAThrowIntoTheLiveAncestorWhenThrownIntoTheDead() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet dead = deadGreenlet();
    assertThat(traced(() -> dead.throwInto(new RuntimeException())))
        .containsExactly(event(THROW, main, main));
  }

  @Test
  void shouldSeeASwitchWhenTheDeadIsKilledAgain() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet dead = deadGreenlet();
    assertThat(traced(() -> dead.throwInto(new GreenletExit())))
        .containsExactly(event(SWITCH, main, main));
  }

  @Test
  void shouldSeeAnUnstartedParentStartedWhenItsChildReturns() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet parent = new RawGreenlet(value -> value);
    RawGreenlet child = new RawGreenlet(value -> value, parent);
    assertThat(traced(child::switchTo))
        .containsExactly(
            event(SWITCH, main, child), event(SWITCH, child, parent), event(SWITCH, parent, main));
  }

  @Test
  void shouldSeeAThrowThroughAnUnstartedParentWhenItsChildFails() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet parent = new RawGreenlet(value -> value);
    RawGreenlet child = failing(new RuntimeException());
    child.setParent(parent);
    assertThat(traced(child::switchTo))
        .containsExactly(
            event(SWITCH, main, child), event(THROW, child, parent), event(THROW, parent, main));
  }

  @Test
  void shouldSkipTheDeadParentWhenItsChildFails() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet child = failing(new RuntimeException());
    child.setParent(deadGreenlet());
    assertThat(traced(child::switchTo))
        .containsExactly(event(SWITCH, main, child), event(THROW, child, main));
  }

  @Test
  void shouldSeeSiblingsSwitchWithoutTheirParent() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet second = new RawGreenlet(value -> value);
    RawGreenlet first = new RawGreenlet(value -> second.switchTo());
    assertThat(traced(first::switchTo))
        .containsExactly(
            event(SWITCH, main, first), event(SWITCH, first, second), event(SWITCH, second, main));
  }

  @Test
  void shouldBeCalledInTheTargetWhenSwitched() {
    List<RawGreenlet> current = new ArrayList<>();
    List<RawGreenlet> targets = new ArrayList<>();
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          targets.add(target);
          current.add(RawGreenlet.getCurrent());
        });
    greenlet.switchTo();
    assertThat(current).hasSize(2).isEqualTo(targets);
  }

  @Test
  void shouldBeCalledOnTheThreadIdentityOfTheTargetWhenSwitched() {
    List<Thread> threads = new ArrayList<>();
    RawGreenlet greenlet = new RawGreenlet(value -> Thread.currentThread());
    RawGreenlet.setTrace((event, origin, target) -> threads.add(Thread.currentThread()));
    Object thread = greenlet.switchTo();
    assertThat(threads).containsExactly((Thread) thread, Thread.currentThread());
  }

  // greenlet: test_tracing.py test_b_exception_disables_tracing
  @Test
  void shouldBeRemovedAndThrowInTheTargetWhenItFails() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet = new RawGreenlet(value -> main.switchTo());
    greenlet.switchTo();
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          record(event, origin, target);
          throw failure;
        });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
    assertThat(RawGreenlet.getTrace()).isNull();
    assertThat(seen).containsExactly(event(SWITCH, main, greenlet));
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldThrowOutOfThePendingSwitchOfTheTargetWhenItFails() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet = new RawGreenlet(value -> toParent(thrownBy(GreenletTest::toParent)));
    greenlet.switchTo();
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          throw failure;
        });
    assertThat(greenlet.switchTo()).isSameAs(failure);
    assertThat(greenlet.isActive()).isTrue();
  }

  @Test
  void shouldKeepRunFromBeingCalledWhenItFailsAtTheStart() {
    List<Object> ran = new ArrayList<>();
    RuntimeException failure = new RuntimeException();
    RawGreenlet greenlet = new RawGreenlet(ran::add);
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          throw failure;
        });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
    assertThat(ran).isEmpty();
    assertThat(greenlet.isDead()).isTrue();
  }

  @Test
  void shouldThrowInMainWhenItFailsOnTheWayBack() {
    RuntimeException failure = new RuntimeException();
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = new RawGreenlet(value -> "result");
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          if (target == main) {
            throw failure;
          }
        });
    assertThat(thrownBy(greenlet::switchTo)).isSameAs(failure);
    assertThat(RawGreenlet.getTrace()).isNull();
    assertThat(greenlet.isDead()).isTrue();
  }

  // greenlet: test_tracing.py test_set_same_tracer_twice
  @Test
  void shouldReturnTheTracerItselfWhenSetTwice() {
    Tracer tracer = this::record;
    assertThat(RawGreenlet.setTrace(tracer)).isNull();
    assertThat(RawGreenlet.setTrace(tracer)).isSameAs(tracer);
    assertThat(RawGreenlet.getTrace()).isSameAs(tracer);
  }

  @Test
  void shouldBeNullWhenNeverSet() {
    assertThat(RawGreenlet.getTrace()).isNull();
  }

  @Test
  void shouldSeeNothingMoreWhenSetToNull() {
    Tracer tracer = this::record;
    RawGreenlet.setTrace(tracer);
    assertThat(RawGreenlet.setTrace(null)).isSameAs(tracer);
    new RawGreenlet(value -> value).switchTo();
    assertThat(seen).isEmpty();
    assertThat(RawGreenlet.getTrace()).isNull();
  }

  @Test
  void shouldBeSharedByTheGreenletsOfItsThread() {
    Tracer tracer = this::record;
    RawGreenlet.setTrace(tracer);
    assertThat(new RawGreenlet(value -> RawGreenlet.getTrace()).switchTo()).isSameAs(tracer);
  }

  @Test
  void shouldSeeNothingOfOtherThreads() {
    RawGreenlet.setTrace(this::record);
    inThread(
        () -> {
          assertThat(RawGreenlet.getTrace()).isNull();
          new RawGreenlet(value -> value).switchTo();
        });
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldSeeNothingOfItsOwnSwitchesWhenItSwitches() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet echo = suspendedEcho();
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    List<Object> echoed = new ArrayList<>();
    echo.switchTo();
    Tracer tracer =
        (event, origin, target) -> {
          record(event, origin, target);
          echo.setParent(target);
          echoed.add(echo.switchTo(echoed.size()));
        };
    RawGreenlet.setTrace(tracer);
    assertThat(greenlet.switchTo("value")).isEqualTo("value");
    assertThat(RawGreenlet.setTrace(null)).isSameAs(tracer);
    assertThat(echoed).containsExactly(0, 1);
    assertThat(seen).containsExactly(event(SWITCH, main, greenlet), event(SWITCH, greenlet, main));
  }

  // greenlet: fail_switch_two_greenlets.py
  @Test
  void shouldEndAllInOrderWhenItSwitchesToAnotherOnTheWayBack() {
    List<String> order = new ArrayList<>();
    boolean[] switchAway = {false};
    RawGreenlet first =
        new RawGreenlet(
            value -> {
              switchAway[0] = true;
              toParent();
              order.add("end of first");
              return null;
            });
    RawGreenlet second =
        new RawGreenlet(
            value -> {
              first.switchTo();
              order.add("end of second");
              return null;
            });
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          if (switchAway[0]) {
            switchAway[0] = false;
            second.switchTo();
          }
        });
    first.switchTo();
    order.add("end of main");
    second.switchTo();
    assertThat(order).containsExactly("end of first", "end of main", "end of second");
  }

  // greenlet: fail_switch_three_greenlets2.py, without its trace events: there the tracer is not
  // off while it runs
  @Test
  void shouldNotLoseTheFirstValueWhenItSwitchesAwayAtTheStart() {
    List<String> order = new ArrayList<>();
    boolean[] switchAway = {true};
    RawGreenlet first =
        new RawGreenlet(
            value -> {
              order.add("first started with: " + value);
              order.add("first got: " + toParent("from first"));
              return "first is done";
            });
    RawGreenlet second =
        new RawGreenlet(
            value -> {
              order.add("second started with: " + value);
              order.add("second got: " + toParent("from second"));
              return "second is done";
            });
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          if (switchAway[0]) {
            switchAway[0] = false;
            second.switchTo("by the tracer");
          }
        });
    order.add("main got: " + first.switchTo("by main"));
    order.add("main got: " + first.switchTo("for the tracer's pending switch"));
    order.add("main got: " + first.switchTo("by main again"));
    order.add("main got: " + second.switchTo());
    assertThat(order)
        .containsExactly(
            "second started with: by the tracer",
            "main got: from second",
            "first started with: by main",
            "main got: from first",
            "first got: by main again",
            "main got: first is done",
            "second got: null",
            "main got: second is done");
  }
}
