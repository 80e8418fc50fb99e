package io.gevent4j.contract;

import io.gevent4j.queue.LifoQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Nested;

/** {@link LifoQueue} keeps the contract of a BlockingQueue. */
class LifoQueueContractTest {
  abstract static class Contract extends BlockingQueueContract {
    Contract(World world) {
      super(world);
    }

    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new LifoQueue<>(capacity);
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return new LifoQueue<>();
    }

    @Override
    List<Integer> outOrder(List<Integer> in) {
      List<Integer> out = new ArrayList<>(in);
      Collections.reverse(out);
      return out;
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
