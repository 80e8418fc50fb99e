package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubDestroyed;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scopes within scopes, and what becomes of a scope when its owner is killed. */
class ScopeNestedTest extends HubTest {
  private static final Duration MUCH_LATER = Duration.ofSeconds(5);

  private final List<Object> seen = new ArrayList<>();
  private final Event innermost = new Event();

  private void sleepAndTell(String name) {
    try {
      Gevent.sleep(LONG);
    } finally {
      Gevent.sleep(SHORT);
      seen.add(name);
    }
  }

  // ---- owners that are killed ----

  @Test
  void shouldEndWithAnOwnerThatIsKilledWhileItWaits() {
    Greenlet<Void> owner =
        Gevent.spawn(
            () -> {
              try (Scope scope = Scope.open()) {
                scope.spawn(() -> sleepAndTell("child"));
              } finally {
                seen.add("owner");
              }
            });
    turns();
    owner.kill(exit(), true, MUCH_LATER);
    assertThat(owner.isCancelled()).isTrue();
    assertThat(seen).containsExactly("child", "owner");
  }

  @Test
  void shouldEndWithAnOwnerThatIsKilledInACall() {
    Greenlet<Void> owner =
        Gevent.spawn(
            () ->
                Scope.call(
                    scope -> {
                      scope.spawn(() -> sleepAndTell("child"));
                      sleepAndTell("owner");
                      return null;
                    }));
    turns();
    owner.kill(exit(), true, MUCH_LATER);
    assertThat(owner.isCancelled()).isTrue();
    assertThat(seen).containsExactly("owner", "child");
  }

  @Test
  void shouldBeCancelledWhenItsOwnerEndsWithoutClosingIt() {
    Greenlet<Greenlet<Void>> owner =
        Gevent.spawn(() -> Scope.open().spawn(() -> sleepAndTell("child")));
    owner.join();
    assertThat(owner.value().join(MUCH_LATER)).isTrue();
    assertThat(owner.value().isCancelled()).isTrue();
  }

  @Test
  void shouldLeaveNoLinkAtItsOwner() {
    Greenlet<Boolean> owner =
        Gevent.spawn(
            () -> {
              try (Scope scope = Scope.open()) {
                scope.spawn(() -> {});
              }
              return ((Greenlet<?>) Gevent.getCurrent()).hasLinks();
            });
    while (!owner.ready()) { // joining it would be a link
      turn();
    }
    assertThat(owner.value()).isFalse();
  }

  // ---- scopes within scopes ----

