package io.gevent4j.server;

import io.gevent4j.Gevent;

/**
 * How a server has its handlers run. If this throws, the server reports that, closes the connection
 * and accepts no other for a while.
 *
 * <p>gevent: the argument {@code spawn} of the servers.
 */
@FunctionalInterface
public interface Spawn {
  /** In a greenlet each, as many as there are connections. */
  Spawn GREENLET = handler -> Gevent.spawn(handler);

  /** In a raw greenlet each, which costs a little less. gevent: {@code spawn_raw}. */
  Spawn RAW = Gevent::spawnRaw;

  /** In the hub itself: one that waits throws. For what answers at once. gevent: {@code None}. */
  Spawn NONE = Runnable::run;

  /** Starts a handler; called in the hub, where it must not wait. */
  void spawn(Runnable handler);
}
