package io.gevent4j.resolver;

import java.net.UnknownHostException;

/**
 * A name or an address wasn't found. The message tells the operation, what was looked up, and why.
 *
 * <p>gevent: {@code socket.gaierror}, {@code socket.herror}.
 */
public final class LookupException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  private final boolean temporary;

  LookupException(String message, boolean temporary) {
    super(message);
    this.temporary = temporary;
  }

  /**
   * Whether nobody has answered who could know, so that it may be found at another time. False
   * where it is known not to exist.
   */
  public boolean isTemporary() {
    return temporary;
  }
}
