package io.gevent4j.socket;

import java.nio.channels.AsynchronousCloseException;

/**
 * A socket was used that is closed, or was closed while its caller waited.
 *
 * <p>gevent: the {@code OSError} with {@code EBADF}.
 */
public class SocketClosedException extends AsynchronousCloseException {
  private static final long serialVersionUID = 1L;

  private final String message;

  /** With a message that names the operation and the socket. */
  public SocketClosedException(String message) {
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
