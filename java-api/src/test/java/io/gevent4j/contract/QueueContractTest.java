package io.gevent4j.contract;

import io.gevent4j.queue.Queue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Nested;

/** {@link Queue} keeps the contract of a BlockingQueue. */
class QueueContractTest {
  abstract static class Contract extends BlockingQueueContract {
    Contract(World world) {
      super(world);
    }

    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new Queue<>(capacity);
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return new Queue<>();
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
