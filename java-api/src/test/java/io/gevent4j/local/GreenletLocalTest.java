package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A value per greenlet. */
class GreenletLocalTest extends LocalTest {
  // ---- to each his own ----

  // gevent: test__local.py test_local_opts_not_subclassed
  @Test
  void shouldGiveWhatWasSet() {
    GreenletLocal<Integer> local = new GreenletLocal<>();
    local.set(1);
    assertThat(local.get()).isEqualTo(1);
  }

  // gevent: test__local.py test_attribute_error
  @Test
  void shouldNotShowWhatAnotherGreenletHasSet() throws Exception {
    GreenletLocal<Integer> local = new GreenletLocal<>();
    inGreenlet(
        () -> {
          local.set(1);
          return null;
        });
    assertThat(local.isPresent()).isFalse();
    assertThat(local.get()).isNull();
  }

  @Test
  void shouldNotShowGreenletsWhatMainHasSet() throws Exception {
    GreenletLocal<String> local = new GreenletLocal<>();
    local.set("of main");
    assertThat(inGreenlet(local::get)).isNull();
    assertThat(local.get()).isEqualTo("of main");
  }

  @Test
  void shouldKeepItsValueWhileOthersRun() {
    GreenletLocal<Integer> local = new GreenletLocal<>();
    local.set(-1);
    List<Greenlet<Integer>> greenlets = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      greenlets.add(
          Gevent.spawn(
              () -> {
                local.set(number);
                turn();
                local.set(local.get() + 100);
                turn();
                return local.get();
              }));
    }
    Gevent.joinAll(greenlets);
    for (int i = 0; i < 20; i++) {
      assertThat(greenlets.get(i).value()).isEqualTo(i + 100);
    }
    assertThat(local.get()).isEqualTo(-1);
  }

  @Test
  void shouldBeOfTheRawGreenletThatCalls() {
    GreenletLocal<String> local = new GreenletLocal<>();
    local.set("of main");
    RawGreenlet raw =
        new RawGreenlet(
            value -> {
              Object found = local.get();
              local.set("of the greenlet");
              RawGreenlet.getCurrent().getParent().switchTo(found);
              return local.get();
            });
    assertThat(raw.switchTo()).isNull();
    assertThat(local.get()).isEqualTo("of main");
    assertThat(raw.switchTo()).isEqualTo("of the greenlet");
  }

  @Test
  void shouldBeOfThePlainThreadThatCalls() throws Exception {
    GreenletLocal<String> local = GreenletLocal.withInitial(() -> "initial");
    local.set("of main");
    assertThat(inThread(local::get)).isEqualTo("initial");
    assertThat(local.get()).isEqualTo("of main");
  }

  @Test
  void shouldWorkInVirtualThreadsWhereThereAreSome() throws Exception {
    GreenletLocal<String> local = GreenletLocal.withInitial(() -> "initial");
    local.set("of main");
    List<String> found = new ArrayList<>();
    Runnable look =
        () -> {
          found.add(local.get());
          local.set("of the virtual thread");
          found.add(local.get());
        };
    try {
      ((Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, look))
          .join();
    } catch (NoSuchMethodException before21) {
      return;
    }
    assertThat(found).containsExactly("initial", "of the virtual thread");
    assertThat(local.get()).isEqualTo("of main");
  }

  @Test
  void shouldKeepItsValueWhileAway() throws Exception {
    GreenletLocal<String> local = new GreenletLocal<>();
    GreenletLocal<String> first = new GreenletLocal<>();
    String found =
        inGreenlet(
            () -> {
              local.set("before");
              String away =
                  Hub.get()
                      .blocking(
                          () -> {
                            String seen = local.get();
                            local.set("away");
                            first.set("first away");
                            return seen;
                          });
              return away + ", " + local.get() + ", " + first.get();
            });
    assertThat(found).isEqualTo("before, away, first away");
    assertThat(local.isPresent()).isFalse();
  }

  // gevent: test__local.py test_objects
  @Test
  void shouldBeIndependentOfOtherLocals() {
    GreenletLocal<String> a = GreenletLocal.withInitial(() -> "123");
    GreenletLocal<String> b = GreenletLocal.withInitial(() -> "123");
    assertThat(a.get()).isEqualTo(b.get());
    b.set("321");
    assertThat(a.get()).isEqualTo("123");
  }

  @Test
  void shouldTellThousandsOfLocalsApart() throws Exception {
    List<GreenletLocal<Integer>> locals = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      locals.add(new GreenletLocal<>());
      locals.get(i).set(i);
    }
    inGreenlet(
        () -> {
          for (int i = 0; i < locals.size(); i++) {
            locals.get(i).set(-i);
          }
          for (int i = 0; i < locals.size(); i++) {
            assertThat(locals.get(i).get()).isEqualTo(-i);
          }
          return null;
        });
    for (int i = 0; i < locals.size(); i++) {
      assertThat(locals.get(i).get()).isEqualTo(i);
    }
  }

  // ---- the initial value ----

  // gevent: test__local.py test_create_local_subclass_init_args, test_class_attr
  @Test
  void shouldMakeTheInitialValueOnceInEachGreenlet() throws Exception {
    AtomicInteger made = new AtomicInteger();
    GreenletLocal<List<Integer>> local =
        GreenletLocal.withInitial(() -> new ArrayList<>(List.of(made.incrementAndGet())));
    assertThat(made).as("made before anybody asks").hasValue(0);
    assertThat(local.get()).isSameAs(local.get()).containsExactly(1);
    assertThat(inGreenlet(() -> List.of(local.get(), local.get())))
        .isEqualTo(List.of(List.of(2), List.of(2)));
    assertThat(local.get()).containsExactly(1);
  }

  @Test
  void shouldMakeNoInitialValueWhereOneIsSet() {
    GreenletLocal<String> local = GreenletLocal.withInitial(() -> "initial");
    local.set("set");
    assertThat(local.get()).isEqualTo("set");
  }

  @Test
  void shouldLetTheInitialValueWaitInItsGreenlet() throws Exception {
    GreenletLocal<RawGreenlet> local =
        GreenletLocal.withInitial(
            () -> {
              turns();
              return RawGreenlet.getCurrent();
            });
    Greenlet<RawGreenlet> one = Gevent.spawn(local::get);
    Greenlet<RawGreenlet> other = Gevent.spawn(local::get);
    assertThat(one.get()).isSameAs(one);
    assertThat(other.get()).isSameAs(other);
  }

  // gevent: an __init__ that fails
  @Test
  void shouldThrowWhatTheInitialValueThrowsAndTryAgain() {
    AtomicInteger tries = new AtomicInteger();
    GreenletLocal<Integer> local =
        GreenletLocal.withInitial(
            () -> {
              if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("first");
              }
              return tries.get();
            });
    assertThatThrownBy(local::get).hasMessage("first");
    assertThat(local.isPresent()).isFalse();
    assertThat(local.get()).isEqualTo(2);
  }

  @Test
  void shouldRefuseToHaveNoSupplier() {
    assertThatThrownBy(() -> GreenletLocal.withInitial(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("initial");
  }

  // ---- presence ----

  @Test
  void shouldTakeNullForAValue() {
    GreenletLocal<String> local = GreenletLocal.withInitial(() -> "initial");
    local.set(null);
    assertThat(local.isPresent()).isTrue();
    assertThat(local.get()).isNull();
  }

  @Test
  void shouldMakeNoValueWhenAskedWhetherThereIsOne() {
    GreenletLocal<String> local =
        GreenletLocal.withInitial(
            () -> {
              throw new AssertionError("made");
            });
    assertThat(local.isPresent()).isFalse();
    assertThat(GreenletLocal.all(RawGreenlet.getCurrent())).doesNotContainKey(local);
  }

  @Test
  void shouldStartAnewWhenRemoved() {
    GreenletLocal<String> local = GreenletLocal.withInitial(() -> "initial");
    local.set("set");
    local.remove();
    assertThat(local.isPresent()).isFalse();
    assertThat(local.get()).isEqualTo("initial");
    local.remove();
    local.set("again");
    assertThat(local.get()).isEqualTo("again");
  }

  // gevent: test__local.py test_delete_with_no_dict
  @Test
  void shouldRemoveNothingWhereThereIsNothing() throws Exception {
    GreenletLocal<String> local = new GreenletLocal<>();
    local.remove();
    local.set("of main");
    inGreenlet(
        () -> {
          local.remove();
          return null;
        });
    assertThat(local.get()).isEqualTo("of main");
  }
}
