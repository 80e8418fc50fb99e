package io.gevent4j.lock;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One that never runs out, to be given to whoever asks for a semaphore where none is needed.
 *
 * <p>gevent: {@code gevent.lock.DummySemaphore}.
 */
public final class DummySemaphore extends Semaphore {
  /** As all others. */
  public DummySemaphore() {}

  @Override
  public void acquire() {}

  @Override
  public boolean acquire(Duration timeout) {
    return true;
  }

  @Override
  public boolean acquire(double seconds) {
    return true;
  }

  @Override
  public void acquireInterruptibly() {}

  @Override
  public boolean tryAcquire() {
    return true;
  }

  @Override
  public boolean tryAcquire(long timeout, TimeUnit unit) {
    return true;
  }

  @Override
  public void release() {}

  @Override
  public int await(Duration timeout) {
    return counter();
  }
}
