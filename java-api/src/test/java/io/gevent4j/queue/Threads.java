package io.gevent4j.queue;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/** Tests with hubs and plain threads beside the test's own. */
abstract class Threads extends HubTest {
  /** In a thread of its own, with a hub: each in a greenlet. */
  static Thread hubOf(List<Body> bodies, List<Throwable> failures) {
    return thread(
        () -> {
          try (Hub hub = Hub.get()) {
            List<Greenlet<Void>> greenlets = new ArrayList<>();
            for (Body body : bodies) {
              greenlets.add(Gevent.spawn(() -> run(body, failures)));
            }
            Gevent.joinAll(greenlets);
          }
        },
        failures);
  }

  static Thread thread(Body body, List<Throwable> failures) {
    Thread thread = new Thread(() -> run(body, failures));
    thread.setDaemon(true);
    return thread;
  }

  static void run(Body body, List<Throwable> failures) {
    Throwable thrown = thrownBy(body);
    if (thrown != null) {
      synchronized (failures) {
        failures.add(thrown);
      }
    }
  }

  static void runAll(List<Thread> threads, List<Throwable> failures) throws Exception {
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join(LONG.toMillis());
      if (thread.isAlive()) {
        Throwable stuck = new Throwable("stuck: " + thread);
        stuck.setStackTrace(thread.getStackTrace());
        failures.add(stuck);
      }
    }
    synchronized (failures) {
      for (Throwable failure : failures) {
        throw new AssertionError(failures.toString(), failure);
      }
    }
  }

  static List<Supplier<BlockingQueue<Integer>>> kinds() {
    return List.of(
        () -> new SimpleQueue<>(1),
        () -> new SimpleQueue<>(7),
        () -> new Queue<>(),
        () -> new PriorityQueue<>(3),
        Channel::new);
  }
}
