package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What travels with a switch, and where it goes. */
class SwitchTest extends GreenletTest {
  // greenlet: test_greenlet.py test_simple
  @Test
  void shouldInterleaveWhenSwitchedThereAndBack() {
    List<Integer> seen = new ArrayList<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              seen.add(1);
              toParent();
              seen.add(3);
              return null;
            });
    seen.add(0);
    greenlet.switchTo();
    seen.add(2);
    greenlet.switchTo();
    seen.add(4);
    assertThat(seen).containsExactly(0, 1, 2, 3, 4);
  }

  // greenlet: test_extension_interface.py test_switch
  @Test
  void shouldPassFirstValueToRunWhenStarted() {
    List<Object> seen = new ArrayList<>();
    new RawGreenlet(seen::add).switchTo("first");
    assertThat(seen).containsExactly("first");
  }

  @Test
  void shouldPassNullToRunWhenStartedWithoutValue() {
    List<Object> seen = new ArrayList<>();
    new RawGreenlet(seen::add).switchTo();
    assertThat(seen).containsExactly((Object) null);
  }

  @Test
  void shouldReturnLaterValueFromPendingSwitchWhenResumed() {
    List<Object> seen = new ArrayList<>();
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              seen.add(toParent());
              seen.add(toParent());
              return null;
            });
    greenlet.switchTo("first");
    greenlet.switchTo("second");
    greenlet.switchTo("third");
    assertThat(seen).containsExactly("second", "third");
  }

  @Test
  void shouldReturnNullFromPendingSwitchWhenResumedWithoutValue() {
    RawGreenlet echo = suspendedEcho();
    echo.switchTo("something");
    assertThat(echo.switchTo()).isNull();
  }

  // greenlet: test_greenlet.py test_switch_kwargs_to_parent
  @Test
  void shouldReturnWhatTheGreenletSendsWhenItSwitchesToItsParent() {
    RawGreenlet greenlet =
        new RawGreenlet(
            value -> {
              int number = (Integer) value;
              toParent("x=" + number);
              toParent(List.of(2, number));
              return List.of(number, number * number);
            });
    assertThat(greenlet.switchTo(3)).isEqualTo("x=3");
    assertThat(greenlet.switchTo()).isEqualTo(List.of(2, 3));
    assertThat(greenlet.switchTo()).isEqualTo(List.of(3, 9));
  }

  @Test
  void shouldPassTheSameObjectWhenSwitching() {
    Object[] value = {"an", "array", "is", "one", "value"};
    assertThat(suspendedEcho().switchTo(value)).isSameAs(value);
  }

  @Test
  void shouldReturnTheValueWhenMainSwitchesToItself() {
    assertThat(RawGreenlet.getCurrent().switchTo("mine")).isEqualTo("mine");
  }

  @Test
  void shouldReturnTheValueWhenAGreenletSwitchesToItself() {
    RawGreenlet greenlet = new RawGreenlet(value -> RawGreenlet.getCurrent().switchTo(value));
    assertThat(greenlet.switchTo("mine")).isEqualTo("mine");
  }

  // greenlet: test_greenlet.py test_two_children
  @Test
  void shouldKeepTwoChildrenApartWhenBothRunTheSameFunction() {
    List<Integer> seen = new ArrayList<>();
    Function<Object, Object> run =
        value -> {
          seen.add(1);
          toParent();
          seen.addAll(List.of(1, 1));
          return null;
        };
    RawGreenlet first = new RawGreenlet(run);
    RawGreenlet second = new RawGreenlet(run);
    first.switchTo();
    assertThat(seen).hasSize(1);
    second.switchTo();
    assertThat(seen).hasSize(2);
    second.switchTo();
    assertThat(seen).hasSize(4);
    assertThat(second.isDead()).isTrue();
    first.switchTo();
    assertThat(seen).hasSize(6);
    assertThat(first.isDead()).isTrue();
  }

  // greenlet: test_greenlet.py test_two_recursive_children
  @Test
  void shouldComeBackToTheCreatorWhenAChildOfAChildSwitchesToItsParent() {
    List<String> seen = new ArrayList<>();
    RawGreenlet outer =
        new RawGreenlet(
            value -> {
              seen.add("a");
              RawGreenlet inner =
                  new RawGreenlet(
                      ignored -> {
                        seen.add("b");
                        toParent();
                        return null;
                      });
              inner.switchTo();
              seen.add("c");
              return null;
            });
    outer.switchTo();
    assertThat(seen).containsExactly("a", "b", "c");
    assertThat(outer.isDead()).isTrue();
  }

  // greenlet: docs/greenlet.rst, the introduction
  @Test
  void shouldSwitchBetweenSiblingsWithoutGoingThroughTheParent() {
    List<Object> seen = new ArrayList<>();
    RawGreenlet[] siblings = new RawGreenlet[2];
    siblings[0] =
        new RawGreenlet(
            value -> {
              seen.add(12);
              siblings[1].switchTo();
              seen.add(34);
              return null;
            });
    siblings[1] =
        new RawGreenlet(
            value -> {
              seen.add(56);
              siblings[0].switchTo();
              seen.add(78);
              return null;
            });
    siblings[0].switchTo();
    assertThat(seen).containsExactly(12, 56, 34);
    assertThat(siblings[0].isDead()).isTrue();
    assertThat(siblings[1].isDead()).isFalse();
  }

  @Test
  void shouldMakeTheTargetCurrentWhenSwitching() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet greenlet = new RawGreenlet(value -> RawGreenlet.getCurrent());
    assertThat(greenlet.switchTo()).isSameAs(greenlet);
    assertThat(RawGreenlet.getCurrent()).isSameAs(main);
  }

  @Test
  void shouldHandAValueAroundARingOfGreenlets() {
    int size = 100;
    int rounds = 10;
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet[] ring = new RawGreenlet[size];
    for (int i = 0; i < size; i++) {
      RawGreenlet[] next = new RawGreenlet[1];
      int at = i;
      ring[i] =
          new RawGreenlet(
              first -> {
                int count = (Integer) first;
                while (true) {
                  next[0] = at == size - 1 ? main : ring[at + 1];
                  count = (Integer) next[0].switchTo(count + 1);
                }
              });
    }
    int count = 0;
    for (int i = 0; i < rounds; i++) {
      count = (Integer) ring[0].switchTo(count);
    }
    assertThat(count).isEqualTo(size * rounds);
  }

  @Test
  void shouldKeepCountWhenSwitchedManyTimes() {
    RawGreenlet counter =
        new RawGreenlet(
            first -> {
              long count = 0;
              while (true) {
                toParent(++count);
              }
            });
    long count = 0;
    for (int i = 0; i < 100_000; i++) {
      count = (Long) counter.switchTo();
    }
    assertThat(count).isEqualTo(100_000);
  }

  @Test
  void shouldPassEachValueToItsOwnGreenletWhenManyAreSuspended() {
    List<RawGreenlet> greenlets = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int own = i;
      RawGreenlet greenlet = new RawGreenlet(value -> own + ":" + toParent(own));
      assertThat(greenlet.switchTo()).isEqualTo(own);
      greenlets.add(greenlet);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(greenlets.get(i).switchTo(i * i)).isEqualTo(i + ":" + i * i);
    }
  }

  // greenlet: test_greenlet.py test_tuple_subclass, a switch while the value of a switch is made
  @Test
  void shouldPassTheOuterValueWhenMakingItSwitchedElsewhere() {
    RawGreenlet outer =
        new RawGreenlet(
            value -> toParent(new RawGreenlet(inner -> inner + " made").switchTo("value")));
    assertThat(outer.switchTo()).isEqualTo("value made");
  }
}
