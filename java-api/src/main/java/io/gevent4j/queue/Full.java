package io.gevent4j.queue;

/**
 * There was no room in a queue, now or until the time was up.
 *
 * <p>gevent: {@code gevent.queue.Full}.
 */
public final class Full extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  Full(String message) {
    super(message);
  }
}
