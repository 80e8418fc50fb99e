package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/**
 * When a timeout is thrown, in whom, and who may catch it. {@code TimeoutRaceTest}: and when not.
 */
class TimeoutTest extends HubTest {
  /** Waits too long, without saying who called. */
  private static Void sleepLong() {
    Gevent.sleep(LONG);
    return null;
  }

  // ---- thrown ----

  // gevent: test__timeout.py test_direct_raise_class, test_direct_raise_instance
  @Test
  void shouldNotBePendingWhenItIsThrownByHand() {
    Timeout unstarted = new Timeout(LONG);
    for (Timeout timeout : Arrays.asList(new Timeout((Duration) null), unstarted)) {
      assertThatThrownBy(
              () -> {
                throw timeout;
              })
          .isSameAs(timeout);
      assertThat(timeout.isPending()).isFalse();
    }
  }

  // gevent: test__timeout.py test_expires
  @Test
  void shouldBeThrownWhenTheTimeIsUp() {
    long start = System.nanoTime();
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(timeout.isPending()).isTrue();
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
    assertThat(timeout.isPending()).isFalse();
  }

  @Test
  void shouldBeThrownOnce() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    Gevent.sleep(SHORT.multipliedBy(3));
  }

  @Test
  void shouldBeThrownInTheGreenletThatStartedIt() {
    List<Object> caught = new ArrayList<>();
    Greenlet<Void> starter =
        Gevent.spawn(
            () -> {
              Timeout timeout = Timeout.startNew(SHORT);
              Throwable thrown = thrownBy(TimeoutTest::sleepLong);
              caught.add(thrown == timeout);
            });
    Greenlet<Void> other = spawnSleeping();
    starter.join();
    assertThat(caught).containsExactly(true);
    assertThat(other.ready()).isFalse();
  }

  @Test
  void shouldEndAGreenletThatDoesNotCatchIt() {
    Timeout timeout = new Timeout(SHORT);
    Greenlet<Void> greenlet =
        Gevent.spawn(
            () -> {
              timeout.start();
              sleepLong();
            });
    greenlet.join();
    assertThat(greenlet.exception()).isSameAs(timeout);
    assertThat(takeThrown()).containsExactly(timeout);
  }

  @Test
  void shouldNotBeEatenByWhoCatchesExceptions() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(
            thrownBy(
                () -> {
                  try {
                    sleepLong();
                  } catch (Exception e) {
                    throw new AssertionError("eaten", e);
                  }
                }))
        .isSameAs(timeout);
  }

  @Test
  void shouldBeThrownNowhereOnceItsGreenletHasEnded() {
    Timeout timeout = new Timeout(SHORT);
    Gevent.spawn(timeout::start).join();
    Gevent.sleep(SHORT.multipliedBy(3));
    assertThat(timeout.isPending()).isFalse();
  }

  // gevent: test__timeout.py test_expires_str
  @Test
  void shouldSayItsMessage() {
    Timeout timeout = Timeout.startNew(new Timeout(SHORT, "too slow"));
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    assertThat(timeout.getMessage()).isEqualTo("too slow");
  }

  @Test
  void shouldSayAfterWhichTimeWithoutAMessage() {
    assertThat(new Timeout(1.5).getMessage()).isEqualTo("1.5 seconds");
    assertThat(new Timeout((Duration) null).getMessage()).isEqualTo("never");
  }

  @Test
  void shouldSayWhetherItIsPending() {
    try (Timeout timeout = Timeout.startNew(LONG)) {
      assertThat(timeout.toString())
          .contains("Timeout")
          .contains("30.0 seconds")
          .contains("pending");
      timeout.cancel();
      assertThat(timeout.toString()).doesNotContain("pending");
    }
  }

  // gevent: test__timeout.py test_expires_non_timeout_exception
  @Test
  void shouldThrowAnotherExceptionInItsPlace() {
    Exception other = new Exception("other");
    Timeout timeout = Timeout.startNew(SHORT, other);
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(other);
    assertThat(timeout.isPending()).isFalse();
  }

  @Test
  void shouldThrowAnotherTimeoutInItsPlace() {
    Timeout other = new Timeout(LONG);
    assertThat(thrownBy(() -> new Timeout(SHORT, other).call(TimeoutTest::sleepLong)))
        .isSameAs(other);
  }

  @Test
  void shouldHaveTheStackTraceOfThePlaceThatWaits() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(timeout.getStackTrace()).isEmpty();
    Throwable thrown = thrownBy(TimeoutTest::sleepLong);
    assertThat(thrown.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("sleepLong", "shouldHaveTheStackTraceOfThePlaceThatWaits");
  }

  // ---- silent ----

  // gevent: test__timeout.py test_expires_false
  @Test
  void shouldBeSwallowedWhenItIsSilent() throws Exception {
    assertThat(Timeout.silent(SHORT).run(() -> sleepLong())).isFalse();
    assertThat(Timeout.silent(SHORT).call(TimeoutTest::sleepLong)).isNull();
  }

  @Test
  void shouldGiveTheResultWhenTheTimeIsNotUp() throws Exception {
    Timeout silent = Timeout.silent(LONG);
    assertThat(silent.run(() -> Gevent.sleep(SHORT))).isTrue();
    assertThat(silent.call(() -> "value")).isEqualTo("value");
    assertThat(silent.isPending()).isFalse();
  }

  @Test
  void shouldSwallowNoOtherTimeoutWhenItIsSilent() {
    Timeout outer = Timeout.startNew(SHORT);
    assertThat(thrownBy(() -> Timeout.silent(LONG).run(() -> sleepLong()))).isSameAs(outer);
    assertThat(thrownBy(() -> Timeout.silent(LONG).call(thrower(outer)))).isSameAs(outer);
  }

  private static Callable<String> thrower(Timeout thrown) {
    return () -> {
      throw thrown;
    };
  }

  // ---- nesting ----

  // gevent: test__api_timeout.py test_nested_timeout
  @Test
  void shouldTellByIdentityWhichOfSeveralItIs() {
    for (int shortOne = 0; shortOne < 3; shortOne++) {
      List<Timeout> nested = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        nested.add(Timeout.startNew(i == shortOne ? SHORT : LONG));
      }
      assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(nested.get(shortOne));
      nested.forEach(Timeout::close);
    }
  }

  @Test
  void shouldGoThroughInnerBlocksToItsOwn() {
    List<String> seen = new ArrayList<>();
    Timeout inner = new Timeout(LONG);
    try (Timeout outer = Timeout.startNew(SHORT)) {
      try {
        inner.run(() -> sleepLong());
      } catch (Timeout thrown) {
        seen.add("inner block");
        assertThat(thrown == outer).isTrue();
        assertThat(inner.isPending()).as("the block has cancelled it").isFalse();
      }
    }
    assertThat(seen).containsExactly("inner block");
  }

  @Test
  void shouldBothBeThrownWhenBothAreUpOneAfterTheOther() {
    Timeout first = Timeout.startNew(SHORT);
    Timeout second = Timeout.startNew(SHORT.multipliedBy(2));
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(first);
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(second);
  }

  // gevent: test__api_timeout.py test_api, test_nested_with_timeout
  @Test
  void shouldReturnTheValueOfTheOneWhoseTimeIsUp() throws Exception {
    assertThat(Gevent.withTimeout(LONG, () -> "value", "late")).isEqualTo("value");
    assertThat(Gevent.withTimeout(SHORT, TimeoutTest::sleepLong, null)).isNull();
    Callable<String> inner = () -> Gevent.withTimeout(LONG, () -> "" + sleepLong(), "inner");
    assertThat(Gevent.withTimeout(SHORT, inner, "outer")).isEqualTo("outer");
    Callable<String> fast = () -> Gevent.withTimeout(SHORT, () -> "" + sleepLong(), "inner");
    assertThat(Gevent.withTimeout(LONG, fast, "outer")).isEqualTo("inner");
  }

  @Test
  void shouldBeThrownByWithTimeoutWithoutAValue() {
    assertThatThrownBy(() -> Gevent.withTimeout(SHORT, TimeoutTest::sleepLong))
        .isInstanceOf(Timeout.class)
        .hasMessage("0.01 seconds");
  }

  // gevent: test__timeout.py test_with_timeout, a foreign one inside
  @Test
  void shouldGiveNoValueForAForeignTimeout() {
    Timeout foreign = new Timeout(SHORT);
    assertThat(thrownBy(() -> Gevent.withTimeout(LONG, thrower(foreign), "late")))
        .isSameAs(foreign);
    assertThat(thrownBy(() -> Gevent.withTimeout(LONG, thrower(foreign)))).isSameAs(foreign);
  }

  @Test
  void shouldGiveWhatTheCallThrows() {
    Exception thrown = new Exception("of the call");
    Callable<String> failing =
        () -> {
          throw thrown;
        };
    assertThat(thrownBy(() -> Gevent.withTimeout(LONG, failing, "late"))).isSameAs(thrown);
    Gevent.sleep(0);
    assertThat(Hub.get().join(LONG)).as("and leaves nothing pending").isTrue();
  }

  // ---- starting and cancelling ----

  @Test
  void shouldRefuseToStartWhilePending() {
    try (Timeout timeout = Timeout.startNew(LONG)) {
      assertThatThrownBy(timeout::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("pending");
      assertThat(timeout.isPending()).isTrue();
    }
  }

  // gevent: test__timeout.py test_cancel
  @Test
  void shouldNotBeThrownWhenItIsCancelled() {
    Timeout timeout = Timeout.startNew(SHORT);
    timeout.cancel();
    assertThat(timeout.isPending()).isFalse();
    Gevent.sleep(SHORT.multipliedBy(3));
    timeout.cancel();
    timeout.close();
  }

  @Test
  void shouldNotBeThrownWhenAnotherGreenletCancelsIt() {
    Timeout timeout = Timeout.startNew(SHORT);
    Gevent.spawn(timeout::cancel);
    Gevent.sleep(SHORT.multipliedBy(3));
    assertThat(timeout.isPending()).isFalse();
  }

  @Test
  void shouldStartAgainWhenItIsCancelledOrWasThrown() {
    Timeout timeout = Timeout.startNew(SHORT);
    timeout.cancel();
    for (int i = 0; i < 3; i++) {
      timeout.start();
      assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    }
  }

  // gevent: test__timeout.py, start_new with a Timeout
  @Test
  void shouldPassThroughStartNewAndStartOnlyIfItIsNotPending() {
    Timeout timeout = new Timeout(SHORT);
    assertThat(Timeout.startNew(timeout) == timeout).isTrue();
    assertThat(timeout.isPending()).isTrue();
    assertThat(Timeout.startNew(timeout) == timeout).isTrue();
    assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    assertThat(Timeout.startNew(timeout).isPending()).as("once more").isTrue();
    timeout.close();
  }

  @Test
  void shouldNeverBeThrownWithoutATime() throws Exception {
    try (Timeout never = Timeout.startNew((Duration) null)) {
      assertThat(never.isPending()).isFalse();
      assertThat(never.after()).isNull();
      assertThat(never.seconds()).isInfinite();
      Gevent.sleep(SHORT);
    }
    assertThat(Gevent.withTimeout(null, () -> "value")).isEqualTo("value");
  }

  // gevent: test__api_timeout.py test_zero, test_negative
  @Test
  void shouldBeThrownAtTheNextWaitWhenItIsZeroOrNegative() {
    for (Duration after : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      Timeout timeout = Timeout.startNew(after);
      assertThat(timeout.isPending()).isTrue();
      assertThat(thrownBy(TimeoutTest::sleepLong)).isSameAs(timeout);
    }
  }

  // ---- ordering and settings ----

  @Test
  void shouldBeOrderedByItsTime() {
    Timeout never = new Timeout((Duration) null);
    Timeout second = new Timeout(1.0);
    Timeout soon = new Timeout(0.001);
    List<Timeout> sorted = new ArrayList<>(List.of(never, second, soon));
    sorted.sort(null);
    assertThat(sorted).containsExactly(soon, second, never);
    assertThat(second.compareTo(new Timeout(Duration.ofSeconds(1)))).isZero();
    assertThat(second.equals(new Timeout(1.0))).isFalse();
  }

  @Test
  void shouldNotKeepTheLoopWhenItIsNotReferenced() {
    try (Timeout timeout = Timeout.startNew(new Timeout(LONG).setRef(false))) {
      assertThatThrownBy(() -> new Waiter<Void>().get()).isInstanceOf(LoopExit.class);
      assertThat(timeout.isPending()).isTrue();
    }
  }

  @Test
  void shouldRefuseWhatIsNoNumber() {
    assertThatThrownBy(() -> new Timeout(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }
}
