package io.gevent4j.concurrent;

import io.gevent4j.Greenlet;
import io.gevent4j.Hub;

/**
 * Runs each task in a greenlet of its own, in a hub. A task that waits lets the others run; it
 * waits by what gevent4j has, for the JDK's own locks and queues would stop the whole hub.
 *
 * <p>{@code execute} and {@code submit} never wait. A future that {@code submit} returns is a
 * {@link io.gevent4j.Linkable}, so that {@link io.gevent4j.Gevent#waitAll} takes it. Cancelling it
 * with {@code true}, and {@link #shutdownNow}, kill greenlets: they get a {@link
 * io.gevent4j.greenlet.GreenletExit} wherever they wait, and what that ends counts as cancelled.
 * What a task given to {@code execute} throws goes to the hub's error handler.
 *
 * <p>When the hub is closed, what hasn't started is cancelled. Until then, or its shutdown, the hub
 * remembers it.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub.
 *
 * <p>gevent: there is none; the nearest is {@code gevent.pool.Pool}.
 */
public final class GreenletExecutorService extends CrewExecutorService {
  private GreenletExecutorService(Hub hub, int limit) {
    super(hub, limit);
  }

  /** In the calling thread's hub, with no limit. */
  public static GreenletExecutorService newGreenletPerTask() {
    return newGreenletPerTask(Hub.get());
  }

  /** In this hub, with no limit. */
  public static GreenletExecutorService newGreenletPerTask(Hub hub) {
    return new GreenletExecutorService(hub, Integer.MAX_VALUE);
  }

  /** In the calling thread's hub, as {@link #limited(Hub, int)}. */
  public static GreenletExecutorService limited(int limit) {
    return limited(Hub.get(), limit);
  }

  /**
   * In this hub, with so many greenlets at most at the same time. Other tasks wait, in their order.
   *
   * @throws IllegalArgumentException unless the limit is positive
   */
  public static GreenletExecutorService limited(Hub hub, int limit) {
    return new GreenletExecutorService(hub, limit);
  }

  @Override
  void start(Crew.Turn turn) {
    spawn(hub, turn);
  }

  /** In the hub, where nobody else would hear of what goes wrong. */
  private static void spawnOrTell(Hub hub, Crew.Turn turn) {
    try {
      spawn(hub, turn);
    } catch (Throwable thrown) { // a spawn callback has failed
      turn.over(thrown);
      throw thrown;
    }
  }

  static void spawn(Hub hub, Crew.Turn turn) {
    if (!hub.isHere()) {
      hub.loop().runCallbackThreadsafe(() -> spawnOrTell(hub, turn));
      return;
    }
    Greenlet<Void> greenlet = Greenlet.spawn(turn);
    greenlet.rawLink(
        ended -> turn.over(greenlet.exit() != null ? greenlet.exit() : greenlet.exception()));
  }
}
