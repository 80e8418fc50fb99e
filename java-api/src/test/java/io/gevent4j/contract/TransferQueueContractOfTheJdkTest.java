package io.gevent4j.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TransferQueue;
import org.junit.jupiter.api.Nested;

/** The JDK's queues that hand over keep the contracts. */
class TransferQueueContractOfTheJdkTest {
  @Nested
  class Transfers extends TransferQueueContract {
    Transfers() {
      super(new PlainWorld());
    }

    @Override
    TransferQueue<Integer> queue() {
      return new LinkedTransferQueue<>();
    }
  }

  @Nested
  class Rendezvous extends RendezvousContract {
    Rendezvous() {
      super(new PlainWorld());
    }

    @Override
    BlockingQueue<Integer> queue() {
      return new SynchronousQueue<>(true);
    }
  }
}
