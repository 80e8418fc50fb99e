package io.gevent4j.contract;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The main greenlet of a hub runs the test. The first task is a greenlet of the same hub, the next
 * one a thread without a hub, the third a greenlet of another thread's hub, and so on in turn.
 */
final class MixedWorld implements World {
  private static final int TURNS = 4; // after so many, a greenlet of another hub waits

  private final GreenletWorld here = new GreenletWorld();
  private final PlainWorld threads = new PlainWorld();
  private final Map<Task<?>, OtherHub> others = new IdentityHashMap<>();
  private final List<Task<?>> plain = new ArrayList<>();
  private int started;

  /** A thread with a hub, in which one task runs. */
  private static final class OtherHub implements Runnable {
    private final Task<?> task;
    private volatile int turns;
    private volatile boolean over;

    OtherHub(Task<?> task) {
      this.task = task;
    }

    @Override
    public void run() {
      try (Hub hub = Hub.get()) {
        Greenlet<Void> greenlet = Gevent.spawn((Runnable) task);
        while (!greenlet.ready() && !over) {
          Gevent.sleep(0.0002);
          turns++;
        }
      }
    }
  }

  @Override
  public void run(Body test) throws Throwable {
    threads.run(
        () -> {
          try {
            here.run(test);
          } finally {
            others.values().forEach(each -> each.over = true);
          }
        });
  }

  @Override
  public void start(Task<?> task) {
    switch (started++ % 3) {
      case 0 -> here.start(task);
      case 1 -> {
        plain.add(task);
        threads.start(task);
      }
      default -> {
        OtherHub other = new OtherHub(task);
        others.put(task, other);
        Thread thread = new Thread(other);
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  @Override
  public void untilWaiting(Task<?> task) throws Exception {
    OtherHub other = others.get(task);
    if (other != null) {
      int until = other.turns + TURNS;
      while (other.turns < until) {
        if (task.isDone()) {
          throw new AssertionError("doesn't wait: " + task, task.thrown());
        }
        pause();
      }
    } else if (plain.contains(task)) {
      while (!threads.isWaiting(task)) {
        pause();
      }
    } else {
      here.untilWaiting(task);
    }
  }

  @Override
  public void pause() throws InterruptedException {
    here.pause();
  }

  @Override
  public void expectUncaught() {
    here.expectUncaught();
  }
}
