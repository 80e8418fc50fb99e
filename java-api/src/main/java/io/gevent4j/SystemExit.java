package io.gevent4j;

/**
 * Asks the program to end: thrown in a greenlet, it is thrown on in main, and not printed. Who lets
 * it escape from main calls {@link System#exit} with its status.
 *
 * <p>Python: {@code SystemExit}.
 */
public class SystemExit extends Error {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** With the status that the process is to end with. */
  public SystemExit(int status) {
    super("exit with " + status);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
