package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** gevent: {@code test__event.py}, {@code TestAsyncResult}. */
class AsyncResultTest extends HubTest {
  private final AsyncResult<String> result = new AsyncResult<>();
  private final IllegalStateException failure = new IllegalStateException("of the test");
  private final List<Object> seen = new ArrayList<>();

  @Test
  void shouldHandTheValueToAllWhoWait() {
    for (int i = 0; i < 3; i++) {
      int name = i;
      Gevent.spawn(() -> seen.add(name + result.get()));
    }
    turn();
    assertThat(result.linkCount()).isEqualTo(3);
    result.set("value");
    turn();
    assertThat(seen).containsExactly("0value", "1value", "2value");
  }

  @Test
  void shouldHaveNothingAtFirst() {
    assertThat(result.ready()).isFalse();
    assertThat(result.isDone()).isFalse();
    assertThat(result.isCancelled()).isFalse();
    assertThat(result.successful()).isFalse();
    assertThat(result.value()).isNull();
    assertThat(result.exception()).isNull();
    assertThat(result.toString()).matches("AsyncResult@\\w+\\[not set\\]");
  }

  @Test
  void shouldHaveAValue() throws Exception {
    result.set("value");
    assertThat(result.ready() && result.isDone() && result.successful()).isTrue();
    assertThat(result.get()).isEqualTo("value");
    assertThat(result.get(SHORT)).isEqualTo("value");
    assertThat(result.get((Duration) null)).isEqualTo("value");
    assertThat(result.get(0, TimeUnit.SECONDS)).isEqualTo("value");
    assertThat(result.getNowait()).isEqualTo("value");
    assertThat(result.await()).isEqualTo("value");
    assertThat(result.await(SHORT)).isEqualTo("value");
    assertThat(result.exception()).isNull();
    assertThat(result.toString()).matches("AsyncResult@\\w+\\[value\\]");
  }

  @Test
  void shouldHaveNullAsAValue() throws Exception {
    result.set(null);
    assertThat(result.successful()).isTrue();
    assertThat(result.get()).isNull();
  }

  // gevent: test_set_exc
  @Test
  void shouldHaveAnException() {
    result.setException(failure);
    assertThat(result.ready()).isTrue();
    assertThat(result.successful()).isFalse();
    assertThat(result.value()).isNull();
    assertThat(result.exception()).isSameAs(failure);
    for (Body get :
        List.<Body>of(
            () -> result.get(),
            () -> result.get(SHORT),
            () -> result.get(1, TimeUnit.SECONDS),
            () -> result.getNowait())) {
      assertThat(thrownBy(get)).isInstanceOf(ExecutionException.class).hasCause(failure);
    }
    assertThat(result.await()).isNull();
    assertThat(result.toString()).contains("IllegalStateException");
  }

  @Test
  void shouldBeReplacedByASecondSet() throws Exception {
    result.set("first");
    result.setException(failure);
    result.set("second");
    assertThat(result.get()).isEqualTo("second");
    assertThat(result.successful()).isTrue();
    assertThat(result.exception()).isNull();
  }

  // gevent: test_nonblocking_get
  @Test
  void shouldNotWaitWhenAskedNotTo() {
    assertThatThrownBy(result::getNowait)
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("AsyncResult");
    Greenlet<Object> getter = Gevent.spawn(() -> thrownBy(result::getNowait));
    getter.join();
    assertThat(getter.value()).isInstanceOf(TimeoutException.class);
  }

  // gevent: test_get_blocked_many
  @Test
  void shouldEndEachGetAtItsOwnTime() {
    Greenlet<Object> hasty = Gevent.spawn(() -> thrownBy(() -> result.get(SHORT)));
    Greenlet<Object> patient = Gevent.spawn(() -> result.get(LONG));
    hasty.join();
    assertThat(hasty.value())
        .isInstanceOf(TimeoutException.class)
        .asString()
        .contains("AsyncResult");
    assertThat(patient.ready()).isFalse();
    assertThat(result.linkCount()).isEqualTo(1);
    result.set("value");
    patient.join();
    assertThat(patient.value()).isEqualTo("value");
  }

  @Test
  void shouldReturnNullWhenTheTimeToWaitIsUp() {
    assertThat(result.await(SHORT)).isNull();
    assertThat(result.await(Duration.ofSeconds(-1))).isNull();
    assertThat(result.linkCount()).isZero();
  }

  @Test
  void shouldThrowAnOuterTimeout() {
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(thrownBy(result::get)).isSameAs(timeout);
    assertThat(result.linkCount()).isZero();
  }

