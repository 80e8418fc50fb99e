package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Greenlets that end with the block that started them. */
class ScopeTest extends HubTest {
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

  // ---- without trouble ----

  @Test
  void shouldNotBeLeftBeforeAllHaveEnded() {
    Greenlet<Integer> one;
    Greenlet<Void> two;
    try (Scope scope = Scope.open()) {
      one =
          scope.spawn(
              () -> {
                Gevent.sleep(SHORT);
                return 1;
              });
      two = scope.spawn(() -> Gevent.sleep(SHORT.multipliedBy(2)));
      assertThat(scope.size()).isEqualTo(2);
    }
    assertThat(one.value()).isEqualTo(1);
    assertThat(two.successful()).isTrue();
  }

  @Test
  void shouldBeLeftAtOnceWithoutGreenlets() {
    try (Scope scope = Scope.open()) {
      scope.join();
      assertThat(scope.isCancelled()).isFalse();
    }
    try (Scope scope = Scope.open(LONG)) {
      assertThat(scope.size()).isZero();
    }
  }

  @Test
  void shouldGoOnAfterAJoin() {
    try (Scope scope = Scope.open()) {
      Greenlet<Integer> one = scope.spawn(() -> 1);
      scope.join();
      assertThat(one.value()).isEqualTo(1);
      Greenlet<Integer> two = scope.spawn(() -> 2);
      scope.join();
      assertThat(two.value()).isEqualTo(2);
    }
  }

  @Test
  void shouldWaitAlsoForThoseThatItsGreenletsSpawn() {
    try (Scope scope = Scope.open()) {
      scope.spawn(
          () -> {
            Gevent.sleep(SHORT);
            scope.spawn(
                () -> {
                  Gevent.sleep(SHORT);
                  seen.add("grandchild");
                });
          });
    }
    assertThat(seen).containsExactly("grandchild");
  }

  @Test
  void shouldNotTakeAKilledGreenletForAFailure() {
    Greenlet<Void> other;
    try (Scope scope = Scope.open()) {
      Greenlet<Void> one = spawnSleeper(scope);
      other = scope.spawn(() -> Gevent.sleep(SHORT));
      one.kill();
      assertThat(scope.isCancelled()).isFalse();
    }
    assertThat(other.successful()).isTrue();
    assertThat(other.isCancelled()).isFalse();
  }

  @Test
  void shouldReturnWhatABlockReturnsOnceAllHaveEnded() throws Exception {
    String result =
        Scope.call(
            scope -> {
              scope.spawn(
                  () -> {
                    Gevent.sleep(SHORT);
                    seen.add("ended");
                  });
              return "result";
            });
    assertThat(result).isEqualTo("result");
    assertThat(seen).containsExactly("ended");
  }

  // ---- failures ----

  @Test
  void shouldCancelTheRestAndThrowTheFirstFailure() {
    IOException failure = new IOException("of the test");
    List<Greenlet<Void>> others = new ArrayList<>();
    long start = System.nanoTime();
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open()) {
                others.add(spawnSleeper(scope));
                spawnFailing(scope, failure);
                others.add(spawnSlow(scope));
              }
            });
    assertThat(thrown).isSameAs(failure);
    assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
    assertThat(others).allMatch(Greenlet::isCancelled);
    assertThat(seen).containsExactly("ended");
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldThrowAFailureFromJoinAndNotAgain() {
    IOException failure = new IOException("of the test");
    try (Scope scope = Scope.open()) {
      spawnFailing(scope, failure);
      Greenlet<Void> other = spawnSleeper(scope);
      assertThat(thrownBy(scope::join)).isSameAs(failure);
      assertThat(other.isCancelled()).isTrue();
      assertThat(scope.isCancelled()).isTrue();
      scope.join();
    }
    takeErrors();
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open()) {
                spawnFailing(scope, failure);
                scope.join();
              }
            });
    assertThat(thrown).isSameAs(failure);
    assertThat(thrown.getSuppressed()).isEmpty();
    takeErrors();
  }

  @Test
  void shouldThrowTheFirstOfSeveralFailures() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    Throwable thrown =
        thrownBy(
            () -> {
              try (Scope scope = Scope.open()) {
                scope.spawn(
                    () -> {
                      try {
                        Gevent.sleep(LONG);
                      } finally {
                        throw raise(second);
                      }
                    });
                spawnFailing(scope, first);
              }
            });
    assertThat(thrown).isSameAs(first);
    assertThat(takeThrown()).containsExactly(first, second);
  }

  @Test
  void shouldThrowAFailureThatCameBeforeAnybodyWaited() {
    IOException failure = new IOException("of the test");
    Scope scope = Scope.open();
    spawnFailing(scope, failure);
    Greenlet<Void> other = spawnSleeper(scope);
    assertThat(other.join(LONG)).isTrue();
    assertThat(other.isCancelled()).isTrue();
    assertThat(thrownBy(scope::close)).isSameAs(failure);
    takeErrors();
  }

  @Test
  void shouldStartNoMoreOnceItIsCancelled() {
    try (Scope scope = Scope.open()) {
      scope.cancel();
      scope.cancel();
      Greenlet<Boolean> late = scope.spawn(() -> seen.add("ran"));
      assertThat(late.isCancelled()).isTrue();
      assertThat(scope.size()).isZero();
    }
    turns();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldNotFailByBeingCancelled() {
    Greenlet<Void> running;
    Greenlet<Void> unstarted;
    try (Scope scope = Scope.open()) {
      running = spawnSlow(scope);
      turn();
      unstarted = spawnSleeper(scope);
      scope.cancel();
      scope.join();
      assertThat(seen).containsExactly("ended");
    }
    assertThat(running.isCancelled()).isTrue();
    assertThat(unstarted.isCancelled()).isTrue();
  }

  @Test
  void shouldCancelWhenTheBlockThrows() {
    IOException failure = new IOException("of the test");
    long start = System.nanoTime();
    Throwable thrown =
        thrownBy(
            () ->
                Scope.call(
                    scope -> {
                      spawnSlow(scope);
                      turn();
                      throw failure;
                    }));
    assertThat(thrown).isSameAs(failure);
    assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
    assertThat(seen).containsExactly("ended");
  }

  @Test
  void shouldKeepAFailureBesideWhatTheBlockThrows() {
    IOException failure = new IOException("of the test");
    IllegalStateException other = new IllegalStateException("of the block");
    Throwable thrown =
        thrownBy(
            () ->
                Scope.call(
                    scope -> {
                      spawnFailing(scope, failure).join();
                      turn();
                      throw other;
                    }));
    assertThat(thrown).isSameAs(other).hasSuppressedException(failure);
    takeErrors();
  }
}
