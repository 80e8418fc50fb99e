package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a greenlet tells about itself, from before its start until after its end. */
class GreenletStateTest extends HubTest {
  private static final String NEW = "";
  private static final String SCHEDULED = "started";
  private static final String RUNNING = "started active";
  private static final String SUCCESSFUL = "dead ready done successful";
  private static final String FAILED = "dead ready done";
  private static final String EXITED = "dead ready done successful cancelled";

  /** All that is true of it. */
  private static String state(Greenlet<?> greenlet) {
    List<String> words = new ArrayList<>();
    add(words, "started", greenlet.isStarted());
    add(words, "active", greenlet.isActive());
    add(words, "dead", greenlet.isDead());
    add(words, "ready", greenlet.ready());
    add(words, "done", greenlet.isDone());
    add(words, "successful", greenlet.successful());
    add(words, "cancelled", greenlet.isCancelled());
    return String.join(" ", words);
  }

  private static void add(List<String> words, String word, boolean applies) {
    if (applies) {
      words.add(word);
    }
  }

  private static void assertNoOutcome(Greenlet<?> greenlet) {
    assertThat(greenlet.value()).isNull();
    assertThat(greenlet.exception()).isNull();
    assertThat(greenlet.exit()).isNull();
  }

  @Test
  void shouldTellItsStateWhenItReturns() {
    Greenlet<String> greenlet =
        new Greenlet<>(
            () -> {
              Gevent.sleep(0);
              return "value";
            });
    assertThat(state(greenlet)).isEqualTo(NEW);
    assertNoOutcome(greenlet);
    greenlet.start();
    assertThat(state(greenlet)).isEqualTo(SCHEDULED);
    assertNoOutcome(greenlet);
    turn();
    assertThat(state(greenlet)).isEqualTo(RUNNING);
    assertNoOutcome(greenlet);
    turn();
    assertThat(state(greenlet)).isEqualTo(SUCCESSFUL);
    assertThat(greenlet.value()).isEqualTo("value");
    assertThat(greenlet.exception()).isNull();
    assertThat(greenlet.exit()).isNull();
  }

  @Test
  void shouldTellItsStateWhenItThrows() {
    IOException failure = new IOException();
    Greenlet<String> greenlet =
        new Greenlet<>(
            () -> {
              Gevent.sleep(0);
              throw failure;
            });
    greenlet.start();
    assertThat(state(greenlet)).isEqualTo(SCHEDULED);
    turn();
    assertThat(state(greenlet)).isEqualTo(RUNNING);
    assertNoOutcome(greenlet);
    turn();
    assertThat(state(greenlet)).isEqualTo(FAILED);
    assertThat(greenlet.value()).isNull();
    assertThat(greenlet.exception()).isSameAs(failure);
    assertThat(greenlet.exit()).isNull();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldCountAsSuccessfulWhenItEndsByAnExit() {
    GreenletExit exit = exit();
    Greenlet<Object> greenlet = spawnFailing(exit);
    turn();
    assertThat(state(greenlet)).isEqualTo(EXITED);
    assertThat(greenlet.value()).isNull();
    assertThat(greenlet.exception()).isNull();
    assertThat(greenlet.exit()).isSameAs(exit);
  }

  @Test
  void shouldCountAsSuccessfulWhenItEndsByASubclassOfExit() {
    class Leave extends GreenletExit {}

    GreenletExit leave = new Leave();
    Greenlet<Object> greenlet = spawnFailing(leave);
    turn();
    assertThat(state(greenlet)).isEqualTo(EXITED);
    assertThat(greenlet.exit()).isSameAs(leave);
  }

  @Test
  void shouldBeSuccessfulWhenAnExitIsItsValue() {
    GreenletExit exit = exit();
    Greenlet<GreenletExit> greenlet = Gevent.spawn(() -> exit);
    turn();
    assertThat(state(greenlet)).isEqualTo(SUCCESSFUL);
    assertThat(greenlet.value()).isSameAs(exit);
    assertThat(greenlet.exit()).isNull();
  }

  @Test
  void shouldKeepANullAsItsValueWhenItReturnsOne() throws Exception {
    Greenlet<Object> greenlet = Gevent.spawn(() -> null);
    assertThat(greenlet.get()).isNull();
    assertThat(state(greenlet)).isEqualTo(SUCCESSFUL);
  }

  @Test
  void shouldCountAsStartedWhenItIsToStartLater() {
    Greenlet<Void> greenlet = Gevent.spawnLater(SHORT, () -> {});
    assertThat(state(greenlet)).isEqualTo(SCHEDULED);
    turn();
    assertThat(state(greenlet)).isEqualTo(SCHEDULED);
    greenlet.join();
    assertThat(state(greenlet)).isEqualTo(SUCCESSFUL);
  }

  @Test
  void shouldNotBeDeadWhileItRunsItsFirstLines() {
    List<String> states = new ArrayList<>();
    Greenlet<Boolean> greenlet =
        Gevent.spawn(() -> states.add(state((Greenlet<?>) Gevent.getCurrent())));
    turn();
    assertThat(states).containsExactly(RUNNING);
    assertThat(state(greenlet)).isEqualTo(SUCCESSFUL);
  }

  @Test
  void shouldStayAliveWhenAnotherOneEnds() {
    Greenlet<Void> sleeper = spawnSleeping();
    Gevent.spawn(() -> {}).join();
    assertThat(state(sleeper)).isEqualTo(RUNNING);
  }

  @Test
  void shouldKeepItsOutcomeWhenItIsAskedTwice() throws Exception {
    Greenlet<Object> greenlet = Gevent.spawn(Object::new);
    Object value = greenlet.get();
    assertThat(greenlet.get()).isSameAs(value);
    assertThat(greenlet.value()).isSameAs(value);
  }

  @Test
  void shouldNeverEnterTheParentWhenItThrows() {
    Greenlet<Object> greenlet = spawnFailing(new IllegalStateException("in the greenlet"));
    assertThat(greenlet.join()).isTrue();
    turns();
    assertThat(takeThrown()).containsExactly(greenlet.exception());
  }

  @Test
  void shouldSayItsNameAndStateWhenItIsPrinted() {
    Greenlet<String> greenlet =
        new Greenlet<>(
            () -> {
              Gevent.sleep(0);
              return "it";
            });
    greenlet.setName("Fred");
    assertThat(greenlet).hasToString("Fred[not started]");
    greenlet.start();
    assertThat(greenlet).hasToString("Fred[to be started]");
    turn();
    assertThat(greenlet).hasToString("Fred[running]");
    turn();
    assertThat(greenlet).hasToString("Fred[value=it]");
  }

  @Test
  void shouldSayWhatItThrewWhenItIsPrinted() {
    Greenlet<Object> greenlet = spawnFailing(new IllegalStateException("no"));
    greenlet.join();
    assertThat(greenlet.toString()).endsWith("[exception=java.lang.IllegalStateException: no]");
    takeErrors();
  }
}
