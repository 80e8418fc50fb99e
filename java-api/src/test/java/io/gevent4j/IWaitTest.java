package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Getting things one by one, as they become ready. */
class IWaitTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  /** Ends after so many turns, which is exact where times are not. */
  private static Greenlet<Integer> spawnTaking(int turns) {
    return Gevent.spawn(
        () -> {
          for (int i = 0; i < turns; i++) {
            turn();
          }
          return turns;
        });
  }

  @Test
  void shouldGiveThemInTheOrderInWhichTheyBecomeReady() {
    Greenlet<Integer> slow = spawnTaking(15);
    Greenlet<Integer> fast = spawnTaking(5);
    for (Greenlet<Integer> each : Gevent.iwait(List.of(slow, fast))) {
      seen.add(each.value());
    }
    assertThat(seen).containsExactly(5, 15);
  }

  @Test
  void shouldGiveOneBeforeTheOthersHaveEnded() {
    Greenlet<Integer> fast = spawnTaking(1);
    Greenlet<Void> sleeper = spawnSleeping();
    try (IWait<Greenlet<?>> ready = Gevent.iwait(List.of(sleeper, fast))) {
      assertThat(ready.next()).isSameAs(fast);
      assertThat(sleeper.hasLinks()).isTrue();
    }
  }

  @Test
  void shouldForgetTheOthersWhenItIsClosedEarly() {
    Greenlet<Void> one = spawnSleeping();
    Greenlet<Void> two = spawnSleeping();
    Greenlet<Integer> fast = spawnTaking(1);
    IWait<Greenlet<?>> ready = Gevent.iwait(List.of(one, fast, two));
    ready.next();
    ready.close();
    ready.close();
    assertThat(one.hasLinks()).isFalse();
    assertThat(two.hasLinks()).isFalse();
    assertThat(ready.hasNext()).isFalse();
    assertThat(thrownBy(ready::next)).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void shouldForgetThemWhenTheBodyThrows() {
    Greenlet<Void> sleeper = spawnSleeping();
    Greenlet<Integer> fast = spawnTaking(1);
    IllegalStateException failure = new IllegalStateException("in the body");
    Throwable thrown =
        thrownBy(
            () -> {
              try (IWait<Greenlet<?>> ready = Gevent.iwait(List.of(sleeper, fast))) {
                ready.next();
                throw failure;
              }
            });
    assertThat(thrown).isSameAs(failure);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldForgetThemWhenATimeoutEndsTheWait() {
    Greenlet<Void> sleeper = spawnSleeping();
    Timeout timeout = new Timeout(SHORT);
    Throwable thrown =
        thrownBy(
            () ->
                timeout.run(
                    () -> {
                      try (IWait<Greenlet<Void>> ready = Gevent.iwait(List.of(sleeper))) {
                        ready.next();
                      }
                    }));
    assertThat(thrown).isSameAs(timeout);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldMissNoneWhenTheBodyWaits() {
    Greenlet<Integer> ended = spawnTaking(0);
    ended.join();
    List<Greenlet<Integer>> workers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      workers.add(spawnTaking(i));
    }
    workers.add(ended);
    for (Greenlet<Integer> each : Gevent.iwait(workers)) {
      seen.add(each);
      Gevent.sleep(SHORT);
    }
    assertThat(seen).hasSize(4).containsExactlyInAnyOrderElementsOf(workers);
    assertThat(seen.get(0)).isSameAs(ended);
  }

  @Test
  void shouldWorkInsideAnother() {
    List<Greenlet<Integer>> outer = List.of(spawnTaking(5), spawnTaking(15));
    List<Greenlet<Integer>> inner = List.of(spawnTaking(1), spawnTaking(25));
    for (Greenlet<Integer> each : Gevent.iwait(outer)) {
      seen.add(each.value());
      for (Greenlet<Integer> other : Gevent.iwait(inner)) {
        seen.add(other.value());
      }
    }
    assertThat(seen).containsExactly(5, 1, 25, 15, 1, 25);
  }

  @Test
  void shouldGiveOnlySoManyWhenThereIsACount() {
    Greenlet<Void> sleeper = spawnSleeping();
    Greenlet<Integer> slow = spawnTaking(10);
    Greenlet<Integer> fast = spawnTaking(1);
    for (Greenlet<?> each : Gevent.iwait(List.of(sleeper, slow, fast), null, 2)) {
      seen.add(each);
    }
    assertThat(seen).containsExactly(fast, slow);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldStopWhenTheTimeIsUp() {
    Greenlet<Void> sleeper = spawnSleeping();
    Greenlet<Integer> fast = spawnTaking(1);
    for (Greenlet<?> each : Gevent.iwait(List.of(sleeper, fast), Duration.ofMillis(50), -1)) {
      seen.add(each);
    }
    assertThat(seen).containsExactly(fast);
    assertThat(sleeper.hasLinks()).isFalse();
  }

  @Test
  void shouldCountTheTimeFromItsMakingNotFromEachWait() {
    Greenlet<Void> sleeper = spawnSleeping();
    try (IWait<Greenlet<Void>> ready = Gevent.iwait(List.of(sleeper), SHORT, -1)) {
      Gevent.sleep(SHORT);
      long start = System.nanoTime();
      assertThat(ready.hasNext()).isFalse();
      assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
    }
  }

  @Test
  void shouldGiveNothingWhenThereIsNothing() {
    assertThat(Gevent.iwait(List.<Greenlet<?>>of()).hasNext()).isFalse();
    assertThat(Gevent.iwait(List.of(spawnSleeping()), null, 0).hasNext()).isFalse();
  }

  @Test
  void shouldLinkToNoneBeforeTheFirstIsAskedFor() {
    Greenlet<Void> sleeper = spawnSleeping();
    try (IWait<Greenlet<Void>> ready = Gevent.iwait(List.of(sleeper), SHORT, -1)) {
      assertThat(sleeper.hasLinks()).isFalse();
      assertThat(ready.hasNext()).isFalse();
    }
  }

  @Test
  void shouldTellTwiceThatThereIsANext() {
    Greenlet<Integer> fast = spawnTaking(1);
    IWait<Greenlet<Integer>> ready = Gevent.iwait(List.of(fast));
    assertThat(ready.hasNext()).isTrue();
    assertThat(ready.hasNext()).isTrue();
    assertThat(ready.next()).isSameAs(fast);
    assertThat(ready.hasNext()).isFalse();
  }

  @Test
  void shouldWaitForAnythingThatCanBeLinkedTo() {
    List<Consumer<? super Linkable>> links = new ArrayList<>();
    Linkable thing =
        new Linkable() {
          @Override
          public boolean ready() {
            return false;
          }

          @Override
          public void rawLink(Consumer<? super Linkable> callback) {
            links.add(callback);
          }

          @Override
          public void unlink(Consumer<?> callback) {
            links.remove(callback);
          }
        };
    Greenlet<Integer> greenlet = spawnTaking(30);
    Gevent.spawn(() -> links.get(0).accept(thing));
    List<Linkable> done = Gevent.waitAll(List.of(greenlet, thing), null, 1);
    assertThat(done).containsExactly(thing);
    assertThat(links).isEmpty();
  }
}
