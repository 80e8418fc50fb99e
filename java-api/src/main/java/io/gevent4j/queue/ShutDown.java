package io.gevent4j.queue;

/**
 * A queue was shut down: nothing can be put any more, or it is empty and stays so.
 *
 * <p>gevent: {@code gevent.queue.ShutDown}.
 */
public final class ShutDown extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ShutDown(String message) {
    super(message);
  }
}
