package io.gevent4j.contract;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Nested;

/** The JDK's locks and conditions keep the contracts. */
class LockContractOfTheJdkTest {
  @Nested
  class Fair extends LockContract {
    Fair() {
      super(new PlainWorld());
    }

    @Override
    Lock lock() {
      return new ReentrantLock(true);
    }

    @Override
    boolean isOwned() {
      return true;
    }

    @Override
    boolean isFair() {
      return true;
    }
  }

  @Nested
  class OfWriters extends LockContract {
    OfWriters() {
      super(new PlainWorld());
    }

    @Override
    Lock lock() {
      return new ReentrantReadWriteLock().writeLock();
    }

    @Override
    boolean isOwned() {
      return true;
    }

    @Override
    boolean isFair() {
      return false;
    }
  }

  @Nested
  class Conditions extends ConditionContract {
    Conditions() {
      super(new PlainWorld());
    }

    @Override
    Lock lock() {
      return new ReentrantLock();
    }

    @Override
    boolean isReentrant() {
      return true;
    }

    @Override
    boolean isFair() {
      return true;
    }
  }
}
