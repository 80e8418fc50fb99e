package io.gevent4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a greenlet has in all locals. */
class AllLocalsTest extends LocalTest {
  private final GreenletLocal<Object> one = new GreenletLocal<>();
  private final GreenletLocal<Object> other = new GreenletLocal<>();

  // gevent: test__local.py test_local_dicts_for_greenlet
  @Test
  void shouldShowWhatTheCallerHas() throws Exception {
    one.set("of main");
    Map<GreenletLocal<?>, Object> seen =
        inGreenlet(
            () -> {
              one.set(42);
              return GreenletLocal.all(RawGreenlet.getCurrent());
            });
    assertThat(seen).isEqualTo(Map.of(one, 42));
    assertThat(GreenletLocal.all(RawGreenlet.getCurrent())).isEqualTo(Map.of(one, "of main"));
  }

  @Test
  void shouldShowWhatAnotherGreenletHasInOrderOfFirstUse() {
    Greenlet<Void> sleeps =
        Gevent.spawn(
            () -> {
              other.set(1);
              one.set(null);
              other.set(2);
              Gevent.sleep(LONG);
            });
    turn();
    Map<GreenletLocal<?>, Object> seen = GreenletLocal.all(sleeps);
    assertThat(new ArrayList<>(seen.keySet())).isEqualTo(List.of(other, one));
    assertThat(new ArrayList<>(seen.values())).containsExactly(2, null);
    sleeps.kill();
    assertThat(GreenletLocal.all(sleeps)).as("of a dead one").isEmpty();
  }

  @Test
  void shouldShowNothingOfARawGreenletThatIsDead() {
    RawGreenlet raw =
        new RawGreenlet(
            value -> {
              one.set(1);
              RawGreenlet.getCurrent().getParent().switchTo();
              return null;
            });
    assertThat(GreenletLocal.all(raw)).as("before it runs").isEmpty();
    raw.switchTo();
    assertThat(GreenletLocal.all(raw)).isEqualTo(Map.of(one, 1));
    raw.switchTo();
    assertThat(GreenletLocal.all(raw)).isEmpty();
  }

  @Test
  void shouldNotShowWhatWasRemoved() {
    one.set(1);
    other.set(2);
    one.remove();
    assertThat(GreenletLocal.all(RawGreenlet.getCurrent())).isEqualTo(Map.of(other, 2));
  }

  @Test
  void shouldShowWhatWasSetFirstWhileAway() throws Exception {
    Map<GreenletLocal<?>, Object> seen =
        inGreenlet(
            () -> {
              Hub.get().blocking(() -> one.get());
              return GreenletLocal.all(RawGreenlet.getCurrent());
            });
    assertThat(seen).containsOnlyKeys(one);
  }

  @Test
  void shouldStillShowThemToTheErrorHandler() {
    List<Object> seen = new ArrayList<>();
    Hub.get()
        .setErrorHandler(
            (context, thrown) -> {
              seen.add(one.get());
              seen.add(GreenletLocal.all((RawGreenlet) context));
            });
    Gevent.spawn(
            () -> {
              one.set("request 1");
              throw new IllegalStateException();
            })
        .join();
    assertThat(seen).isEqualTo(List.of("request 1", Map.of(one, "request 1")));
  }

  @Test
  void shouldRefuseNull() {
    assertThatThrownBy(() -> GreenletLocal.all(null)).hasMessage("greenlet");
  }
}
