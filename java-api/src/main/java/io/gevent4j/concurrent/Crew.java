package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import io.gevent4j.event.AsyncResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What an executor still has to run, who is at it, and whether it is shut down. The tasks wait in
 * one line; whoever was started for them takes the first when his turn comes.
 *
 * <p>Its monitor guards all that, and what the {@link Backlog} has.
 *
 * <p><b>Thread rule:</b> any thread. Nothing of it waits but {@link #awaitTermination}.
 */
final class Crew {
  /** What was accepted, but isn't to be run yet. */
  interface Backlog {
    /** Inside the monitor. */
    boolean isEmpty();

    /** Nothing of it will ever run. */
    void abandon();
  }

  /** There is none. */
  static final Backlog NOTHING =
      new Backlog() {
        @Override
        public boolean isEmpty() {
          return true;
        }

        @Override
        public void abandon() {}
      };

  private final Hub hub;
  private final int limit; // of turns at the same time
  private final Consumer<Turn> starter;
  private final Backlog backlog;
  private final Runnable terminating;
  private final Runnable closer = this::abandon;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private final Set<Runner> running = new HashSet<>();
  private final AsyncResult<Void> terminated = new AsyncResult<>();
  private int started; // turns that aren't over
  private int coming; // turns that haven't begun
  private boolean shutDown;

  /**
   * Nothing to do.
   *
   * @param starter has somebody do a turn; any thread; must not wait
   * @param terminating run once, when it has terminated; any thread
   */
  Crew(Hub hub, int limit, Consumer<Turn> starter, Backlog backlog, Runnable terminating) {
    this.hub = hub;
    this.limit = limit;
    this.starter = starter;
    this.backlog = backlog;
    this.terminating = terminating;
    hub.onClose(closer);
  }

  /** One run of whichever task is the first by then. */
  final class Turn implements Runnable {
    private boolean begun;

    @Override
    public void run() {
      Runner runner = Runner.here();
      Runnable task = begin(this, runner);
      if (task != null) {
        try {
          task.run();
        } finally {
          end(runner);
        }
      }
    }

    /** Whoever did it has ended; if it never began, because of this. */
    void over(Throwable why) {
      Crew.this.over(this, why);
    }
  }

  // ---- tasks ----

  /**
   * Has it run, some time.
   *
   * @throws RejectedExecutionException after shutdown
   */
  void execute(Runnable task) {
    synchronized (this) {
      requireOpen(task);
      waiting.add(task);
    }
    try {
      startSome();
    } catch (IllegalStateException closed) { // the loop is, and so nobody will come
      abandon();
      throw new RejectedExecutionException("its hub is closed: cannot run " + task, closed);
    } catch (Throwable thrown) { // there is no thread to be had
      synchronized (this) {
        waiting.removeLastOccurrence(task);
      }
      throw thrown;
    }
  }

  /** Inside the monitor. */
  void requireOpen(Object task) {
    if (shutDown) {
      throw new RejectedExecutionException("shut down: cannot run " + task);
    }
  }

  /** Inside the monitor: puts something in the line that was accepted before. */
  void enqueue(Runnable task) {
    waiting.add(task);
  }

  /** Has somebody come for what is in the line. */
  void startSome() {
    while (mayStart()) {
      Turn turn = new Turn();
      try {
        starter.accept(turn);
      } catch (Throwable thrown) {
        synchronized (this) {
          started--;
          coming--;
        }
        throw thrown;
      }
    }
  }

  private synchronized boolean mayStart() {
    if (started >= limit || coming >= waiting.size()) {
      return false;
    }
    started++;
    coming++;
    return true;
  }

  private synchronized Runnable begin(Turn turn, Runner runner) {
    turn.begun = true;
    coming--;
    Runnable task = waiting.poll();
    if (task != null) {
      running.add(runner);
    }
    return task;
  }

  private void end(Runner runner) {
    synchronized (this) {
      running.remove(runner);
    }
    tryTerminate();
  }

  private void over(Turn turn, Throwable why) {
    Runnable lost = null;
    synchronized (this) {
      started--;
      if (!turn.begun) {
        coming--;
        lost = waiting.poll();
      }
    }
    if (lost instanceof Job) {
      ((Job<?>) lost).fail(why);
    }
    tryTerminate();
    startSome();
  }

  // ---- shutting down ----

  synchronized boolean isShutDown() {
    return shutDown;
  }

  boolean isTerminated() {
    return terminated.isDone();
  }

  void shutDown() {
    synchronized (this) {
      shutDown = true;
    }
    tryTerminate();
  }

  /** Stops those who run. Returns the tasks in the line, which never will. */
  List<Runnable> shutDownNow() {
    List<Runnable> never = drain();
    synchronized (this) {
      running.forEach(Runner::stop);
    }
    tryTerminate();
    return never;
  }

  private synchronized List<Runnable> drain() {
    shutDown = true;
    List<Runnable> drained = new ArrayList<>(waiting);
    waiting.clear();
    return drained;
  }

  /** The hub is closed. */
  private void abandon() {
    for (Runnable never : drain()) {
      if (never instanceof Job) {
        ((Job<?>) never).cancel(false);
      }
    }
    backlog.abandon();
    tryTerminate();
  }

  void tryTerminate() {
    synchronized (this) {
      if (!shutDown
          || !waiting.isEmpty()
          || !running.isEmpty()
          || !backlog.isEmpty()
          || terminated.isDone()) {
        return;
      }
      terminated.set(null);
    }
    hub.forgetOnClose(closer);
    terminating.run();
  }

  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      terminated.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
