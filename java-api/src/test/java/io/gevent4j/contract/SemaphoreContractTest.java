package io.gevent4j.contract;

import io.gevent4j.lock.BoundedSemaphore;
import io.gevent4j.lock.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Nested;

/** {@link Semaphore} and its kin keep the contract of semaphores, and as a Lock that of locks. */
class SemaphoreContractTest {
  abstract static class Contract extends SemaphoreContract {
    Contract(World world) {
      super(world);
    }

    Semaphore semaphore(int value) {
      return new Semaphore(value);
    }

    @Override
    final Permits permits(int permits) {
      return new Face(semaphore(permits));
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

  private static final class Face implements SemaphoreContract.Permits {
    private final Semaphore semaphore;

    Face(Semaphore semaphore) {
      this.semaphore = semaphore;
    }

    @Override
    public void acquire() throws InterruptedException {
      semaphore.acquireInterruptibly();
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
      return semaphore.counter();
    }
  }

  abstract static class Bounded extends Contract {
    Bounded(World world) {
      super(world);
    }

    @Override
    Semaphore semaphore(int value) {
      return new BoundedSemaphore(value);
    }

    @Override
    boolean isUnbounded() {
      return false;
    }
  }

  /** It knows no owner. */
  abstract static class AsLock extends LockContract {
    AsLock(World world) {
      super(world);
    }

    @Override
    Lock lock() {
      return new Semaphore().asLock();
    }

    @Override
    boolean isOwned() {
      return false;
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

  @Nested
  class BoundedOfThreads extends Bounded {
    BoundedOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class BoundedOfGreenlets extends Bounded {
    BoundedOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class BoundedOfBoth extends Bounded {
    BoundedOfBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class AsLockOfThreads extends AsLock {
    AsLockOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class AsLockOfGreenlets extends AsLock {
    AsLockOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class AsLockOfBoth extends AsLock {
    AsLockOfBoth() {
      super(new MixedWorld());
    }
  }
}
