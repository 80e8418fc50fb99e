package io.gevent4j.concurrent;

import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.greenlet.GreenletExit;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A greenlet for code that knows Thread objects only: {@link #start} starts the greenlet, and no
 * thread. {@link #interrupt} ends its wait, where that can be interrupted; {@link #isInterrupted},
 * {@link #getState}, {@link #getStackTrace} and the handler of uncaught exceptions are those of the
 * greenlet, which also has this thread's name.
 *
 * <p><b>What it can't do,</b> since those methods are final: {@link Thread#isAlive} is always
 * false, and {@link Thread#join()} returns at once; {@link #getState} and {@link #awaitEnd} are
 * there in their place. In the greenlet {@link Thread#currentThread} is another one than this, and
 * priority and daemon flag mean nothing.
 *
 * <p>Whoever starts it by other ways than {@link #start}, as the JDK's thread-per-task executor
 * does, gets a thread that lives for as long as the greenlet, and does nothing else.
 */
public final class GreenletAsThread extends Thread {
  private final Hub hub;
  private final Runnable task;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AsyncResult<Void> ended = new AsyncResult<>();
  private final Runnable closer = this::end;
  private volatile Greenlet<Void> greenlet; // null until the hub has made it
  private volatile UncaughtExceptionHandler handler; // null: the hub's
  private Thread lent; // the greenlet's, while it runs; guarded by ended
  private boolean interrupted; // before it ran

  GreenletAsThread(Hub hub, Runnable task, String name) {
    super(null, null, name, 0, false);
    this.hub = hub;
    this.task = task;
  }

  /**
   * Starts the greenlet.
   *
   * @throws IllegalThreadStateException if it was started before
   * @throws IllegalStateException if the hub is closed
   */
  @Override
  public void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalThreadStateException("started before: " + this);
    }
    if (hub.isHere()) {
      spawn();
    } else {
      hub.loop().runCallbackThreadsafe(this::spawn);
    }
    hub.onClose(closer); // who is closed runs and tells nothing any more
    if (ended.isDone()) {
      hub.forgetOnClose(closer);
    }
  }

  private void spawn() {
    greenlet = Greenlet.spawn(this::runInGreenlet);
    greenlet.rawLink(ready -> end()); // it may never have run
  }

  private void end() {
    ended.set(null);
    hub.forgetOnClose(closer);
  }

  /** Runs the task; in a thread that was really started, has the greenlet run it. */
  @Override
  public void run() {
    if (Thread.currentThread() != this) {
      task.run();
    } else {
      started.set(true);
      hub.loop().runCallbackThreadsafe(this::spawn);
      hub.onClose(closer);
      ended.await();
      hub.forgetOnClose(closer);
    }
  }

  private void runInGreenlet() {
    Thread self = Thread.currentThread();
    self.setName(getName());
    synchronized (ended) {
      lent = self;
      if (interrupted) {
        self.interrupt();
      }
    }
    try {
      task.run();
    } catch (Exception | Error thrown) {
      UncaughtExceptionHandler told = handler;
      if (told == null || thrown instanceof GreenletExit) {
        throw thrown;
      }
      told.uncaughtException(this, thrown);
    } finally {
      synchronized (ended) {
        lent = null;
      }
    }
  }

  /** The greenlet; null until the hub has made it. */
  public Greenlet<Void> greenlet() {
    return greenlet;
  }

  /**
   * Waits until the greenlet has ended, as {@link Thread#join()} should: for at most so long (null:
   * as long as it takes). Any thread or greenlet.
   *
   * @return false when the time is up
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    Hub waiting = Waits.begin(hub);
    try {
      ended.get(timeout);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      Waits.end(waiting);
    }
  }

  @Override
  public void interrupt() {
    synchronized (ended) {
      if (lent != null) {
        lent.interrupt();
      } else {
        interrupted = true;
      }
    }
  }

  @Override
  public boolean isInterrupted() {
    synchronized (ended) {
      return lent != null ? lent.isInterrupted() : interrupted && !ended.isDone();
    }
  }

  @Override
  public State getState() {
    if (!started.get()) {
      return State.NEW;
    }
    if (ended.isDone()) {
      return State.TERMINATED;
    }
    Greenlet<Void> made = greenlet;
    return made == null || !made.isActive() ? State.RUNNABLE : State.WAITING;
  }

  @Override
  public StackTraceElement[] getStackTrace() {
    Greenlet<Void> made = greenlet;
    return made == null ? new StackTraceElement[0] : made.getStackTrace();
  }

  @Override
  public UncaughtExceptionHandler getUncaughtExceptionHandler() {
    UncaughtExceptionHandler told = handler;
    return told != null ? told : (of, thrown) -> hub.handleError(this, thrown);
  }

  /** Who gets what the task throws; null: the hub's error handler. */
  @Override
  public void setUncaughtExceptionHandler(UncaughtExceptionHandler told) {
    handler = told;
  }

  @Override
  public String toString() {
    return "GreenletAsThread[" + getName() + ", " + hub.name() + ", " + getState() + "]";
  }
}
