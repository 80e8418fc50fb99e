package io.gevent4j.threadpool;

import io.gevent4j.Hub;
import io.gevent4j.greenlet.QuietThread;

/**
 * A thread of a pool. If a task of it has used gevent4j, it has a hub, which is closed with it.
 *
 * <p>gevent: {@code _WorkerGreenlet}.
 */
final class Worker extends Thread implements QuietThread {
  private final Runnable end;

  /**
   * Not started.
   *
   * @param end run by it last of all
   */
  Worker(String name, Runnable run, Runnable end) {
    super(null, run, name, 0, false);
    this.end = end;
    setDaemon(true);
  }

  @Override
  public void run() {
    try {
      super.run();
    } finally {
      try {
        closeHub();
      } finally {
        end.run();
      }
    }
  }

  private static void closeHub() {
    Hub hub = Hub.getIfExists();
    if (hub != null) {
      hub.close();
    }
  }
}
