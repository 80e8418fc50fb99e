package io.gevent4j.waiting;

import io.gevent4j.greenlet.Scheduler;
import java.util.concurrent.ForkJoinPool;

/**
 * A place for something that is to run in the hub that it was made in; where there was none, in the
 * hub of whoever notifies it, or, if he has none either, in the JDK's common pool.
 */
public abstract class CallbackPlace extends Place implements Runnable {
  private final Scheduler hub = Scheduler.here();

  /** In no line yet. */
  protected CallbackPlace() {}

  @Override
  boolean claims() {
    return false;
  }

  @Override
  boolean call(boolean next) {
    Scheduler runner = hub != null ? hub : Scheduler.here();
    if (runner != null) {
      return runner.runInHub(this);
    }
    ForkJoinPool.commonPool().execute(this);
    return true;
  }
}
