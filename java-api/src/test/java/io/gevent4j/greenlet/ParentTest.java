package io.gevent4j.greenlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who is whose parent, and who may become it. */
class ParentTest extends GreenletTest {
  @Test
  void shouldHaveTheCreatorAsParentWhenNoneIsGiven() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet outer = new RawGreenlet(value -> new RawGreenlet(inner -> inner));
    RawGreenlet inner = (RawGreenlet) outer.switchTo();
    assertThat(outer.getParent()).isSameAs(main);
    assertThat(inner.getParent()).isSameAs(outer);
  }

  // greenlet: test_greenlet.py test_parent_equals_None
  @Test
  void shouldHaveTheCreatorAsParentWhenNullIsGiven() {
    RawGreenlet greenlet = new RawGreenlet(value -> value, null);
    assertThat(greenlet.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_extension_interface.py test_new_greenlet
  @Test
  void shouldHaveTheGivenParentWhenOneIsGiven() {
    RawGreenlet parent = new RawGreenlet(value -> value);
    assertThat(new RawGreenlet(value -> value, parent).getParent()).isSameAs(parent);
  }

  // greenlet: test_greenlet.py test_main_greenlet_parent_is_none
  @Test
  void shouldHaveNoParentWhenMain() {
    assertThat(RawGreenlet.getCurrent().getParent()).isNull();
  }

  @Test
  void shouldKeepItsParentWhenDead() {
    assertThat(deadGreenlet().getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_extension_interface.py test_setparent
  @Test
  void shouldEndInTheNewParentWhenSet() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet parent = new RawGreenlet(value -> "parent got " + main.switchTo());
    parent.switchTo();
    RawGreenlet child = new RawGreenlet(value -> value);
    child.setParent(parent);
    assertThat(child.getParent()).isSameAs(parent);
    assertThat(child.switchTo("it")).isEqualTo("parent got it");
  }

  @Test
  void shouldAcceptTheParentItHasWhenSetAgain() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    greenlet.setParent(greenlet.getParent());
    assertThat(greenlet.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_greenlet.py test_trivial_cycle
  @Test
  void shouldRefuseWhenSetAsItsOwnParent() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    assertThat(thrownBy(() -> greenlet.setParent(greenlet)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(greenlet.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  // greenlet: test_greenlet.py test_deeper_cycle
  @Test
  void shouldRefuseWhenTheCycleIsDeeper() {
    RawGreenlet first = new RawGreenlet(value -> value);
    RawGreenlet second = new RawGreenlet(value -> value);
    RawGreenlet third = new RawGreenlet(value -> value);
    first.setParent(second);
    second.setParent(third);
    assertThat(thrownBy(() -> third.setParent(first))).isInstanceOf(IllegalArgumentException.class);
    assertThat(third.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  @Test
  void shouldRefuseACycleWhenAllAreStarted() {
    RawGreenlet parent = suspendedEcho();
    RawGreenlet child = suspendedEcho();
    child.setParent(parent);
    assertThat(thrownBy(() -> parent.setParent(child)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseACycleWhenTheMembersAreDead() {
    RawGreenlet parent = deadGreenlet();
    RawGreenlet child = deadGreenlet();
    child.setParent(parent);
    assertThat(thrownBy(() -> parent.setParent(child)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // greenlet: test_greenlet.py test_trivial_cycle_main
  @Test
  void shouldRefuseWhenMainIsGivenItselfAsParent() {
    RawGreenlet main = RawGreenlet.getCurrent();
    assertThat(thrownBy(() -> main.setParent(main))).isInstanceOf(IllegalStateException.class);
    assertThat(main.getParent()).isNull();
  }

  @Test
  void shouldRefuseWhenMainIsGivenAChildAsParent() {
    RawGreenlet main = RawGreenlet.getCurrent();
    RawGreenlet child = new RawGreenlet(value -> value);
    assertThat(thrownBy(() -> main.setParent(child))).isInstanceOf(IllegalStateException.class);
    assertThat(main.getParent()).isNull();
  }

  // greenlet: test_greenlet.py test_threaded_reparent
  @Test
  void shouldRefuseAParentOfAnotherThreadWhenStarted() {
    withGreenletOfAnotherThread(
        foreign -> {
          RawGreenlet started = suspendedEcho();
          assertThat(thrownBy(() -> started.setParent(foreign)))
              .isInstanceOf(IllegalArgumentException.class);
          assertThat(started.getParent()).isSameAs(RawGreenlet.getCurrent());
          assertThat(started.switchTo("as before")).isEqualTo("as before");
        });
  }

  @Test
  void shouldRefuseAnotherThreadsMainAsParentWhenStarted() {
    withGreenletOfAnotherThread(
        foreign -> {
          RawGreenlet started = suspendedEcho();
          assertThat(thrownBy(() -> started.setParent(foreign.getParent())))
              .isInstanceOf(IllegalArgumentException.class);
        });
  }

  // greenlet: test_greenlet.py test_unexpected_reparenting_thread_running
  @Test
  void shouldBelongToTheOtherThreadWhenReparentedThereUnstarted() {
    withGreenletOfAnotherThread(
        foreign -> {
          RawGreenlet unstarted = new RawGreenlet(value -> value);
          unstarted.setParent(foreign);
          assertThat(thrownBy(unstarted::switchTo))
              .isInstanceOf(GreenletException.class)
              .hasMessageContaining("cannot switch to a different thread");
        });
  }

  @Test
  void shouldBelongHereAgainWhenReparentedBackUnstarted() {
    withGreenletOfAnotherThread(
        foreign -> {
          RawGreenlet unstarted = new RawGreenlet(value -> value, foreign);
          unstarted.setParent(RawGreenlet.getCurrent());
          assertThat(unstarted.switchTo("here")).isEqualTo("here");
        });
  }

  // greenlet: test_greenlet.py test_unexpected_reparenting
  @Test
  void shouldRefuseAParentWhoseThreadHasExited() {
    RawGreenlet stranded = greenletOfAnEndedThread();
    RawGreenlet unstarted = new RawGreenlet(value -> value);
    until(
        "the end of the thread is noticed",
        () -> {
          Throwable thrown = thrownBy(() -> unstarted.setParent(stranded));
          unstarted.setParent(RawGreenlet.getCurrent());
          return thrown instanceof IllegalArgumentException;
        });
    assertThat(unstarted.getParent()).isSameAs(RawGreenlet.getCurrent());
  }

  @Test
  void shouldRefuseToConstructWhenTheThreadOfTheParentHasExited() {
    RawGreenlet stranded = greenletOfAnEndedThread();
    until(
        "the end of the thread is noticed",
        () ->
            thrownBy(() -> new RawGreenlet(value -> value, stranded))
                instanceof IllegalArgumentException);
  }

  private static RawGreenlet greenletOfAnEndedThread() {
    AtomicReference<RawGreenlet> stranded = new AtomicReference<>();
    inThread(() -> stranded.set(suspendedEcho()));
    return stranded.get();
  }

  private interface Use {
    void of(RawGreenlet foreign) throws Throwable;
  }

  /** Uses a suspended greenlet of another thread while that thread lives. */
  private static void withGreenletOfAnotherThread(Use use) {
    AtomicReference<RawGreenlet> foreign = new AtomicReference<>();
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch used = new CountDownLatch(1);
    Worker owner =
        startThread(
            () -> {
              foreign.set(suspendedEcho());
              made.countDown();
              await(used);
            });
    await(made);
    try {
      use.of(foreign.get());
    } catch (Throwable failure) {
      throw raise(failure);
    } finally {
      used.countDown();
    }
    join(owner);
  }
}
