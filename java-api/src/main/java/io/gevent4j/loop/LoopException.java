package io.gevent4j.loop;

/** The system refused: the message names the operation, its object and the system's reason. */
public class LoopException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /** With the system's number for the reason. */
  public LoopException(String message, int errno) {
    super(message);
    this.errno = errno;
  }

  /** The system's number for the reason, such as 9 for EBADF. */
  public int errno() {
    return errno;
  }
}
