package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.loop.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gevent: {@code test__event.py}, of one hub. */
class EventTest extends HubTest {
  private final Event event = new Event();
  private final List<Object> seen = new ArrayList<>();

  private List<Greenlet<Boolean>> spawnWaiting(int count) {
    List<Greenlet<Boolean>> waiting =
        IntStream.range(0, count)
            .mapToObj(i -> Gevent.spawn(() -> waits(i)))
            .collect(Collectors.toList());
    turn();
    assertThat(event.linkCount()).isEqualTo(count);
    return waiting;
  }

  private boolean waits(Object name) {
    boolean told = event.await();
    seen.add(name);
    return told;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 1000})
  void shouldWakeAllWhoWaitedEvenIfItIsClearedAtOnce(int count) {
    List<Greenlet<Boolean>> waiting = spawnWaiting(count);
    event.set();
    event.clear();
    Gevent.joinAll(waiting);
    assertThat(waiting).allMatch(each -> each.value());
    assertThat(seen).isEqualTo(IntStream.range(0, count).boxed().collect(Collectors.toList()));
    assertThat(event.isSet()).isFalse();
    assertThat(event.linkCount()).isZero();
  }

  @Test
  void shouldNotWakeWhoComesAfterItWasCleared() {
    spawnWaiting(1);
    event.set();
    event.clear();
    Greenlet<Boolean> late = Gevent.spawn(() -> event.await(SHORT));
    late.join();
    assertThat(late.value()).isFalse();
    assertThat(seen).containsExactly(0);
  }

  @Test
  void shouldWakeOnceThoughItIsSetTwice() {
    Greenlet<Void> waiter =
        Gevent.spawn(
            () -> {
              event.await();
              seen.add(event.await(SHORT));
            });
    turn();
    event.set();
    event.set();
    event.clear();
    event.set();
    event.clear();
    waiter.join();
    assertThat(seen).containsExactly(false);
  }

  // gevent: test_wait_while_notifying
  @Test
  void shouldLetThoseGoFirstWhoWereThereBeforeWithoutATurnOfTheLoop() {
    List<Greenlet<Boolean>> waiting = spawnWaiting(2);
    try (Watcher check = Hub.get().loop().check()) {
      check.start(() -> seen.add("polled"));
      event.set();
      waits(3);
      assertThat(seen).containsExactly(0, 1, 3);
    }
    Gevent.joinAll(waiting);
  }

  @Test
  void shouldNotSwitchWhenItIsSetAndNobodyElseWaits() {
    event.set();
    Gevent.spawn(() -> seen.add("another"));
    assertThat(event.await()).isTrue();
    assertThat(event.await(Duration.ZERO)).isTrue();
    assertThat(event.await(0.0)).isTrue();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldLetTheSetterGoOnFirst() {
    Greenlet<Boolean> waiter = spawnWaiting(1).get(0);
    event.set();
    seen.add("setter");
    waiter.join();
    assertThat(seen).containsExactly("setter", 0);
  }

  @Test
  void shouldSurviveSetsByThoseWhoAreWoken() {
    List<Greenlet<Void>> relay =
        IntStream.range(0, 5)
            .mapToObj(
                i ->
                    Gevent.spawn(
                        () -> {
                          event.await();
                          seen.add(i);
                          event.clear();
                          event.set();
                        }))
            .collect(Collectors.toList());
    turn();
    event.set();
    Gevent.joinAll(relay);
    assertThat(seen).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void shouldReturnFalseWhenTheTimeIsUp() {
    for (Duration span : List.of(Duration.ofSeconds(-1), Duration.ZERO, SHORT)) {
      assertThat(event.await(span)).as("%s", span).isFalse();
    }
    assertThat(event.await(-1.0)).isFalse();
    assertThat(event.await(0.001)).isFalse();
    assertThat(event.linkCount()).isZero();
  }

  @Test
  void shouldGiveOthersATurnEvenIfThereIsNoTime() {
    Gevent.spawn(() -> seen.add("another"));
    assertThat(event.await(Duration.ZERO)).isFalse();
    assertThat(seen).containsExactly("another");
  }

  @Test
  void shouldBeTrueWhenItIsSetInTime() {
    Gevent.spawnLater(SHORT, event::set);
    assertThat(event.await(LONG)).isTrue();
    assertThat(event.await((Duration) null)).isTrue();
  }

  @Test
  void shouldTakeTheLongestSpans() {
    Gevent.spawnLater(SHORT, event::set);
    assertThat(event.await(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    event.clear();
    Gevent.spawnLater(SHORT, event::set);
    assertThat(event.await(Double.POSITIVE_INFINITY)).isTrue();
  }

  @Test
  void shouldForgetWhoIsKilled() {
    List<Greenlet<Boolean>> waiting = spawnWaiting(3);
    waiting.get(1).kill();
    assertThat(event.linkCount()).isEqualTo(2);
    event.set();
    Gevent.joinAll(waiting);
    assertThat(seen).containsExactly(0, 2);
  }

  @Test
  void shouldForgetWhoIsKilledAfterHeWasTold() {
    List<Greenlet<Boolean>> waiting = spawnWaiting(3);
    waiting.get(1).kill(exit(), false, null);
    event.set();
    Gevent.joinAll(waiting);
    assertThat(seen).containsExactly(0, 2);
    assertThat(event.linkCount()).isZero();
    assertThat(event.await()).isTrue();
  }

  @Test
  void shouldForgetWhoIsTimedOutByAnother() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(thrownBy(event::await)).isSameAs(timeout);
    assertThat(event.linkCount()).isZero();
  }

  @Test
  void shouldTellMainThatNobodyCanSetIt() {
    assertThatThrownBy(event::await).isInstanceOf(LoopExit.class);
    assertThat(event.linkCount()).isZero();
  }

  @Test
  void shouldRefuseToWaitInACallbackUnlessItIsSet() {
    Hub.get().loop().runCallback(event::await);
    Hub.get().loop().runCallback(() -> event.await(SHORT));
    turns();
    assertThat(takeThrown())
        .hasSize(2)
        .allMatch(thrown -> thrown instanceof BlockingSwitchOutError);
    assertThat(event.linkCount()).isZero();
    spawnWaiting(1);
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              event.set();
              seen.add(event.await());
            });
    turns();
    assertThat(seen).containsExactly(true, 0);
  }

  @Test
  void shouldBeUsableTogetherWithGreenlets() {
    Greenlet<Boolean> waiter = spawnWaiting(1).get(0);
    Event never = new Event();
    Gevent.spawnLater(SHORT, event::set);
    assertThat(Gevent.waitAll(List.of(event, waiter, never), Duration.ofMillis(50)))
        .containsExactlyInAnyOrder(event, waiter);
    assertThat(never.linkCount()).isZero();
    assertThat(Gevent.<Event>waitAny(List.of(never, event), LONG)).isSameAs(event);
  }

  @Test
  void shouldSayHowItIs() {
    assertThat(event.toString()).matches("Event@\\w+\\[not set\\]");
    spawnWaiting(2);
    assertThat(event.toString()).matches("Event@\\w+\\[not set 2 waiting\\]");
    event.set();
    turn();
    assertThat(event.toString()).matches("Event@\\w+\\[set\\]");
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> event.await(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> event.rawLink(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("callback");
    event.unlink(null);
    assertThat(event.linkCount()).isZero();
  }
}
