package io.gevent4j.contract;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Nested;

/** {@link Greenlet} keeps the contract of a Future. */
class GreenletContractTest {
  abstract static class Contract extends FutureContract {
    Contract(World world) {
      super(world);
    }

    @Override
    Promise promise() {
      world.expectUncaught(); // it reports what it throws as well
      Ends ends = new Ends();
      ends.greenlet = Gevent.spawn(ends::end);
      return ends;
    }

    /** Ends as it is told, when it is told. */
    private final class Ends implements FutureContract.Promise {
      private final Gate told = new Gate();
      private Greenlet<String> greenlet;
      private String value;
      private Throwable thrown;

      String end() throws Exception {
        told.await();
        if (thrown instanceof Error) {
          throw (Error) thrown;
        }
        if (thrown != null) {
          throw (Exception) thrown;
        }
        return value;
      }

      @Override
      public Future<String> future() {
        return greenlet;
      }

      @Override
      public void complete(String with) {
        value = with;
        told.open();
      }

      @Override
      public void fail(Throwable with) {
        thrown = with;
        told.open();
      }
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
}
