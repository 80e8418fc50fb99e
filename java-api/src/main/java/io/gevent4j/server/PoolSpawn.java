package io.gevent4j.server;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.pool.Group;
import io.gevent4j.server.BaseServer.Job;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Handlers in a pool, of which a greenlet may be killed before it begins: what it was to handle is
 * dropped then. In the server's hub.
 */
final class PoolSpawn implements Spawn {
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(1);

  final Group pool; // may serve others too
  private final Set<Runnable> waiting = new HashSet<>(); // not begun

  PoolSpawn(Group pool) {
    this.pool = pool;
  }

  @Override
  public void spawn(Runnable job) {
    waiting.add(job);
    try {
      pool.spawn(() -> run(job)).rawLink(ended -> drop(job));
    } catch (Throwable thrown) {
      waiting.remove(job); // who wanted it spawned drops it
      throw thrown;
    }
  }

  private void run(Runnable job) {
    if (waiting.remove(job)) {
      job.run();
    }
  }

  /** If its greenlet was killed before it began. */
  private void drop(Runnable job) {
    if (waiting.remove(job)) {
      ((Job) job).drop();
    }
  }

  /** Those that haven't begun, and won't. */
  void dropWaiting() {
    List.copyOf(waiting).forEach(this::drop);
  }

  /** Waits for the handlers that run, and kills those that aren't done in time. */
  void stop(Duration timeout, String reason) {
    try {
      if (!pool.isEmpty()) {
        pool.join(timeout);
        pool.kill(new GreenletExit(reason), true, KILL_TIMEOUT);
      }
    } finally {
      dropWaiting();
    }
  }
}
