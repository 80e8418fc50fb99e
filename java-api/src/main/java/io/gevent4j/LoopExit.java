package io.gevent4j;

/**
 * Thrown in main when it waits and nothing can ever wake it: no greenlet is ready, no timer or
 * other watcher that counts is active, and no other thread has announced itself. The message says
 * who waits, and where. The hub can be used on.
 *
 * <p>gevent: {@code gevent.exceptions.LoopExit}.
 */
public class LoopExit extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LoopExit(String message) {
    super(message);
  }
}
