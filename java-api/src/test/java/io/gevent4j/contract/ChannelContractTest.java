package io.gevent4j.contract;

import io.gevent4j.queue.Channel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TransferQueue;
import org.junit.jupiter.api.Nested;

/** {@link Channel} keeps the contracts of a TransferQueue, and of a queue without capacity. */
class ChannelContractTest {
  abstract static class Transfers extends TransferQueueContract {
    Transfers(World world) {
      super(world);
    }

    @Override
    TransferQueue<Integer> queue() {
      return new Channel<>();
    }
  }

  abstract static class Rendezvous extends RendezvousContract {
    Rendezvous(World world) {
      super(world);
    }

    @Override
    BlockingQueue<Integer> queue() {
      return new Channel<>();
    }
  }

  @Nested
  class TransfersOfThreads extends Transfers {
    TransfersOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class TransfersOfGreenlets extends Transfers {
    TransfersOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class TransfersOfBoth extends Transfers {
    TransfersOfBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class RendezvousOfThreads extends Rendezvous {
    RendezvousOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class RendezvousOfGreenlets extends Rendezvous {
    RendezvousOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class RendezvousOfBoth extends Rendezvous {
    RendezvousOfBoth() {
      super(new MixedWorld());
    }
  }
}
