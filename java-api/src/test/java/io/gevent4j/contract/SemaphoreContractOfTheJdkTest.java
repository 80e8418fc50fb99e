package io.gevent4j.contract;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The JDK's semaphore keeps the contract. */
class SemaphoreContractOfTheJdkTest extends SemaphoreContract {
  SemaphoreContractOfTheJdkTest() {
    super(new PlainWorld());
  }

  @Override
  Permits permits(int permits) {
    Semaphore semaphore = new Semaphore(permits, true);
    return new Permits() {
      @Override
      public void acquire() throws InterruptedException {
        semaphore.acquire();
      }

      @Override
      public boolean tryAcquire() {
        return semaphore.tryAcquire();
      }

      @Override
      public boolean tryAcquire(long time, TimeUnit unit) throws InterruptedException {
        return semaphore.tryAcquire(time, unit);
      }

      @Override
      public void release() {
        semaphore.release();
      }

      @Override
      public int available() {
        return semaphore.availablePermits();
      }
    };
  }

  @Override
  boolean isAcquireInterruptible() {
    return true;
  }

  @Override
  boolean isUnbounded() {
    return true;
  }
}
