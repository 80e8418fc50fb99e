package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deadlines of scopes, callers that aren't the owner, and what is thrown into the owner. */
class ScopeOwnerTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private static Greenlet<Void> spawnSleeper(Scope scope) {
    return scope.spawn(() -> Gevent.sleep(LONG));
  }

  private static Greenlet<Void> spawnFailing(Scope scope, Throwable failure) {
    return scope.spawn(
        () -> {
          Gevent.sleep(SHORT);
          throw raise(failure);
        });
  }

  /** One that takes its time to end when it is killed. */
  private Greenlet<Void> spawnSlow(Scope scope) {
    return scope.spawn(
        () -> {
          try {
            Gevent.sleep(LONG);
          } finally {
            Gevent.sleep(SHORT);
            seen.add("ended");
          }
        });
  }

  // ---- the deadline ----

  @Test
  void shouldCancelWhenTheTimeIsUp() {
    List<Greenlet<Void>> greenlets = new ArrayList<>();
    long start = System.nanoTime();
    assertThatThrownBy(
            () -> {
              try (Scope scope = Scope.open(SHORT)) {
                greenlets.add(spawnSleeper(scope));
                greenlets.add(spawnSlow(scope));
              }
            })
        .isInstanceOf(Timeout.class)
        .hasMessage("0.01 seconds");
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
    assertThat(greenlets).allMatch(Greenlet::isCancelled);
    assertThat(seen).containsExactly("ended");
  }

  @Test
  void shouldThrowTheTimeoutFromJoinAndNotAgain() {
    try (Scope scope = Scope.open(0.01)) {
      spawnSleeper(scope);
      assertThatThrownBy(scope::join).isInstanceOf(Timeout.class);
    }
  }

  @Test
  void shouldThrowTheTimeoutOfACallInSeconds() throws Exception {
    assertThat(Scope.<String>call(LONG.toMillis() / 1e3, scope -> "in time")).isEqualTo("in time");
    assertThatThrownBy(() -> Scope.call(0.01, scope -> spawnSleeper(scope)))
        .isInstanceOf(Timeout.class);
  }

  @Test
  void shouldCancelAlsoWhileTheOwnerDoesSomethingElse() {
    Scope scope = Scope.open(SHORT);
    Greenlet<Void> greenlet = spawnSleeper(scope);
    assertThat(greenlet.join(LONG)).isTrue();
    assertThat(greenlet.isCancelled()).isTrue();
    assertThatThrownBy(scope::close).isInstanceOf(Timeout.class);
  }

  @Test
  void shouldLeaveNothingBehindWhenItIsClosedInTime() {
    try (Scope scope = Scope.open(LONG)) {
      scope.spawn(() -> Gevent.sleep(SHORT));
    }
    long start = System.nanoTime();
    Gevent.waitAll();
    assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos() / 2);
  }

  @Test
  void shouldRatherThrowAFailureThanTheTimeoutThatComesAfterIt() {
    IOException failure = new IOException("of the test");
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open(Duration.ofMillis(200))) {
                spawnFailing(scope, failure);
                scope.spawn(
                    () -> {
                      try {
                        Gevent.sleep(LONG);
                      } finally {
                        Gevent.sleep(Duration.ofMillis(300));
                      }
                    });
              }
            });
    assertThat(thrown).isSameAs(failure);
    takeErrors();
  }

  @Test
  void shouldApplyADeadlineToACall() {
    assertThatThrownBy(
            () ->
                Scope.call(
                    SHORT,
                    scope -> {
                      spawnSleeper(scope);
                      return null;
                    }))
        .isInstanceOf(Timeout.class);
  }

  // ---- whose it is ----

  @Test
  void shouldRefuseToBeJoinedOrClosedByAnother() {
    try (Scope scope = Scope.open()) {
      Gevent.spawn(
              () -> {
                seen.add(thrownBy(scope::join));
                seen.add(thrownBy(scope::close));
              })
          .join();
    }
    assertThat(seen).hasSize(2).allMatch(each -> each instanceof IllegalStateException);
  }

  @Test
  void shouldRefuseToSpawnOnceItIsClosed() {
    Scope scope = Scope.open();
    scope.close();
    scope.close();
    assertThatThrownBy(() -> scope.spawn(() -> 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(scope.toString());
    assertThat(scope.toString()).contains("closed");
  }

  // ---- main in trouble ----

  @Test
  void shouldCancelAndThrowOnATimeoutOfTheOwner() {
    Timeout outer = new Timeout(SHORT);
    Throwable thrown =
        thrownBy(
            () ->
                outer.run(
                    () -> {
                      try (Scope scope = Scope.open()) {
                        spawnSlow(scope);
                      }
                    }));
    assertThat(thrown).isSameAs(outer);
    assertThat(seen).containsExactly("ended");
  }

  @Test
  void shouldThrowOnTheLastOfSeveralThatComeWhileItEnds() {
    Timeout inner = new Timeout(SHORT);
    Timeout outer = new Timeout(SHORT.multipliedBy(3));
    Throwable thrown =
        thrownBy(
            () ->
                outer.run(
                    () ->
                        inner.run(
                            () -> {
                              try (Scope scope = Scope.open()) {
                                scope.spawn(
                                    () -> {
                                      try {
                                        Gevent.sleep(LONG);
                                      } finally {
                                        Gevent.sleep(SHORT.multipliedBy(20));
                                        seen.add("ended");
                                      }
                                    });
                              }
                            })));
    assertThat(thrown).isSameAs(outer).hasSuppressedException(inner);
    assertThat(seen).containsExactly("ended");
  }

  @Test
  void shouldEndThoseThatWouldWaitForEver() {
    Greenlet<?>[] waiting = new Greenlet<?>[1];
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open()) {
                waiting[0] = scope.spawn(() -> Gevent.getHub().switchOut());
              }
            });
    assertThat(thrown).isInstanceOf(LoopExit.class);
    assertThat(waiting[0].isCancelled()).isTrue();
  }

  @Test
  void shouldGiveUpOnOneThatWaitsForEverAndCannotBeKilled() {
    Greenlet<?>[] undead = new Greenlet<?>[1];
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open()) {
                undead[0] =
                    scope.spawn(
                        () -> {
                          try {
                            Gevent.getHub().switchOut();
                          } catch (GreenletExit exit) {
                            Gevent.getHub().switchOut();
                          }
                        });
              }
            });
    assertThat(thrown).isInstanceOf(LoopExit.class);
    assertThat(undead[0].ready()).isFalse();
    undead[0].kill(exit(), true, Duration.ofSeconds(5));
  }
}