  /** A scope with a greenlet that has a scope with one, and sleeps in it, or joins or closes it. */
  private Greenlet<Void> spawnNest(Scope outer, String where) {
    return outer.spawn(
        () -> {
          try (Scope inner = Scope.open()) {
            inner.spawn(() -> sleepAndTell("grandchild"));
            if (where.equals("sleep")) {
              Gevent.sleep(LONG);
            } else if (where.equals("join")) {
              inner.join();
            }
          } finally {
            seen.add("child");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"sleep", "join", "close"})
  void shouldCancelThoseWithinWhereverTheirOwnersWait(String where) {
    long start = System.nanoTime();
    Greenlet<Void> child;
    try (Scope outer = Scope.open()) {
      child = spawnNest(outer, where);
      turns();
      outer.cancel();
    }
    assertThat(System.nanoTime() - start).isLessThan(MUCH_LATER.toNanos());
    assertThat(child.isCancelled()).isTrue();
    assertThat(seen).containsExactly("grandchild", "child");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sleep", "join", "close"})
  void shouldCancelThoseWithinWhenTheTimeIsUp(String where) {
    assertThatThrownBy(
            () -> {
              try (Scope outer = Scope.open(SHORT)) {
                spawnNest(outer, where);
              }
            })
        .isInstanceOf(Timeout.class);
    assertThat(seen).containsExactly("grandchild", "child");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldCancelThoseWithinWhoeverKillsTheirOwner(boolean all) {
    try (Scope outer = Scope.open()) {
      Greenlet<Void> child = spawnNest(outer, "sleep");
      turns();
      if (all) {
        Gevent.killAll(List.of(child));
      } else {
        child.kill();
      }
      assertThat(seen).containsExactly("grandchild", "child");
      assertThat(outer.isCancelled()).isFalse();
    }
  }

  @Test
  void shouldNotCancelByATimeoutThatIsCaughtWithin() {
    try (Scope outer = Scope.open()) {
      outer.spawn(
          () -> {
            try (Scope inner = Scope.open()) {
              inner.spawn(
                  () -> {
                    Gevent.sleep(SHORT.multipliedBy(3));
                    seen.add("grandchild");
                  });
              assertThat(Timeout.silent(SHORT).run(() -> Gevent.sleep(LONG))).isFalse();
              assertThat(inner.isCancelled()).isFalse();
            }
          });
    }
    assertThat(seen).containsExactly("grandchild");
  }

  @Test
  void shouldHandAFailureOutwards() {
    IOException failure = new IOException("of the test");
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope outer = Scope.open()) {
                outer.spawn(() -> sleepAndTell("sibling"));
                outer.spawn(
                    () -> {
                      try (Scope inner = Scope.open()) {
                        inner.spawn(
                            () -> {
                              Gevent.sleep(SHORT);
                              throw raise(failure);
                            });
                      }
                    });
              }
            });
    assertThat(thrown).isSameAs(failure);
    assertThat(seen).containsExactly("sibling");
    assertThat(takeThrown()).containsExactly(failure, failure);
  }

  @Test
  void shouldNotHandOutwardsAFailureThatIsCaught() {
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        inner.spawn(
            () -> {
              throw new IllegalStateException("of the test");
            });
      } catch (IllegalStateException caught) {
        seen.add(caught.getMessage());
      }
      assertThat(outer.isCancelled()).isFalse();
      outer.spawn(() -> seen.add("sibling"));
    }
    assertThat(seen).containsExactly("of the test", "sibling");
    takeErrors();
  }

  @Test
  void shouldKeepADeadlineWithinADeadline() {
    long start = System.nanoTime();
    assertThatThrownBy(
            () -> {
              try (Scope outer = Scope.open(LONG)) {
                outer.spawn(
                    () -> {
                      try (Scope inner = Scope.open(SHORT)) {
                        inner.spawn(() -> sleepAndTell("grandchild"));
                      }
                    });
              }
            })
        .isInstanceOf(Timeout.class)
        .hasMessage("0.01 seconds");
    assertThat(System.nanoTime() - start).isLessThan(MUCH_LATER.toNanos());
    assertThat(takeThrown()).hasSize(1);
  }

  @Test
  void shouldCancelTenDeep() {
    try (Scope scope = Scope.open()) {
      scope.spawn(() -> nest(10));
      innermost.await();
      scope.cancel();
    }
    assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  private void nest(int depth) {
    try (Scope scope = Scope.open()) {
      if (depth > 0) {
        scope.spawn(() -> nest(depth - 1));
      } else {
        innermost.set();
      }
      Gevent.sleep(LONG);
    } finally {
      seen.add(depth);
    }
  }

  // ---- the end of the hub ----

  @Test
  void shouldLetTheHubBeClosed() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Greenlet<?>> child = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                Gevent.spawn(
                    () -> {
                      try (Scope scope = Scope.open(LONG)) {
                        child.set(scope.spawn(() -> Gevent.sleep(LONG)));
                      } catch (GreenletExit exit) {
                        thrown.set(exit);
                        throw exit;
                      }
                    });
                turns();
              }
            });
    thread.start();
    thread.join(MUCH_LATER.toMillis());
    assertThat(thread.isAlive()).isFalse();
    assertThat(thrown.get()).isInstanceOf(HubDestroyed.class);
    assertThat(child.get().ready()).isTrue();
  }
}
