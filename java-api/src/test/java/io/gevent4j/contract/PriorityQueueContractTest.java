package io.gevent4j.contract;

import io.gevent4j.queue.PriorityQueue;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Nested;

/** {@link PriorityQueue} keeps the contract of a BlockingQueue. */
class PriorityQueueContractTest {
  abstract static class Contract extends BlockingQueueContract {
    Contract(World world) {
      super(world);
    }

    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new PriorityQueue<>(capacity);
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return new PriorityQueue<>();
    }

    @Override
    List<Integer> outOrder(List<Integer> in) {
      return in.stream().sorted().toList();
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
