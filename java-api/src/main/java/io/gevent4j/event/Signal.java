package io.gevent4j.event;

import io.gevent4j.greenlet.Scheduler;
import io.gevent4j.waiting.Waiting;

/**
 * What, once it is ready, lets all who wait go on, and needs nothing of it to be left: {@link
 * Event} and {@link AsyncResult}. Who was waiting when it became ready goes on even if it is not so
 * any more when his turn comes.
 */
abstract class Signal extends AbstractLinkable {
  private boolean ready;

  @Override
  protected final boolean isReady() {
    return ready;
  }

  /** Inside the guard: it is ready, and all are told. */
  final void announce() {
    ready = true;
    line.notifyEach();
  }

  /** Inside the guard: it isn't ready any more. */
  final void retract() {
    ready = false;
  }

  /**
   * Waits until it is ready.
   *
   * @param interruptibly whether it throws InterruptedException, which the caller is to declare
   * @return whether it is, or was meanwhile; false when the time is up
   */
  final boolean awaitReady(long nanos, boolean interruptibly) {
    Waiting waiting = join();
    if (waiting == null) {
      letOthersFirst();
      return true;
    }
    boolean told;
    try {
      waiting.await(nanos, interruptibly);
    } finally {
      told = leave(waiting);
    }
    return told;
  }

  private Waiting join() {
    boolean free = guard.enter();
    try {
      return ready ? null : line.join();
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

  /** Those who have been told but haven't had their turn yet were there before the caller. */
  private void letOthersFirst() {
    if (line.claims() > 0) { // read outside the guard: at worst somebody is late
      Scheduler here = Scheduler.here();
      if (here != null && here.isHere() && here.current() != here.runner()) {
        here.switchOutReady();
      }
    }
  }
}
