package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Waiting for one thing to become ready: by a greenlet of its own hub, by one of another hub, or by
 * a plain thread.
 */
final class Joining implements Consumer<Linkable> {
  private final Hub hub;
  private final RawGreenlet waiter = RawGreenlet.getCurrent();
  private volatile boolean ready;
  private boolean over; // nobody waits any more

  private Joining(Hub hub) {
    this.hub = hub;
  }

  /** Returns whether it is ready. */
  static boolean await(Greenlet<?> greenlet, Duration timeout) {
    Hub here = Hub.getIfExists();
    if (here == null) {
      return awaitPlainly(greenlet, timeout);
    }
    Joining joining = new Joining(here);
    boolean foreign = here != greenlet.hub();
    greenlet.rawLink(joining);
    if (foreign) {
      here.loop().ref(); // somebody will call
    }
    try {
      return joining.await(timeout);
    } finally {
      if (foreign) {
        here.loop().unref();
      }
      joining.over = true;
      greenlet.unlink(joining);
    }
  }

  private boolean await(Duration timeout) {
    if (timeout == null) {
      while (!ready) {
        hub.switchOut();
      }
      return true;
    }
    long end = System.nanoTime() + Seconds.nanos(timeout);
    for (long left = Seconds.nanos(timeout); !ready; left = end - System.nanoTime()) {
      if (left < 0) {
        return false;
      }
      hub.switchOut(left, true);
    }
    return true;
  }

  /** In the hub of what has become ready. */
  @Override
  public void accept(Linkable source) {
    ready = true;
    if (hub.isHere()) {
      wake();
    } else if (!hub.isClosed()) {
      hub.loop().runCallbackThreadsafe(this::wake);
    }
  }

  private void wake() {
    if (!over) {
      hub.makeReady(waiter);
    }
  }

  private static boolean awaitPlainly(Greenlet<?> greenlet, Duration timeout) {
    CountDownLatch latch = new CountDownLatch(1);
    Consumer<Linkable> link = ignored -> latch.countDown();
    greenlet.rawLink(link);
    try {
      if (timeout != null) {
        return latch.await(Seconds.nanos(timeout), TimeUnit.NANOSECONDS);
      }
      latch.await();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return greenlet.ready();
    } finally {
      greenlet.unlink(link);
    }
  }
}
