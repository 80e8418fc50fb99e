package io.gevent4j.contract;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.greenlet.Scheduler;
import java.util.ArrayList;
import java.util.List;

/** Tasks are greenlets of one fresh hub, whose main greenlet runs the test. */
final class GreenletWorld implements World {
  private static final int TURNS = 5; // what becomes ready meanwhile gets its turn as well

  private final List<Throwable> uncaught = new ArrayList<>();
  private boolean mayBeUncaught;

  @Override
  public void run(Body test) throws Throwable {
    try (Hub hub = Hub.get()) {
      hub.setErrorHandler((context, thrown) -> uncaught.add(thrown));
      test.run();
    } catch (Throwable failure) {
      uncaught.forEach(failure::addSuppressed);
      throw failure;
    }
    if (!uncaught.isEmpty() && !mayBeUncaught) {
      throw new AssertionError("reported to the hub: " + uncaught, uncaught.get(0));
    }
  }

  @Override
  public void start(Task<?> task) {
    Gevent.spawn((Runnable) task);
  }

  /** After a turn whoever could go on has done so. */
  @Override
  public void untilWaiting(Task<?> task) {
    for (int i = 0; i < TURNS || task.thread() == null; i++) {
      Gevent.sleep(0);
      if (task.isDone()) {
        throw new AssertionError("doesn't wait: " + task, task.thrown());
      }
    }
  }

  /** Also for the threads without a hub that something under test has made. */
  @Override
  public void pause() throws InterruptedException {
    if (Scheduler.here() == null) {
      Thread.sleep(1);
      return;
    }
    Gevent.sleep(0.0002);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  @Override
  public void expectUncaught() {
    mayBeUncaught = true;
  }
}
