package io.gevent4j;

/**
 * Thrown in a greenlet that waits for something, when somebody switches to it who isn't what it
 * waits for.
 *
 * <p>gevent: {@code gevent.exceptions.InvalidSwitchError}.
 */
public class InvalidSwitchError extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  InvalidSwitchError(Object value) {
    super("switched to while it waited for something else, with " + value);
  }
}
