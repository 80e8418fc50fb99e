package io.gevent4j.threadpool;

/**
 * A thread pool is given something by a thread other than that of its hub.
 *
 * <p>gevent: {@code gevent.exceptions.InvalidThreadUseError}.
 */
public class InvalidThreadUseError extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the pool. */
  public InvalidThreadUseError(String message) {
    super(message);
  }
}
