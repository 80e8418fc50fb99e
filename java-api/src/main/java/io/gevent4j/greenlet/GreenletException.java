package io.gevent4j.greenlet;

/**
 * A switch that can't be made: to a greenlet of another thread, from a virtual thread, or to a new
 * greenlet for which there is no stack. The greenlets concerned stay as they were.
 *
 * <p>greenlet: {@code greenlet.error}.
 */
public class GreenletException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the operation and what stood in its way. */
  public GreenletException(String message) {
    super(message);
  }

  /** With a message that names the operation and the limit that it met, and the VM's own word. */
  public GreenletException(String message, Throwable cause) {
    super(message, cause);
  }
}
