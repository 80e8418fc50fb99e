package io.gevent4j.monkey;

import io.gevent4j.Hub;
import io.gevent4j.greenlet.Guests;
import io.gevent4j.greenlet.QuietThread;
import io.gevent4j.waiting.Throwables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The kernel threads that run the program's threads as greenlets, each in a hub of its own. They
 * serve for as long as the process lives, and belong to the system, so that they neither keep the
 * VM alive nor count as the program's.
 */
final class HubThreads {
  private static final List<HubThread> STARTED = new ArrayList<>(); // guarded by Monkey

  private HubThreads() {}

  static boolean exist() {
    return !STARTED.isEmpty();
  }

  /** That of the VM's own threads. */
  static ThreadGroup systemGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** Starts so many, and waits until each has its hub. All of them, or none is used. */
  static void start(int number) {
    List<HubThread> threads = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      HubThread thread = new HubThread("gevent-hub-" + i);
      threads.add(thread);
      thread.start();
    }
    for (HubThread thread : threads) {
      try {
        thread.ready.join();
      } catch (CompletionException e) {
        throw Throwables.<RuntimeException>sneak(e.getCause());
      }
    }
    STARTED.addAll(threads);
  }

  private static final class HubThread extends Thread implements QuietThread {
    final CompletableFuture<Void> ready = new CompletableFuture<>();

    HubThread(String name) {
      super(systemGroup(), null, name, 0, false); // nothing of the caller's is inherited
      setDaemon(true);
      setContextClassLoader(null); // nor is its class loader kept alive
    }

    @Override
    public void run() {
      try {
        Hub hub = Hub.get();
        hub.loop().ref(); // else a hub without work would say so
        Guests.addHub(hub);
        ready.complete(null);
        serve(hub);
      } catch (Throwable thrown) {
        if (!ready.completeExceptionally(thrown)) {
          throw thrown;
        }
      }
    }

    /** What the hub throws in here, such as an OutOfMemoryError, does not concern the others. */
    private void serve(Hub hub) {
      while (!hub.isClosed()) {
        try {
          hub.switchOut();
        } catch (Throwable thrown) {
          UncaughtExceptionHandler handler = getUncaughtExceptionHandler();
          handler.uncaughtException(this, thrown);
        }
      }
    }
  }
}
