package io.gevent4j.threadpool;

import io.gevent4j.Hub;
import io.gevent4j.event.AsyncResult;
import java.util.concurrent.Callable;

/** A task whose outcome somebody may wait for. It keeps nothing longer than is needed. */
final class Call<T> extends Task {
  private final Hub hub;
  private final String name;
  private final AsyncResult<T> result = new AsyncResult<>();
  private Callable<? extends T> call; // null once it was called
  private T value;
  private Throwable thrown;

  Call(ThreadPool pool, Hub hub, Callable<? extends T> call) {
    super(pool);
    this.hub = hub;
    this.call = call;
    this.name = call.getClass().getName();
  }

  AsyncResult<T> result() {
    return result;
  }

  @Override
  boolean hasPlace() {
    return true;
  }

  @Override
  void work() {
    Callable<? extends T> taken = call;
    call = null;
    try {
      value = taken.call();
    } catch (Throwable t) {
      thrown = t;
    }
  }

  @Override
  void deliver() {
    if (thrown != null) {
      if (!hub.isClosed()) {
        hub.handleError(this, thrown);
      }
      result.setException(thrown);
    } else if (isDone()) {
      result.set(value);
    } else {
      result.cancel(false);
    }
    value = null;
    thrown = null;
  }

  @Override
  public String toString() {
    return "a thread pool's " + name;
  }
}
