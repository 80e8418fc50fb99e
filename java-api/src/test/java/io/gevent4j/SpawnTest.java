package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Making greenlets, starting them, and what they know of where they come from. */
class SpawnTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  // ---- starting ----

  @Test
  void shouldRunOnceWhenItIsStartedTwice() {
    Greenlet<Boolean> greenlet = new Greenlet<>(() -> seen.add("ran"));
    greenlet.start();
    greenlet.start();
    greenlet.startLater(0.001);
    greenlet.join();
    greenlet.start();
    Gevent.waitAll();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void shouldStartOnceWhenItIsToStartLaterAndThenAtOnce() {
    Greenlet<Boolean> greenlet = Gevent.spawnLater(SHORT, () -> seen.add("ran"));
    greenlet.start();
    turns();
    assertThat(seen).as("the first start counts").isEmpty();
    Gevent.waitAll();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void shouldRunWhenNobodyHoldsIt() {
    Gevent.spawn(() -> seen.add("spawned"));
    Gevent.spawnLater(SHORT, () -> seen.add("spawned for later"));
    System.gc();
    Gevent.waitAll();
    assertThat(seen).containsExactly("spawned", "spawned for later");
  }

  @Test
  void shouldRunWhenItsSpawnerHasEnded() {
    Gevent.spawn(() -> Gevent.spawnLater(SHORT, () -> seen.add("ran"))).join();
    assertThat(seen).isEmpty();
    Gevent.waitAll();
    assertThat(seen).containsExactly("ran");
  }

  @Test
  void shouldNotStartBeforeItsTime() {
    long start = System.nanoTime();
    Greenlet<Long> greenlet = Gevent.spawnLater(SHORT, System::nanoTime);
    greenlet.join();
    assertThat(greenlet.value() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  @Test
  void shouldStartSoonWhenItsDelayIsNotPositive() {
    Greenlet<Void> none = Gevent.spawnLater(0, () -> {});
    Greenlet<Void> negative = Gevent.spawnLater(-1, () -> {});
    assertThat(none.join(LONG)).isTrue();
    assertThat(negative.join(LONG)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoFunctionOrTime() {
    List<Body> wrong =
        List.of(
            () -> new Greenlet<>((Runnable) null),
            () -> new Greenlet<>((Callable<?>) null),
            () -> Gevent.spawn((Runnable) null),
            () -> Gevent.spawn((Callable<?>) null),
            () -> Gevent.spawnRaw(null),
            () -> Gevent.spawnLater(1, (Runnable) null),
            () -> Gevent.spawnLater(null, () -> {}));
    for (Body each : wrong) {
      assertThat(thrownBy(each)).isInstanceOf(NullPointerException.class);
    }
    assertThat(thrownBy(() -> Gevent.spawnLater(Double.NaN, () -> {})))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Gevent.getHub().join(LONG)).as("nothing was started").isTrue();
  }

  @Test
  void shouldBeAChildOfTheHub() {
    Greenlet<RawGreenlet> outer =
        Gevent.spawn(
            () -> {
              Greenlet<RawGreenlet> inner = Gevent.spawn(() -> Gevent.getCurrent().getParent());
              seen.add(inner.get());
              return Gevent.getCurrent().getParent();
            });
    outer.join();
    assertThat(outer.value()).isSameAs(Gevent.getHub().runner());
    assertThat(seen).containsExactly(Gevent.getHub().runner());
  }

  @Test
  void shouldBeTheCurrentGreenletWhileItRuns() throws Exception {
    Greenlet<RawGreenlet> greenlet = Gevent.spawn(Gevent::getCurrent);
    assertThat(greenlet.get()).isSameAs(greenlet);
  }

  // ---- a function of its own ----

  /** As users write it. */
  private static final class Doubling extends Greenlet<Integer> {
    private final int number;

    Doubling(int number) {
      this.number = number;
    }

    @Override
    protected Integer run() {
      Gevent.sleep(0);
      return 2 * number;
    }
  }

  @Test
  void shouldDoWhatRunDoesWhenThatIsOverridden() throws Exception {
    Doubling greenlet = new Doubling(21);
    greenlet.start();
    assertThat(greenlet.get()).isEqualTo(42);
  }

  @Test
  void shouldFailWhenThereIsNothingToRun() {
    Greenlet<Void> greenlet = new Greenlet<>() {};
    greenlet.start();
    greenlet.join();
    assertThat(greenlet.exception()).isInstanceOf(UnsupportedOperationException.class);
    takeErrors();
  }

  // ---- a block ----

  @Test
  void shouldHaveEndedWhenItsBlockIsLeft() {
    Greenlet<Boolean> outside;
    try (Greenlet<Boolean> greenlet = Gevent.spawnLater(SHORT, () -> seen.add("ran"))) {
      outside = greenlet;
      assertThat(greenlet.ready()).isFalse();
    }
    assertThat(outside.successful()).isTrue();
    assertThat(seen).containsExactly("ran");
  }

  // ---- who wants to know ----

  @Test
  void shouldTellSpawnCallbacksWhenAGreenletIsStarted() {
    Consumer<Greenlet<?>> callback = seen::add;
    Greenlet.addSpawnCallback(callback);
    try {
      Greenlet<Void> greenlet = new Greenlet<>(() -> {});
      assertThat(seen).isEmpty();
      greenlet.start();
      greenlet.start();
      Greenlet<Void> later = Gevent.spawnLater(SHORT, () -> {});
      Gevent.spawnRaw(() -> {});
      assertThat(seen).containsExactly(greenlet, later);
    } finally {
      Greenlet.removeSpawnCallback(callback);
    }
    Gevent.spawn(() -> {});
    assertThat(seen).hasSize(2);
    Greenlet.removeSpawnCallback(callback);
    Gevent.waitAll();
  }

  // ---- the tree ----

  @Test
  void shouldShareTheLocalsOfItsTreeAndNoOther() throws Exception {
    Greenlet<Map<Object, Object>> root =
        Gevent.spawn(
            () -> {
              Greenlet<?> self = (Greenlet<?>) Gevent.getCurrent();
              self.spawnTreeLocals().put("key", "value");
              Greenlet<Greenlet<?>> child = Gevent.spawn(() -> Gevent.spawn(() -> {}));
              seen.add(child.get().spawnTreeLocals());
              seen.add(child.spawnTreeLocals());
              return self.spawnTreeLocals();
            });
    Map<Object, Object> locals = root.get();
    assertThat(locals).containsEntry("key", "value").hasSize(1);
    assertThat(seen).allMatch(each -> each == locals).hasSize(2);
    Greenlet<Void> other = Gevent.spawn(() -> {});
    assertThat(other.spawnTreeLocals()).isEmpty();
    assertThat(other.spawnTreeLocals()).isSameAs(other.spawnTreeLocals());
  }

  @Test
  void shouldKnowWhoSpawnedIt() throws Exception {
    Greenlet<Greenlet<Void>> spawner = Gevent.spawn(() -> new Greenlet<>(() -> {}));
    Greenlet<Void> spawned = spawner.get();
    assertThat(spawned.spawningGreenlet()).isSameAs(spawner);
    assertThat(spawner.spawningGreenlet()).as("main is no Greenlet").isNull();
  }

  private static Greenlet<Void> spawnHere() {
    return Gevent.spawn(() -> {});
  }

  @Test
  void shouldKnowWhereItWasSpawned() {
    StackTraceElement[] frames = spawnHere().spawningStack();
    assertThat(frames.length).isBetween(2, Config.SPAWNING_STACK_LIMIT.value());
    assertThat(frames[0].getMethodName()).isEqualTo("spawnHere");
    assertThat(frames[1].getMethodName()).isEqualTo("shouldKnowWhereItWasSpawned");
  }

  @Test
  void shouldKnowWhereItWasSpawnedWhenItIsOfASubclass() {
    StackTraceElement[] frames = new Doubling(1).spawningStack();
    assertThat(frames)
        .extracting(StackTraceElement::getMethodName)
        .contains("shouldKnowWhereItWasSpawnedWhenItIsOfASubclass");
  }

  // ---- names ----

  @Test
  void shouldTakeTheSmallestFreeNumber() {
    Greenlet<Void> zero = spawnSleeping();
    Greenlet<Void> one = spawnSleeping();
    Greenlet<Void> two = spawnSleeping();
    assertThat(zero.minimalIdent()).isZero();
    assertThat(one.minimalIdent()).isEqualTo(1);
    assertThat(two.minimalIdent()).isEqualTo(2);
    one.kill();
    zero.kill();
    assertThat(two.minimalIdent()).isEqualTo(2);
    assertThat(spawnSleeping().minimalIdent()).isZero();
    assertThat(spawnSleeping().minimalIdent()).isEqualTo(1);
    assertThat(spawnSleeping().minimalIdent()).isEqualTo(3);
  }

  @Test
  void shouldFreeItsNumberWhenItIsKilledBeforeTheStart() {
    Greenlet<Void> unstarted = new Greenlet<>(() -> {});
    assertThat(unstarted.minimalIdent()).isZero();
    unstarted.kill();
    assertThat(spawnSleeping().minimalIdent()).isZero();
  }

  @Test
  void shouldKeepItsNumberWhenItHasEnded() {
    Greenlet<Void> ended = Gevent.spawn(() -> {});
    int number = ended.minimalIdent();
    ended.join();
    assertThat(ended.minimalIdent()).isEqualTo(number);
    assertThat(ended.name()).isEqualTo("Greenlet-" + number);
  }

  @Test
  void shouldBeNamedByItsNumberUnlessItHasAName() {
    Greenlet<Void> greenlet = new Greenlet<>(() -> {});
    assertThat(greenlet.name()).isEqualTo("Greenlet-" + greenlet.minimalIdent());
    greenlet.setName("another");
    assertThat(greenlet.name()).isEqualTo("another");
  }

  // ---- raw ones ----

  @Test
  void shouldRunARawOneWithoutAGreenletOfTheHubsOwnKind() {
    RawGreenlet raw = Gevent.spawnRaw(() -> seen.add(Gevent.getCurrent()));
    assertThat(raw).isNotInstanceOf(Greenlet.class);
    assertThat(raw.isDead()).isFalse();
    turn();
    assertThat(seen).containsExactly(raw);
    assertThat(raw.isDead()).isTrue();
  }
}
