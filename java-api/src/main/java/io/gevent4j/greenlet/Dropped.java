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
        Body body = ((Body.Handle) QUEUE.remove()).body;
        if (body.state == Body.STARTED) {
          body.family.drop(body);
        }
      } catch (InterruptedException e) {
        // Nobody's business here.
      }
    }
  }
}
