package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.TimerWatcher;
import io.gevent4j.loop.Watcher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who comes back from a wait without what it waited for, or waits where nobody may, is told. */
class StraySwitchTest extends HubTest {
  /** A greenlet whose value is what its wait throws. */
  private static Greenlet<Throwable> spawnCatching(Body wait) {
    Greenlet<Throwable> greenlet = Gevent.spawn(() -> thrownBy(wait));
    turn();
    return greenlet;
  }

  /** From the hub, as a careless callback does. */
  private static void stray(RawGreenlet target, Object value) {
    Hub.get().loop().runCallback(() -> target.switchTo(value));
  }

  // ---- switched to by others ----

  // gevent: test__api.py, InvalidSwitchError
  @Test
  void shouldThrowInAWaitThatIsSwitchedTo() {
    Waiter<String> waiter = new Waiter<>();
    Watcher timer = Hub.get().loop().timer(LONG);
    List<Body> waits =
        List.of(
            () -> Gevent.sleep(LONG),
            () -> waiter.get(),
            () -> Hub.get().waitFor(timer),
            () -> Gevent.joinAll(spawnSleeping()),
            () -> spawnSleeping().get());
    for (Body wait : waits) {
      Greenlet<Throwable> waiting = spawnCatching(wait);
      stray(waiting, "stray");
      assertThat(waiting.join(LONG)).isTrue();
      assertThat(waiting.value())
          .isInstanceOf(InvalidSwitchError.class)
          .hasMessageContaining("stray");
    }
    assertThat(timer.isActive()).as("the wait has stopped its watcher").isFalse();
  }

  @Test
  void shouldThrowInAWaitThatIsSwitchedToWithoutAValue() {
    Greenlet<Throwable> waiting = spawnCatching(() -> Gevent.sleep(LONG));
    stray(waiting, null);
    waiting.join();
    assertThat(waiting.value()).isInstanceOf(InvalidSwitchError.class);
  }

  @Test
  void shouldThrowInAWaitThatAnotherGreenletSwitchesTo() {
    Greenlet<Throwable> waiting = spawnCatching(() -> Gevent.sleep(LONG));
    RawGreenlet careless = Gevent.spawnRaw(() -> waiting.switchTo("stray"));
    assertThat(waiting.join(LONG)).isTrue();
    assertThat(waiting.value()).isInstanceOf(InvalidSwitchError.class);
    assertThat(careless.isDead()).as("nobody switches back").isFalse();
  }

  @Test
  void shouldThrowInMainWhenMainIsSwitchedTo() {
    stray(RawGreenlet.getCurrent(), "stray");
    assertThatThrownBy(() -> Gevent.sleep(LONG))
        .isInstanceOf(InvalidSwitchError.class)
        .hasMessageContaining("stray");
    Gevent.sleep(SHORT);
  }

  @Test
  void shouldLeaveNothingBehindThatWakesTheNextWait() {
    Greenlet<Boolean> waiting =
        Gevent.spawn(
            () -> {
              assertThatThrownBy(() -> Gevent.sleep(SHORT)).isInstanceOf(InvalidSwitchError.class);
              long start = System.nanoTime();
              Gevent.sleep(SHORT.multipliedBy(3));
              return System.nanoTime() - start >= SHORT.multipliedBy(3).toNanos();
            });
    turn();
    stray(waiting, "stray");
    waiting.join();
    assertThat(waiting.value()).isTrue();
  }

  @Test
  void shouldThrowWhatIsThrownIntoAWait() {
    Greenlet<Throwable> waiting = spawnCatching(() -> Gevent.sleep(LONG));
    Exception thrown = new Exception("of somebody");
    Hub.get().loop().runCallback(() -> waiting.throwInto(thrown));
    waiting.join();
    assertThat(waiting.value()).isSameAs(thrown);
  }

