package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Killing one greenlet: who waits for what, who survives, and who can be killed at all. */
class KillTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  @Test
  void shouldTellLinksWithinOneTurnWhenKilledBeforeTheStart() {
    Greenlet<Boolean> greenlet = new Greenlet<>(() -> seen.add("ran"));
    greenlet.rawLink(seen::add);
    greenlet.kill();
    assertThat(seen).isEmpty();
    turn();
    assertThat(seen).containsExactly(greenlet);
  }

  @Test
  void shouldNotSwitchWhenKilledBeforeTheStart() {
    Greenlet<Void> other = Gevent.spawn(() -> {});
    Greenlet<Void> greenlet = Gevent.spawn(() -> {});
    greenlet.kill();
    assertThat(greenlet.ready()).isTrue();
    assertThat(other.ready()).as("another one has run meanwhile").isFalse();
  }

  @Test
  void shouldNotSwitchWhenKilledAfterTheEnd() {
    Greenlet<Void> ended = Gevent.spawn(() -> {});
    ended.join();
    Greenlet<Void> other = Gevent.spawn(() -> {});
    ended.kill();
    assertThat(other.ready()).isFalse();
  }

  @Test
  void shouldRunFinallyBlocksWhenKilled() {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              try {
                Gevent.sleep(LONG);
              } finally {
                Gevent.sleep(SHORT);
                seen.add("cleaned up");
              }
            });
    turn();
    greenlet.kill();
    assertThat(seen).as("kill waits for the end").containsExactly("cleaned up");
    assertThat(greenlet.isCancelled()).isTrue();
  }

  @Test
  void shouldWaitForTheEndWhenTheTargetSwallowsTheException() {
    Greenlet<String> greenlet =
        Gevent.spawn(
            () -> {
              try {
                Gevent.sleep(LONG);
              } catch (GreenletExit swallowed) {
                seen.add(swallowed);
              }
              Gevent.sleep(SHORT);
              return "lived on";
            });
    turn();
    GreenletExit exit = exit();
    greenlet.kill(exit);
    assertThat(seen).containsExactly(exit);
    assertThat(greenlet.value()).isEqualTo("lived on");
    assertThat(greenlet.isCancelled()).isFalse();
  }

  @Test
  void shouldReturnSilentlyWhenTheTimeIsUpAndTheTargetLivesOn() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = spawnUndead(caught);
    GreenletExit exit = exit();
    undead.kill(exit, true, SHORT);
    assertThat(undead.ready()).isFalse();
    assertThat(undead.isDead()).isFalse();
    assertThat(caught).as("it is thrown once").containsExactly(exit);
    turns();
    assertThat(caught).hasSize(1);
  }

  @Test
  void shouldThrowAgainWhenKilledAgain() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = spawnUndead(caught);
    GreenletExit first = exit();
    GreenletExit second = exit();
    undead.kill(first, false, null);
    undead.kill(second, false, null);
    turns();
    assertThat(caught).containsExactly(first, second);
  }

  @Test
  void shouldBeHarmlessWhenKilledTwiceBeforeItNotices() {
    Greenlet<Void> greenlet = spawnSleeping();
    GreenletExit first = exit();
    greenlet.kill(first, false, null);
    greenlet.kill(exit(), false, null);
    greenlet.join();
    assertThat(greenlet.exit()).isSameAs(first);
  }

  @Test
  void shouldThrowWhatItWasKilledWithWhenTheValueIsAskedFor() {
    IOException failure = new IOException("of the test");
    Greenlet<Void> greenlet = spawnSleeping();
    greenlet.kill(failure);
    assertThat(thrownBy(greenlet::get)).isInstanceOf(ExecutionException.class).hasCause(failure);
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldThrowTheVeryExceptionInTheGreenlet() {
    IOException failure = new IOException("of the test");
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = spawnUndead(caught);
    undead.kill(failure, true, SHORT);
    assertThat(caught).singleElement().isSameAs(failure);
  }

  @Test
  void shouldLetATimeoutThroughWhileItWaits() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> undead = spawnUndead(caught);
    Timeout timeout = new Timeout(SHORT);
    assertThat(thrownBy(() -> timeout.run(undead::kill))).isSameAs(timeout);
    assertThat(undead.isDead()).isFalse();
    assertThat(caught).hasSize(1);
  }

  @Test
  void shouldEndByAnExitWhenItKillsItself() {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              ((Greenlet<?>) Gevent.getCurrent()).kill();
              seen.add("went on");
            });
    assertThat(greenlet.join(LONG)).isTrue();
    assertThat(greenlet.isCancelled()).isTrue();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldEndAtItsNextWaitWhenItKillsItselfWithoutWaiting() {
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              ((Greenlet<?>) Gevent.getCurrent()).kill(false);
              seen.add("went on");
              Gevent.sleep(LONG);
              seen.add("woke");
            });
    assertThat(greenlet.join(LONG)).isTrue();
    assertThat(greenlet.isCancelled()).isTrue();
    assertThat(seen).containsExactly("went on");
  }

  @Test
  void shouldBeHarmlessWhenItEndsAfterKillingItselfWithoutWaiting() throws Exception {
    Greenlet<String> greenlet =
        Gevent.spawn(
            () -> {
              ((Greenlet<?>) Gevent.getCurrent()).kill(false);
              return "value";
            });
    assertThat(greenlet.get()).isEqualTo("value");
    turns();
  }

  @Test
  void shouldThrowInMainWhenMainIsKilled() {
    RawGreenlet main = Gevent.getCurrent();
    IOException failure = new IOException("of the test");
    Gevent.kill(main, failure);
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isSameAs(failure);
    Gevent.spawn(() -> Gevent.kill(main));
    assertThat(thrownBy(() -> Gevent.sleep(LONG))).isInstanceOf(GreenletExit.class);
  }

  @Test
  void shouldNotWaitWhenTheFacadeKills() {
    Greenlet<Void> greenlet = spawnSleeping();
    Gevent.kill(greenlet);
    assertThat(greenlet.ready()).isFalse();
    turn();
    assertThat(greenlet.isCancelled()).isTrue();
  }

  @Test
  void shouldEndARawGreenletWhenItIsKilledRightAfterItsSpawn() {
    RawGreenlet raw =
        Gevent.spawnRaw(
            () -> {
              Gevent.sleep(LONG);
              seen.add("woke");
            });
    Gevent.kill(raw);
    turns();
    assertThat(seen).isEmpty();
    assertThat(raw.isDead()).isTrue();
  }

  @Test
  void shouldEndARawGreenletQuietlyWhenItIsKilled() {
    RawGreenlet raw = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    assertThat(raw.isActive()).isTrue();
    Gevent.kill(raw);
    turn();
    assertThat(raw.isDead()).isTrue();
    Gevent.kill(raw);
    turns();
  }

  @Test
  void shouldReportWhatARawGreenletIsKilledWithWhenThatIsAnError() {
    IOException failure = new IOException("of the test");
    RawGreenlet raw = Gevent.spawnRaw(() -> Gevent.sleep(LONG));
    turn();
    Gevent.kill(raw, failure);
    turns();
    Reported reported = takeErrors().get(0);
    assertThat(reported.thrown).isSameAs(failure);
    assertThat(reported.context).isSameAs(raw);
  }

  @Test
  void shouldNeverStartWhenSomethingIsThrownIntoItBefore() {
    Greenlet<Boolean> greenlet = Gevent.spawn(() -> seen.add("ran"));
    GreenletExit exit = exit();
    greenlet.throwInto(exit);
    assertThat(greenlet.exit()).isSameAs(exit);
    turns();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldNotHoldTheLoopWhenKilledBeforeItsDelayIsOver() {
    Greenlet<Void> greenlet = Gevent.spawnLater(LONG, () -> {});
    long start = System.nanoTime();
    greenlet.kill();
    Gevent.waitAll();
    assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos() / 2);
  }

  @Test
  void shouldKeepTheOtherTimersWhenASleeperIsKilled() {
    Greenlet<Void> killed = spawnSleeping();
    Greenlet<Void> other = Gevent.spawn(() -> Gevent.sleep(SHORT));
    turn();
    killed.kill();
    assertThat(other.join(LONG)).isTrue();
    assertThat(other.successful()).isTrue();
  }

  @Test
  void shouldRefuseNullAsWhatItIsKilledWith() {
    Greenlet<Void> greenlet = new Greenlet<>(() -> {});
    assertThat(thrownBy(() -> greenlet.kill((Throwable) null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(thrownBy(() -> Gevent.kill(greenlet, null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(thrownBy(() -> Gevent.killAll(List.of(greenlet), null, true, null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(greenlet.ready()).isFalse();
  }
}
