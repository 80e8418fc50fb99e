package io.gevent4j;

import io.gevent4j.greenlet.GreenletExit;

/**
 * Thrown in greenlets that wait in a hub that is closed.
 *
 * <p>gevent: {@code gevent.exceptions.HubDestroyed}.
 */
public class HubDestroyed extends GreenletExit {
  private static final long serialVersionUID = 1L;

  HubDestroyed(Hub hub) {
    super("closed: " + hub);
  }
}