  @Test
  void shouldTellMainThatNobodyCanSetIt() {
    assertThatThrownBy(result::get).isInstanceOf(LoopExit.class);
    assertThatThrownBy(result::await).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldRefuseToWaitInACallback() {
    Hub.get().loop().runCallback(() -> seen.add(thrownBy(result::get).getClass()));
    turns();
    assertThat(seen).containsExactly(BlockingSwitchOutError.class);
  }

  // ---- as a link ----

  // gevent: test_link
  @Test
  void shouldTakeOverWhatAGreenletReturns() throws Exception {
    Gevent.spawn(() -> "value").link(result);
    assertThat(result.get()).isEqualTo("value");
  }

  @Test
  void shouldTakeOverWhatAGreenletThrows() {
    Greenlet<Object> failing = spawnFailing(failure);
    failing.link(result);
    assertThat(thrownBy(result::get)).hasCause(failure);
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldBeCancelledWithAGreenletThatIsKilled() {
    Greenlet<Void> sleeping = spawnSleeping();
    sleeping.link(result);
    sleeping.kill();
    assertThat(thrownBy(result::get)).isInstanceOf(CancellationException.class);
    assertThat(result.isCancelled()).isTrue();
  }

  @Test
  void shouldTakeOverAnotherResult() throws Exception {
    for (int i = 0; i < 3; i++) {
      AsyncResult<String> source = new AsyncResult<>();
      AsyncResult<String> target = new AsyncResult<>();
      source.rawLink(target);
      switch (i) {
        case 0 -> source.set("value");
        case 1 -> source.setException(failure);
        default -> source.cancel(false);
      }
      assertThat(target.await()).isEqualTo(i == 0 ? "value" : null);
      assertThat(target.exception()).isSameAs(i == 1 ? failure : null);
      assertThat(target.isCancelled()).isEqualTo(i == 2);
    }
  }

  @Test
  void shouldBeSetByAnEvent() throws Exception {
    Event event = new Event();
    event.rawLink(result);
    Gevent.spawn(event::set);
    assertThat(result.get()).isNull();
    assertThat(result.successful()).isTrue();
  }

  // ---- as a future ----

  @Test
  void shouldBeCancelledOnce() {
    Greenlet<Throwable> getter = Gevent.spawn(() -> thrownBy(result::get));
    turn();
    assertThat(result.cancel(true)).isTrue();
    assertThat(result.cancel(true)).isFalse();
    getter.join();
    assertThat(getter.value()).isInstanceOf(CancellationException.class);
    assertThat(result.isDone() && result.isCancelled()).isTrue();
    assertThat(result.exception()).isNull();
    result.set("late");
    result.setException(failure);
    assertThat(result.isCancelled()).isTrue();
    assertThat(result.value()).isNull();
    assertThat(result.toString()).contains("cancelled");
  }

  @Test
  void shouldNotBeCancelledOnceItIsSet() throws Exception {
    result.set("value");
    assertThat(result.cancel(true)).isFalse();
    assertThat(result.get()).isEqualTo("value");
  }

  @Test
  void shouldCompleteAFutureOfTheJdks() throws Exception {
    CompletableFuture<String> future = result.toCompletableFuture();
    CompletableFuture<Integer> length = future.thenApply(String::length);
    result.set("value");
    turns();
    assertThat(length.getNow(-1)).isEqualTo(5);
  }

  @Test
  void shouldFailAFutureOfTheJdks() {
    CompletableFuture<String> future = result.toCompletableFuture();
    result.setException(failure);
    turns();
    assertThat(thrownBy(future::get)).hasCause(failure);
  }

  @Test
  void shouldCancelAFutureOfTheJdksAndNotTheOtherWay() {
    result.toCompletableFuture().cancel(true);
    turns();
    assertThat(result.isDone()).isFalse();
    CompletableFuture<String> future = result.toCompletableFuture();
    result.cancel(true);
    turns();
    assertThat(future.isCancelled()).isTrue();
  }

  @Test
  void shouldGetTheOutcomeOfAStage() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> of = AsyncResult.of(stage);
    Gevent.spawn(() -> stage.complete("value"));
    assertThat(of.get()).isEqualTo("value");
    assertThat(AsyncResult.of(CompletableFuture.completedFuture("done")).get()).isEqualTo("done");
    CompletableFuture<String> failed = CompletableFuture.failedFuture(failure);
    assertThat(AsyncResult.of(failed).exception()).isSameAs(failure);
    CompletableFuture<String> cancelled = new CompletableFuture<>();
    cancelled.cancel(true);
    assertThat(AsyncResult.of(cancelled).isCancelled()).isTrue();
  }

  @Test
  void shouldGetTheFailureOfADependentStageAsAFutureTellsIt() {
    CompletableFuture<String> source = CompletableFuture.failedFuture(failure);
    CompletableFuture<String> dependent = source.thenApply(value -> value);
    assertThat(thrownBy(dependent::get)).hasCause(failure);
    assertThat(thrownBy(AsyncResult.of(dependent)::get)).hasCause(failure);
  }

  @Test
  void shouldRefuseWhatMakesNoSense() {
    assertThatThrownBy(() -> result.setException(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("exception");
    assertThatThrownBy(() -> result.get(1, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> AsyncResult.of(null)).isInstanceOf(NullPointerException.class);
    assertThat(result.ready()).isFalse();
  }
}
