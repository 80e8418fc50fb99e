package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Killing greenlets in whichever state, in every way, with an exit and with something else. */
class KillMatrixTest extends HubTest {
  private enum State {
    UNSTARTED,
    STARTED,
    START_LATER,
    RUNNING,
    ENDED
  }

  private enum Way {
    KILL,
    KILL_ALL;

    void kill(Greenlet<?> greenlet, Throwable thrown, boolean block) {
      if (this == KILL) {
        greenlet.kill(thrown, block, null);
      } else {
        Gevent.killAll(List.of(greenlet), thrown, block, null);
      }
    }
  }

  static Stream<Arguments> matrix() {
    Stream.Builder<Arguments> all = Stream.builder();
    for (State state : State.values()) {
      for (Way way : Way.values()) {
        for (boolean block : new boolean[] {true, false}) {
          all.add(Arguments.of(state, way, block, new GreenletExit("of the matrix")));
          all.add(Arguments.of(state, way, block, new IllegalStateException("of the matrix")));
        }
      }
    }
    return all.build();
  }

  private final List<String> ran = new ArrayList<>();
  private final List<Object> linked = new ArrayList<>();

  private Greenlet<String> greenletIn(State state) {
    Greenlet<String> greenlet =
        new Greenlet<>(
            () -> {
              ran.add("start");
              if (state == State.RUNNING) {
                Gevent.sleep(LONG);
              }
              ran.add("end");
              return "value";
            });
    switch (state) {
      case UNSTARTED -> {}
      case STARTED -> greenlet.start();
      case START_LATER -> greenlet.startLater(LONG);
      case RUNNING, ENDED -> {
        greenlet.start();
        turn();
      }
    }
    return greenlet;
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void shouldEndTheGreenletWhenItIsKilled(State state, Way way, boolean block, Throwable thrown) {
    Greenlet<String> greenlet = greenletIn(state);
    greenlet.link(linked::add);
    way.kill(greenlet, thrown, block);
    if (state == State.RUNNING && !block) {
      assertThat(greenlet.ready()).as("who doesn't wait is ahead of it").isFalse();
      turn();
    }
    assertEnded(greenlet, state, thrown);
    turns();
    assertThat(linked).containsExactly(greenlet);
    assertStaysEnded(greenlet, state);
    boolean isError = state != State.ENDED && !(thrown instanceof GreenletExit);
    List<Reported> reported = takeErrors();
    assertThat(reported).hasSize(isError ? 1 : 0);
    for (Reported each : reported) {
      assertThat(each.context).isSameAs(greenlet);
      assertThat(each.thrown).isSameAs(thrown);
    }
  }

  private static void assertEnded(Greenlet<String> greenlet, State state, Throwable thrown) {
    assertThat(greenlet.ready()).isTrue();
    assertThat(greenlet.isDead()).isTrue();
    assertThat(greenlet.isStarted()).isFalse();
    boolean byExit = state != State.ENDED && thrown instanceof GreenletExit;
    boolean byError = state != State.ENDED && !byExit;
    assertThat(greenlet.successful()).isEqualTo(!byError);
    assertThat(greenlet.isCancelled()).isEqualTo(byExit);
    assertThat(greenlet.value()).isEqualTo(state == State.ENDED ? "value" : null);
    assertThat(greenlet.exception()).isSameAs(byError ? thrown : null);
    assertThat(greenlet.exit()).isSameAs(byExit ? thrown : null);
  }

  /** Neither starting nor killing it again changes anything, and nothing holds the loop. */
  private void assertStaysEnded(Greenlet<String> greenlet, State state) {
    String before = greenlet.toString();
    greenlet.start();
    greenlet.startLater(SHORT);
    greenlet.kill();
    greenlet.kill(new IllegalStateException("too late"));
    assertThat(Gevent.getHub().join(LONG)).as("nothing is left").isTrue();
    assertThat(greenlet).hasToString(before);
    assertThat(ran)
        .isEqualTo(
            switch (state) {
              case ENDED -> List.of("start", "end");
              case RUNNING -> List.of("start");
              default -> List.of();
            });
  }
}
