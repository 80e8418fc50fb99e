package io.gevent4j.greenlet;

import java.lang.ref.ReferenceQueue;

/**
 * Notices suspended greenlets that nobody can switch to any more, and tells their families. They
 * end in their own thread, when it next does anything with greenlets.
 */
final class Dropped {
  static final ReferenceQueue<RawGreenlet> QUEUE = new ReferenceQueue<>();

  private static Thread watcher;

  private Dropped() {}

  static synchronized void startWatcher() {
    if (watcher == null) {
      watcher = Lenders.startDaemon("greenlet-dropped", Dropped::watch);
    }
  }

  private static void watch() {
    for (; ; ) {
      try {
        tell(((Body.Handle) QUEUE.remove()).body);
      } catch (InterruptedException e) {
        // Nobody's business here.
      }
    }
  }

  /** It is told once, so that it goes on until there is memory to do it. */
  private static void tell(Body body) {
    for (; ; ) {
      try {
        if (body.state == Body.STARTED) {
          body.family.drop(body);
        }
        return;
      } catch (OutOfMemoryError e) {
        Thread.yield();
      }
    }
  }
}
