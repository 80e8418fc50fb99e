package io.gevent4j.contract;

import io.gevent4j.queue.SimpleQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Nested;

/** {@link SimpleQueue} keeps the contract of a BlockingQueue. */
class SimpleQueueContractTest {
  abstract static class Contract extends BlockingQueueContract {
    Contract(World world) {
      super(world);
    }

    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new SimpleQueue<>(capacity);
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return new SimpleQueue<>();
    }

    @Override
    boolean isFair() {
      return true;
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
}
