package io.gevent4j.contract;

import java.util.concurrent.Callable;

/** Something that runs beside the test: what came of it, and whether it was left interrupted. */
final class Task<T> implements Runnable {
  private final Callable<T> call;
  private volatile Thread thread;
  private T value;
  private Throwable thrown;
  private boolean leftInterrupted;
  private volatile boolean done; // written last

  Task(Callable<T> call) {
    this.call = call;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      value = call.call();
    } catch (Throwable t) {
      thrown = t;
    } finally {
      leftInterrupted = Thread.interrupted();
      done = true;
    }
  }

  boolean isDone() {
    return done;
  }

  T value() {
    return value;
  }

  /** What it threw, or null. */
  Throwable thrown() {
    return thrown;
  }

  /** Whether the interrupt status was set when it ended. */
  boolean wasLeftInterrupted() {
    return leftInterrupted;
  }

  /** The thread it runs on; null before it has begun. */
  Thread thread() {
    return thread;
  }

  void interrupt() {
    thread.interrupt();
  }

  @Override
  public String toString() {
    return done
        ? "a task that ended with " + (thrown == null ? "the value " + value : thrown)
        : "a task that runs on " + thread;
  }
}
