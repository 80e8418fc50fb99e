package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Killing many at once. */
class KillAllTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private Greenlet<Void> spawnNoting(String name) {
    return Gevent.spawn(
        () -> {
          try {
            Gevent.sleep(LONG);
          } finally {
            seen.add(name);
          }
        });
  }

  @Test
  void shouldThrowInTheOrderOfTheList() {
    Greenlet<Void> one = spawnNoting("one");
    Greenlet<Void> two = spawnNoting("two");
    Greenlet<Void> three = spawnNoting("three");
    turn();
    Gevent.killAll(List.of(three, one, two));
    assertThat(seen).containsExactly("three", "one", "two");
  }

  @Test
  void shouldNotWaitWhenAskedNotTo() {
    Greenlet<Void> one = spawnNoting("one");
    turn();
    Gevent.killAll(List.of(one), exit(), false, null);
    assertThat(one.ready()).isFalse();
    turn();
    assertThat(one.isCancelled()).isTrue();
  }

  @Test
  void shouldKillAMixtureOfStates() {
    Greenlet<Void> ended = Gevent.spawn(() -> {});
    ended.join();
    Greenlet<Void> running = spawnSleeping();
    Greenlet<Boolean> unstarted = new Greenlet<>(() -> seen.add("unstarted ran"));
    Greenlet<Boolean> started = Gevent.spawn(() -> seen.add("started ran"));
    Greenlet<Boolean> later = Gevent.spawnLater(SHORT, () -> seen.add("later ran"));
    Gevent.killAll(List.of(unstarted, running, started, ended, later));
    assertThat(List.of(unstarted, running, started, later)).allMatch(Greenlet::isCancelled);
    assertThat(ended.isCancelled()).isFalse();
    Gevent.waitAll();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldThrowATimeoutWhenTheTimeIsUp() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = spawnUndead(caught);
    GreenletExit exit = exit();
    Throwable thrown = thrownBy(() -> Gevent.killAll(List.of(undead), exit, true, SHORT));
    assertThat(thrown).isInstanceOf(Timeout.class);
    assertThat(undead.isDead()).isFalse();
    assertThat(caught).containsExactly(exit);
  }

  @Test
  void shouldLetAnotherTimeoutThroughWhileItWaits() {
    Greenlet<Void> undead = spawnUndead(new ArrayList<>());
    Timeout outer = new Timeout(SHORT);
    assertThat(thrownBy(() -> outer.run(() -> Gevent.killAll(List.of(undead), exit(), true, LONG))))
        .isSameAs(outer);
  }

  @Test
  void shouldReturnWhenThereIsNothingToKill() {
    Greenlet<Void> ended = Gevent.spawn(() -> {});
    ended.join();
    Gevent.killAll(List.of());
    Gevent.killAll(List.of(ended));
    Gevent.killAll(List.of(), exit(), true, SHORT);
  }

  @Test
  void shouldKillOnceWhenOneIsInTheListTwice() {
    Greenlet<Void> greenlet = spawnNoting("it");
    turn();
    Gevent.killAll(List.of(greenlet, greenlet));
    assertThat(seen).containsExactly("it");
    assertThat(greenlet.isCancelled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldKillRawGreenletsToo(boolean block) {
    RawGreenlet running = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    RawGreenlet unstarted = Gevent.spawnRaw(() -> seen.add("ran"));
    Gevent.killAll(List.of(running, unstarted), exit(), block, null);
    turns();
    assertThat(running.isDead()).isTrue();
    assertThat(unstarted.isDead()).isTrue();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldReportEachWhenTheyAreKilledWithAnError() {
    IOException failure = new IOException("of the test");
    Greenlet<Void> one = spawnSleeping();
    Greenlet<Void> two = spawnSleeping();
    Gevent.killAll(List.of(one, two), failure, true, null);
    assertThat(one.exception()).isSameAs(failure);
    assertThat(takeErrors()).extracting(each -> each.context).containsExactly(one, two);
  }

  @Test
  void shouldKillTheCallerTooWhenItIsInTheList() {
    Greenlet<Void> other = spawnNoting("other");
    turn();
    Greenlet<Void> caller =
        Gevent.spawn(
            () -> {
              Gevent.killAll(List.of((Greenlet<?>) Gevent.getCurrent(), other));
              seen.add("went on");
            });
    assertThat(caller.join(LONG)).isTrue();
    assertThat(other.join(LONG)).isTrue();
    assertThat(caller.isCancelled()).isTrue();
    assertThat(seen).containsExactly("other");
  }

  @Test
  void shouldWaitForThoseThatTakeTheirTimeToEnd() {
    List<Greenlet<Void>> slow = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      slow.add(
          Gevent.spawn(
              () -> {
                try {
                  Gevent.sleep(LONG);
                } finally {
                  Gevent.sleep(SHORT);
                }
              }));
    }
    turn();
    Gevent.killAll(slow);
    assertThat(slow).allMatch(Greenlet::isCancelled);
  }

  @Test
  void shouldKillAThousand() {
    List<Greenlet<Void>> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(Gevent.spawn(() -> Gevent.sleep(LONG)));
    }
    turn();
    Gevent.killAll(many);
    assertThat(many).allMatch(Greenlet::isCancelled);
  }
}
