package io.gevent4j;

/**
 * What stands on one descriptor of the system, such as a socket, and can therefore be polled.
 *
 * <p>gevent: whatever has a {@code fileno()}.
 */
public interface HasDescriptor {
  /** The descriptor's number; negative when it is closed. gevent: {@code fileno}. */
  int fileno();
}
