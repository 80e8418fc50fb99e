package io.gevent4j.loop;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a loop has to run once: its own callbacks, in order, and those that other threads sent. The
 * native side only counts them; a count that finds fewer runs what is there.
 */
final class Callbacks {
  private final ArrayDeque<Callback> due = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> inbox = new ConcurrentLinkedQueue<>();

  void add(Callback callback) {
    due.addLast(callback);
  }

  /** Any thread. */
  void send(Runnable run) {
    inbox.add(run);
  }

  void run(int count, Loop loop) {
    for (int i = 0; i < count; i++) {
      Callback callback = due.pollFirst();
      Runnable run = callback == null ? null : callback.take();
      if (run != null) {
        try {
          run.run();
        } catch (Throwable thrown) {
          loop.handleError(callback, thrown);
        }
      }
    }
  }

  /**
   * Runs what was sent up to now; what comes meanwhile has to wait, so that it can't go on for
   * ever.
   */
  void runInbox(Loop loop) {
    for (int i = inbox.size(); i > 0; i--) {
      Runnable run = inbox.poll();
      if (run == null) {
        return;
      }
      try {
        run.run();
      } catch (Throwable thrown) {
        loop.handleError(run, thrown);
      }
    }
  }

  /** None of them will run. */
  void clear() {
    due.forEach(Callback::stop);
    due.clear();
    inbox.clear();
  }
}
