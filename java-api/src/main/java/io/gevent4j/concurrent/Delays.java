package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import io.gevent4j.loop.TimerWatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The jobs of an executor whose time hasn't come. One timer of the hub waits for the first of them.
 *
 * <p><b>Thread rule:</b> any thread. All is inside the monitor of the crew, except for the timer,
 * which is the hub's.
 */
final class Delays implements Crew.Backlog {
  private final Hub hub;
  private Crew crew;
  private final TreeSet<Scheduled<?>> jobs = new TreeSet<>();
  private long numbers;
  private boolean delayedGoOn = true; // after shutdown
  private boolean periodicGoOn;
  private TimerWatcher timer; // null: there are no jobs
  private long alarm; // when it fires; System.nanoTime()

  Delays(Hub hub) {
    this.hub = hub;
  }

  /** For which crew; before anything else. */
  void setCrew(Crew crew) {
    this.crew = crew;
  }

  long nextNumber() {
    synchronized (crew) {
      return numbers++;
    }
  }

  // ---- jobs ----

  /** Throws if it is shut down. */
  void add(Scheduled<?> job) {
    synchronized (crew) {
      crew.requireOpen(job);
      jobs.add(job);
      if (jobs.first() != job) {
        return;
      }
    }
    setTimerInHub();
  }

  /** Puts those whose time has come in front of what is given now. */
  void enqueueDue() {
    synchronized (crew) {
      long now = System.nanoTime();
      while (!jobs.isEmpty() && jobs.first().time() - now <= 0) {
        crew.enqueue(jobs.pollFirst());
      }
    }
  }

  /** One that has run, and does so again; unless it was shut down, or cancelled, meanwhile. */
  void addAgain(Scheduled<?> job) {
    boolean goesOn;
    synchronized (crew) {
      goesOn = mayGoOn(job) && !job.isDone();
      if (goesOn) {
        jobs.add(job);
      }
    }
    if (goesOn) {
      setTimerInHub();
    } else {
      job.cancel(false);
    }
  }

  /** It was cancelled. */
  void remove(Scheduled<?> job) {
    synchronized (crew) {
      if (!jobs.remove(job)) {
        return;
      }
    }
    setTimerInHub();
    crew.tryTerminate();
  }

  boolean mayGoOn(Scheduled<?> job) {
    synchronized (crew) {
      return !crew.isShutDown() || (job.isPeriodic() ? periodicGoOn : delayedGoOn);
    }
  }

  @Override
  public boolean isEmpty() {
    return jobs.isEmpty();
  }

  // ---- the timer ----

  private void setTimerInHub() {
    if (hub.isClosed()) {
      return; // and the timer with it
    }
    if (hub.isHere()) {
      setTimer();
    } else {
      hub.runInHub(this::setTimer);
    }
  }

  /** In the hub: for the first job, whichever that is now. */
  private void setTimer() {
    long first;
    synchronized (crew) {
      if (jobs.isEmpty()) {
        closeTimer();
        return;
      }
      first = jobs.first().time();
    }
    if (timer == null || alarm != first) {
      closeTimer();
      alarm = first;
      timer = hub.loop().timer(Duration.ofNanos(Math.max(first - System.nanoTime(), 0)));
      timer.start(this::fire);
    }
  }

  private void closeTimer() {
    if (timer != null) {
      timer.close();
      timer = null;
    }
  }

  private void fire() {
    closeTimer();
    enqueueDue();
    setTimer();
    crew.startSome();
  }

  // ---- shutting down ----

  void setDelayedGoOn(boolean goOn) {
    synchronized (crew) {
      delayedGoOn = goOn;
    }
    cancelThoseThatMayNotGoOn();
  }

  void setPeriodicGoOn(boolean goOn) {
    synchronized (crew) {
      periodicGoOn = goOn;
    }
    cancelThoseThatMayNotGoOn();
  }

  boolean delayedGoOn() {
    synchronized (crew) {
      return delayedGoOn;
    }
  }

  boolean periodicGoOn() {
    synchronized (crew) {
      return periodicGoOn;
    }
  }

  /** To be called when the crew was shut down. */
  void cancelThoseThatMayNotGoOn() {
    for (Scheduled<?> job : copy()) {
      if (!mayGoOn(job)) {
        job.cancel(false);
      }
    }
  }

  /** Takes all out; in their order. */
  List<Runnable> drain() {
    List<Runnable> drained;
    synchronized (crew) {
      drained = new ArrayList<>(jobs);
      jobs.clear();
    }
    setTimerInHub();
    return drained;
  }

  /** The hub is closed, and the timer with it. */
  @Override
  public void abandon() {
    for (Runnable job : drain()) {
      ((Scheduled<?>) job).cancel(false);
    }
  }

  private List<Scheduled<?>> copy() {
    synchronized (crew) {
      return new ArrayList<>(jobs);
    }
  }
}