  @Test
  void shouldRunGreenletsByHandBesideTheHub() {
    List<Object> seen = new ArrayList<>();
    RawGreenlet raw =
        new RawGreenlet(
            value -> {
              seen.add(value);
              Gevent.sleep(SHORT);
              seen.add("slept");
              return "result";
            });
    Gevent.spawn(() -> seen.add("other"));
    seen.add(raw.switchTo("first"));
    assertThat(seen).containsExactly("first", "other", "slept", "result");
  }

  // ---- waiting in the hub ----

  // gevent: BlockingSwitchOutError
  @Test
  void shouldRefuseToWaitInACallback() {
    Waiter<String> waiter = new Waiter<>();
    Greenlet<Void> sleeping = spawnSleeping();
    List<Body> waits =
        List.of(
            () -> Gevent.sleep(0),
            () -> Gevent.sleep(SHORT),
            () -> waiter.get(),
            () -> sleeping.join(),
            () -> sleeping.kill(),
            () -> Gevent.idle());
    for (Body wait : waits) {
      Throwable[] thrown = new Throwable[1];
      Hub.get().loop().runCallback(() -> thrown[0] = thrownBy(wait));
      turns();
      assertThat(thrown[0]).isInstanceOf(BlockingSwitchOutError.class);
    }
  }

  @Test
  void shouldReportWhoWaitsInACallbackATimerOrARawLink() {
    Hub.get().loop().runCallback(() -> Gevent.sleep(0));
    turns();
    try (TimerWatcher timer = Hub.get().loop().timer(SHORT)) {
      timer.start(() -> Gevent.sleep(SHORT));
      Gevent.sleep(SHORT.multipliedBy(3));
    }
    Greenlet<Void> ended = Gevent.spawn(() -> {});
    ended.rawLink(source -> Gevent.sleep(SHORT));
    ended.join();
    turns();
    assertThat(takeThrown()).hasSize(3).hasOnlyElementsOfType(BlockingSwitchOutError.class);
    Gevent.sleep(SHORT);
  }

  @Test
  void shouldRefuseToBlockInACallback() {
    Throwable[] thrown = new Throwable[1];
    Hub hub = Hub.get();
    hub.loop().runCallback(() -> thrown[0] = thrownBy(() -> hub.blocking(() -> "value")));
    turns();
    assertThat(thrown[0]).isInstanceOf(BlockingSwitchOutError.class);
    assertThat(Gevent.spawn(() -> 1).join(LONG)).isTrue();
  }

  @Test
  void shouldAllowCallbacksWhatDoesNotWait() {
    List<String> seen = new ArrayList<>();
    Greenlet<Void> sleeping = spawnSleeping();
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              Gevent.spawn(() -> seen.add("spawned"));
              sleeping.kill(false);
              new Waiter<String>().switchTo("value");
            });
    Hub.get().join();
    assertThat(seen).containsExactly("spawned");
    assertThat(sleeping.ready()).isTrue();
  }

  // ---- two at one thing ----

  // gevent: ConcurrentObjectUseError
  @Test
  void shouldRefuseASecondGetter() {
    Waiter<String> waiter = new Waiter<>();
    Greenlet<String> first = Gevent.spawn(() -> waiter.get());
    turn();
    assertThatThrownBy(waiter::get).isInstanceOf(ConcurrentObjectUseError.class);
    waiter.switchTo("value");
    first.join();
    assertThat(first.value()).isEqualTo("value");
    assertThat(waiter.get()).as("there is nothing to wait for").isEqualTo("value");
  }

  @Test
  void shouldRefuseToWaitForAWatcherThatSomebodyUses() {
    try (TimerWatcher timer = Hub.get().loop().timer(SHORT)) {
      Greenlet<Integer> first = Gevent.spawn(() -> Hub.get().waitFor(timer));
      turn();
      assertThatThrownBy(() -> Hub.get().waitFor(timer))
          .isInstanceOf(ConcurrentObjectUseError.class);
      first.join();
      assertThat(first.successful()).isTrue();
      Hub.get().waitFor(timer);
      timer.start(() -> {});
      assertThatThrownBy(() -> Hub.get().waitFor(timer))
          .isInstanceOf(ConcurrentObjectUseError.class);
    }
  }
}
