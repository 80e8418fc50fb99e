package io.gevent4j.lock;

import io.gevent4j.waiting.Guard;
import io.gevent4j.waiting.Interrupts;
import io.gevent4j.waiting.WaitLine;
import io.gevent4j.waiting.Waiting;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/**
 * Something that the holders of an {@link RLock} wait for, and tell each other of.
 *
 * <p><b>Thread rule:</b> who holds the lock. Who waits and is killed or interrupted after he was
 * told lets the next one know.
 *
 * <p>gevent: {@code threading.Condition}, patched.
 */
public final class Condition implements java.util.concurrent.locks.Condition {
  private final RLock lock;
  private final Guard guard = new Guard();
  private final WaitLine line = new WaitLine(guard);

  Condition(RLock lock) {
    this.lock = lock;
  }

  // ---- waiting ----

  @Override
  public void await() throws InterruptedException {
    Interrupts.requireNone();
    await(Waiting.FOREVER, true);
  }

  @Override
  public void awaitUninterruptibly() {
    await(Waiting.FOREVER, false);
  }

  @Override
  public long awaitNanos(long nanos) throws InterruptedException {
    Interrupts.requireNone();
    long start = System.nanoTime();
    long most = Math.max(nanos, 0);
    await(most, true);
    return most - (System.nanoTime() - start);
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    Interrupts.requireNone();
    return await(Math.max(unit.toNanos(time), 0), true);
  }

  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    long millis = Math.max(deadline.getTime(), 0) - System.currentTimeMillis();
    return await(millis, TimeUnit.MILLISECONDS);
  }

  private boolean await(long nanos, boolean interruptibly) {
    lock.requireOwned();
    Waiting waiting = join();
    int taken = lock.releaseAll();
    boolean told = false;
    boolean done = false;
    try {
      waiting.await(nanos, interruptibly);
      done = true;
    } finally {
      boolean back = false;
      try {
        told = leave(waiting);
        lock.takeAll(taken);
        back = true;
      } finally {
        if (told && !(done && back)) {
          tellAnother();
        }
      }
    }
    return told;
  }

  private Waiting join() {
    boolean free = guard.enter();
    try {
      return line.join();
    } finally {
      guard.leave(free);
    }
  }

  private boolean leave(Waiting waiting) {
    boolean free = guard.enter();
    try {
      boolean told = waiting.isNotified();
      line.leave(waiting, guard.isFree());
      return told;
    } finally {
      guard.leave(free);
    }
  }

  // ---- telling ----

  @Override
  public void signal() {
    lock.requireOwned();
    tellAnother();
  }

  private void tellAnother() {
    boolean free = guard.enter();
    try {
      line.notifyOne(false);
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public void signalAll() {
    lock.requireOwned();
    boolean free = guard.enter();
    try {
      line.notifyEach();
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public String toString() {
    return "condition of " + lock;
  }
}
