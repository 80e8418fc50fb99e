package io.gevent4j.threadpool;

import io.gevent4j.Hub;

/** A task that nobody waits for. */
final class Errand extends Task {
  private final Hub hub;
  private final String name;
  private Runnable run; // null once it has run
  private Throwable thrown;

  Errand(ThreadPool pool, Hub hub, Runnable run) {
    super(pool);
    this.hub = hub;
    this.run = run;
    this.name = run.getClass().getName();
  }

  @Override
  boolean hasPlace() {
    return false;
  }

  @Override
  void work() {
    Runnable taken = run;
    run = null;
    try {
      taken.run();
    } catch (Throwable t) {
      thrown = t;
    }
  }

  @Override
  void deliver() {
    if (thrown != null && !hub.isClosed()) {
      hub.handleError(this, thrown);
    }
  }

  @Override
  public String toString() {
    return "a thread pool's " + name;
  }
}
