package io.gevent4j.queue;

import java.util.NoSuchElementException;

/**
 * There was nothing in a queue, now or until the time was up.
 *
 * <p>gevent: {@code gevent.queue.Empty}.
 */
public final class Empty extends NoSuchElementException {
  private static final long serialVersionUID = 1L;

  Empty(String message) {
    super(message);
  }
}
