package io.gevent4j.model;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.loop.Watcher;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Divides a hub's time into instants, so that real timers ring as those of the {@link Model} do.
 * The loop is asked once for each instant, and only when nobody is ready; a span ends half an
 * instant early, so that at the next beginning of an instant all timers of the one before have come
 * and none of the one after. A run in which an instant took too long says nothing.
 */
final class Gate implements AutoCloseable {
  private final long instant; // ns; 0: there is no time
  private final Watcher before;
  private final Watcher idle;
  private long begin; // of the present instant
  private int now;
  private boolean late;

  /**
   * For the hub of the calling thread.
   *
   * @param instant in ns; 0 for a program that doesn't use time
   */
  Gate(long instant) {
    this.instant = instant;
    before = Hub.get().loop().prepare();
    idle = Hub.get().loop().idle();
    begin = System.nanoTime();
    if (instant > 0) {
      Gevent.setSwitchInterval(3600);
      before.setRef(false);
      before.start(this::next);
      idle.setRef(false);
      idle.start(() -> {}); // no poll waits
    }
  }

  private void next() {
    checkTime();
    begin += instant;
    now++;
    for (long left = instant; left > 0; left = begin - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, begin - System.nanoTime()));
    }
  }

  private void checkTime() {
    late |= instant > 0 && System.nanoTime() - begin > instant * 2 / 5;
  }

  int now() {
    return now;
  }

  /** A real span that ends with so many instants. */
  Duration span(int instants) {
    return Duration.ofNanos(instants * instant - instant / 2);
  }

  /** Whether the run was too slow to be compared. */
  boolean isLate() {
    checkTime();
    return late;
  }

  @Override
  public void close() {
    before.close();
    idle.close();
  }
}
