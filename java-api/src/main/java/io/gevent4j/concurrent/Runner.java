package io.gevent4j.concurrent;

import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;

/** Whoever runs a task: a greenlet, or a thread. */
final class Runner {
  private final Greenlet<?> greenlet; // null: the thread
  private final Thread thread = Thread.currentThread();

  private Runner(Greenlet<?> greenlet) {
    this.greenlet = greenlet;
  }

  /** The caller. */
  static Runner here() {
    RawGreenlet current = Hub.getIfExists() == null ? null : RawGreenlet.getCurrent();
    return new Runner(current instanceof Greenlet ? (Greenlet<?>) current : null);
  }

  /** Kills the greenlet, or interrupts the thread. While it runs the task. Any thread. */
  void stop() {
    if (greenlet == null) {
      thread.interrupt();
    } else {
      try {
        greenlet.kill(new GreenletExit("stopped by its executor"), false, null);
      } catch (IllegalStateException closed) {
        // Its hub is, and so it has ended.
      }
    }
  }
}
