package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Values that a greenlet takes over from who makes it. */
class InheritableTest extends LocalTest {
  private final GreenletLocal<String> local = GreenletLocal.inheritable();
  private final List<Object> kept = new ArrayList<>();

  @Test
  void shouldTakeOverTheValueOfWhoSpawns() throws Exception {
    local.set("of main");
    assertThat(inGreenlet(local::get)).isEqualTo("of main");
  }

  @Test
  void shouldTakeOverWhatTheSpawnerHasAtThatTime() throws Exception {
    local.set("then");
    Greenlet<String> greenlet = Gevent.spawn(local::get);
    local.set("later");
    assertThat(greenlet.get()).isEqualTo("then");
  }

  @Test
  void shouldTakeItOverWhenMadeRatherThanWhenStarted() throws Exception {
    local.set("made");
    Callable<String> look = local::get;
    Greenlet<String> greenlet = new Greenlet<>(look);
    local.set("started");
    greenlet.start();
    assertThat(greenlet.get()).isEqualTo("made");
  }

  @Test
  void shouldNotTakeOverWhatIsNotInheritable() throws Exception {
    GreenletLocal<String> own = new GreenletLocal<>();
    own.set("of main");
    local.set("of main");
    assertThat(inGreenlet(own::isPresent)).isFalse();
  }

  @Test
  void shouldMakeItsOwnWhereTheSpawnerHasNone() throws Exception {
    GreenletLocal<String> initial = GreenletLocal.inheritable(() -> "initial");
    assertThat(inGreenlet(initial::isPresent)).isFalse();
    assertThat(inGreenlet(initial::get)).isEqualTo("initial");
    assertThat(initial.isPresent()).isFalse();
    initial.set("removed");
    initial.remove();
    assertThat(inGreenlet(initial::get)).isEqualTo("initial");
  }

  @Test
  void shouldTakeOverNull() throws Exception {
    GreenletLocal<String> initial = GreenletLocal.inheritable(() -> "initial");
    initial.set(null);
    assertThat(inGreenlet(initial::get)).isNull();
  }

  @Test
  void shouldGoFromGreenletToGreenletEvenUnused() throws Exception {
    local.set("of main");
    assertThat(inGreenlet(() -> inGreenlet(() -> inGreenlet(local::get)))).isEqualTo("of main");
  }

  @Test
  void shouldBeTheGreenletsOwnFromThenOn() throws Exception {
    local.set("of main");
    List<String> seen =
        inGreenlet(
            () -> {
              local.set("of the child");
              return List.of(local.get(), inGreenlet(local::get));
            });
    assertThat(seen).containsExactly("of the child", "of the child");
    assertThat(local.get()).isEqualTo("of main");
    assertThat(
            inGreenlet(
                () -> {
                  local.remove();
                  return local.get();
                }))
        .isNull();
  }

  @Test
  void shouldHandItOverThroughTheFunctionInTheSpawner() throws Exception {
    List<RawGreenlet> callers = new ArrayList<>();
    GreenletLocal<String> counted =
        GreenletLocal.inheritable(
            () -> "initial",
            value -> {
              callers.add(RawGreenlet.getCurrent());
              return value + "'";
            });
    counted.set("a");
    assertThat(inGreenlet(() -> counted.get() + inGreenlet(counted::get))).isEqualTo("a'a''");
    assertThat(counted.get()).isEqualTo("a");
    assertThat(callers).hasSize(2);
    assertThat(callers.get(0)).isSameAs(RawGreenlet.getCurrent());
  }

  @Test
  void shouldThrowWhatTheFunctionThrowsAtTheSpawner() {
    GreenletLocal<String> fails =
        GreenletLocal.inheritable(
            () -> null,
            value -> {
              throw new IllegalStateException("not this one");
            });
    fails.set("a");
    assertThatThrownBy(() -> Gevent.spawn(fails::get)).hasMessage("not this one");
    fails.remove();
    assertThat(Gevent.spawn(fails::get).join()).isTrue();
  }

  @Test
  void shouldLetTheFunctionUseLocals() throws Exception {
    GreenletLocal<Integer> count = GreenletLocal.withInitial(() -> 0);
    GreenletLocal<String> counted =
        GreenletLocal.inheritable(
            () -> null,
            value -> {
              count.set(count.get() + 1);
              return value + count.get();
            });
    counted.set("a");
    assertThat(inGreenlet(counted::get)).isEqualTo("a1");
    assertThat(inGreenlet(counted::get)).isEqualTo("a2");
  }

  @Test
  void shouldShowWhatWasTakenOverOnceTheGreenletRuns() throws Exception {
    local.set("of main");
    assertThat(inGreenlet(() -> GreenletLocal.all(RawGreenlet.getCurrent())))
        .isEqualTo(Map.of(local, "of main"));
  }

  @Test
  void shouldNotReachRawGreenletsAndPlainThreads() throws Exception {
    local.set("of main");
    assertThat(new RawGreenlet(value -> local.get()).switchTo()).isNull();
    assertThat(inThread(local::get)).isNull();
    List<String> seen = new ArrayList<>();
    Gevent.spawnRaw(() -> seen.add(local.get()));
    turns();
    assertThat(seen).containsExactly((String) null);
  }

  @Test
  void shouldLetGoOfAValueThatIsNeverEntered() {
    List<WeakReference<Object>> handedOver = new ArrayList<>();
    Greenlet<Object> greenlet = unstarted(handedOver);
    greenlet.kill();
    untilCollected("the value of a killed one", () -> handedOver.get(0).get() == null);
    assertThat(greenlet.ready()).isTrue();
    assertThat(kept).hasSize(1);
  }

  private Greenlet<Object> unstarted(List<WeakReference<Object>> handedOver) {
    GreenletLocal<Object> held =
        GreenletLocal.inheritable(
            () -> null,
            value -> {
              Object copy = new Object();
              handedOver.add(new WeakReference<>(copy));
              return copy;
            });
    kept.add(held);
    held.set("of main");
    Callable<Object> look = held::get;
    return new Greenlet<>(look);
  }

  @Test
  void shouldTakeOverEvenIfATracerWasThereFirst() throws Exception {
    GreenletLocal<String> ofTracer = new GreenletLocal<>();
    local.set("of main");
    RawGreenlet.setTrace(
        (event, origin, target) -> {
          local.set("of the tracer");
          ofTracer.set("of the tracer");
        });
    try {
      local.set("of main");
      assertThat(inGreenlet(() -> local.get() + ", " + ofTracer.get())).isEqualTo("of main, null");
    } finally {
      RawGreenlet.setTrace(null);
    }
  }

  @Test
  void shouldRefuseToHaveNoFunction() {
    assertThatThrownBy(() -> GreenletLocal.inheritable(() -> null, null)).hasMessage("handOver");
  }
}
