package io.gevent4j;

/**
 * Two greenlets wait for the same thing, which only one can have.
 *
 * <p>gevent: {@code gevent.exceptions.ConcurrentObjectUseError}.
 */
public class ConcurrentObjectUseError extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** With a message that names what is waited for. */
  public ConcurrentObjectUseError(String message) {
    super(message);
  }
}
