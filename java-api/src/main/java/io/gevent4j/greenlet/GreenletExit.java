package io.gevent4j.greenlet;

/**
 * Ends the greenlet it is thrown into, quietly: a greenlet that lets it escape hands the exception
 * object to its parent as an ordinary value. It is no {@link Exception}, so that {@code catch
 * (Exception e)} does not eat it, and it is unchecked, so that it can be caught anywhere.
 *
 * <p>greenlet: {@code greenlet.GreenletExit}.
 */
public class GreenletExit extends Error {
  private static final long serialVersionUID = 1L;

  public GreenletExit() {}

  /** With a message that says why the greenlet is to end. */
  public GreenletExit(String message) {
    super(message);
  }
}
