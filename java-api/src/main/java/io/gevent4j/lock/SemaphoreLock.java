package io.gevent4j.lock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A semaphore, for those who know of locks. */
final class SemaphoreLock implements Lock {
  private final Semaphore semaphore;

  SemaphoreLock(Semaphore semaphore) {
    this.semaphore = semaphore;
  }

  @Override
  public void lock() {
    semaphore.acquire();
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    semaphore.acquireInterruptibly();
  }

  @Override
  public boolean tryLock() {
    return semaphore.tryAcquire();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    return semaphore.tryAcquire(time, unit);
  }

  @Override
  public void unlock() {
    semaphore.release();
  }

  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException("nobody owns " + semaphore + ": take an RLock");
  }

  @Override
  public String toString() {
    return "lock of " + semaphore;
  }
}
