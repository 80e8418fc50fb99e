package io.gevent4j.server;

import io.gevent4j.server.BaseServer.Job;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a {@link HubGroup} was given to run once, in one of its hubs. */
final class Dealt {
  private final HubGroup group;
  private final Runnable run;

  Dealt(HubGroup group, Runnable run) {
    this.group = group;
    this.run = run;
  }

  /** To one of the hubs, which begins it or gives it back: whichever is first. */
  final class Turn implements Runnable {
    private final HubThread thread;
    private final AtomicBoolean taken = new AtomicBoolean();

    Turn(HubThread thread) {
      this.thread = thread;
    }

    /** Whether the caller is the first. */
    boolean take() {
      return taken.compareAndSet(false, true);
    }

    /** In a greenlet of the hub. */
    @Override
    public void run() {
      if (take()) {
        run.run();
      }
    }

    /** The greenlet has ended, or its hub has. One that was to end runs nothing more. */
    void giveBack() {
      if (!take()) {
        return;
      }
      try {
        if (!thread.isToEnd()) {
          group.deal(Dealt.this);
          return;
        }
      } catch (RejectedExecutionException e) {
        String message = "cannot run " + run + ": " + thread.getName() + " has ended, and ";
        Thread.currentThread()
            .getUncaughtExceptionHandler()
            .uncaughtException(thread, new RejectedExecutionException(message + e.getMessage()));
      }
      drop();
    }

    /** It isn't going to be run. */
    void drop() {
      if (run instanceof Job) {
        ((Job) run).drop();
      }
    }
  }
}
