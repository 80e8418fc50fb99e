package io.gevent4j;

/**
 * A call that waits was made in the hub itself: in a watcher's callback, or a raw link. There is
 * nobody who could run meanwhile.
 *
 * <p>gevent: {@code gevent.exceptions.BlockingSwitchOutError}.
 */
public class BlockingSwitchOutError extends AssertionError {
  private static final long serialVersionUID = 1L;

  BlockingSwitchOutError() {
    super("cannot wait in the hub: do it in a greenlet, with Gevent.spawn");
  }
}
