package io.gevent4j.contract;

import io.gevent4j.event.AsyncResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;

/**
 * {@link AsyncResult} keeps the contract of a Future, and so do its ways to a CompletableFuture.
 */
class AsyncResultContractTest {
  abstract static class Contract extends FutureContract {
    Contract(World world) {
      super(world);
    }

    @Override
    Promise promise() {
      AsyncResult<String> result = new AsyncResult<>();
      return new Ends(result, result);
    }
  }

  /** What is given is set in the result, and asked of the future. */
  private static final class Ends implements FutureContract.Promise {
    private final AsyncResult<String> result;
    private final Future<String> future;

    Ends(AsyncResult<String> result, Future<String> future) {
      this.result = result;
      this.future = future;
    }

    @Override
    public Future<String> future() {
      return future;
    }

    @Override
    public void complete(String value) {
      result.set(value);
    }

    @Override
    public void fail(Throwable thrown) {
      result.setException(thrown);
    }
  }

  /** Made of another's stage. */
  abstract static class OfStages extends FutureContract {
    OfStages(World world) {
      super(world);
    }

    @Override
    Promise promise() {
      CompletableFuture<String> stage = new CompletableFuture<>();
      AsyncResult<String> result = AsyncResult.of(stage);
      return new Promise() {
        @Override
        public Future<String> future() {
          return result;
        }

        @Override
        public void complete(String value) {
          stage.complete(value);
        }

        @Override
        public void fail(Throwable thrown) {
          stage.completeExceptionally(thrown);
        }
      };
    }
  }

  @Nested
  class OfThreads extends Contract {
    OfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class OfGreenlets extends Contract {
    OfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class OfBoth extends Contract {
    OfBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class OfStagesOfThreads extends OfStages {
    OfStagesOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class OfStagesOfGreenlets extends OfStages {
    OfStagesOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class OfStagesOfBoth extends OfStages {
    OfStagesOfBoth() {
      super(new MixedWorld());
    }
  }

  /** Its CompletableFuture waits as all of the JDK's do: for real, so that threads are asked. */
  @Nested
  class AsCompletableFuture extends FutureContract {
    AsCompletableFuture() {
      super(new PlainWorld());
    }

    @Override
    Promise promise() {
      AsyncResult<String> result = new AsyncResult<>();
      return new Ends(result, result.toCompletableFuture());
    }
  }
}
