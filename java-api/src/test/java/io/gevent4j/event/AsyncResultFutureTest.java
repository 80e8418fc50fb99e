package io.gevent4j.event;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.HubTest;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Into a CompletableFuture and out of one. */
class AsyncResultFutureTest extends HubTest {
  private final AsyncResult<String> result = new AsyncResult<>();

  @Test
  void shouldBeThereAtOnceForWhoBlocksItsHub() throws Exception {
    result.set("value");
    assertThat(result.toCompletableFuture().get(10, SECONDS)).isEqualTo("value");
  }

  @Test
  void shouldComeOnceItIsSet() throws Exception {
    CompletableFuture<String> future = result.toCompletableFuture();
    result.set("value");
    assertThat(AsyncResult.of(future).get()).isEqualTo("value");
  }

  @Test
  void shouldNotTakeAFailureForACancellation() {
    CancellationException failure = new CancellationException("of the test");
    result.setException(failure);
    assertThat(result.isCancelled()).isFalse();
    assertThat(result.exception()).isSameAs(failure);
    assertThatThrownBy(result::get).isInstanceOf(ExecutionException.class).hasCause(failure);
  }

  @Test
  void shouldBeCancelledWithItsStage() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    AsyncResult<String> of = AsyncResult.of(stage);
    stage.cancel(false);
    assertThat(of.isCancelled()).isTrue();
    assertThatThrownBy(of::get).isInstanceOf(CancellationException.class);
  }
}
