package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Timeouts;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Waiting for one greenlet to end: by a greenlet of its own hub, by one of another hub, or by a
 * plain thread. {@link #accept} may be called by any thread.
 */
final class Joining implements Consumer<Linkable>, Foreign {
  private final Hub hub; // of who waits; null: a plain thread
  private final RawGreenlet waiter;
  private final CountDownLatch latch; // of a plain thread
  private final boolean interruptibly;
  private volatile boolean ready;
  private boolean over; // nobody waits any more

  private Joining(Hub hub, boolean interruptibly) {
    this.interruptibly = interruptibly;
    this.hub = hub;
    this.waiter = hub == null ? null : RawGreenlet.getCurrent();
    this.latch = hub == null ? new CountDownLatch(1) : null;
  }

  /**
   * Returns whether it is ready; if not, the time is up, or the thread is interrupted, as a plain
   * one may be in any case.
   */
  static boolean await(Greenlet<?> greenlet, Duration timeout, boolean interruptibly) {
    Joining joining = new Joining(Hub.getIfExists(), interruptibly);
    greenlet.rawLink(joining);
    try {
      // Once more: it may have ended before the link, and a hub that has ended tells nobody.
      return greenlet.ready()
          || joining.awaitCall(greenlet.hub(), timeout)
          || greenlet.ready(); // the time was up after its end, before its links were told
    } finally {
      joining.over = true;
      greenlet.unlink(joining);
    }
  }

  private boolean awaitCall(Hub caller, Duration timeout) {
    if (hub == null) {
      return awaitPlainly(timeout);
    }
    if (!isForeignTo(caller)) {
      return awaitInHub(timeout);
    }
    hub.loop().ref(); // somebody will call
    try {
      return awaitInHub(timeout);
    } finally {
      hub.loop().unref();
    }
  }

  /** Whether who waits isn't of this hub: then its turn doesn't depend on the hub's order. */
  @Override
  public boolean isForeignTo(Hub other) {
    return hub != other;
  }

  private boolean awaitInHub(Duration timeout) {
    long most = Timeouts.nanos(timeout);
    long end = System.nanoTime() + most;
    for (long left = most; most < 0 || left >= 0; left = end - System.nanoTime()) {
      hub.pause(most < 0 ? most : left, interruptibly);
      if (ready || interruptibly && Thread.currentThread().isInterrupted()) {
        return ready;
      }
    }
    return false;
  }

  private boolean awaitPlainly(Duration timeout) {
    try {
      if (timeout != null) {
        return latch.await(Seconds.nanos(timeout), TimeUnit.NANOSECONDS);
      }
      latch.await();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void accept(Linkable source) {
    ready = true;
    if (hub == null) {
      latch.countDown();
    } else if (hub.isHere()) {
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
}
