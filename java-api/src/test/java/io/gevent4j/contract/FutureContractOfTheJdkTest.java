package io.gevent4j.contract;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Nested;

/** The JDK's futures keep the contract. */
class FutureContractOfTheJdkTest {
  @Nested
  class Completable extends FutureContract {
    Completable() {
      super(new PlainWorld());
    }

    @Override
    Promise promise() {
      CompletableFuture<String> future = new CompletableFuture<>();
      return new Promise() {
        @Override
        public Future<String> future() {
          return future;
        }

        @Override
        public void complete(String value) {
          future.complete(value);
        }

        @Override
        public void fail(Throwable thrown) {
          future.completeExceptionally(thrown);
        }
      };
    }
  }

  @Nested
  class OfTasks extends FutureContract {
    OfTasks() {
      super(new PlainWorld());
    }

    @Override
    Promise promise() {
      return new Settable();
    }
  }

  private static final class Settable extends FutureTask<String> implements FutureContract.Promise {
    Settable() {
      super(() -> null);
    }

    @Override
    public Future<String> future() {
      return this;
    }

    @Override
    public void complete(String value) {
      set(value);
    }

    @Override
    public void fail(Throwable thrown) {
      setException(thrown);
    }
  }
}
