package io.gevent4j;

import java.util.function.Consumer;

/**
 * Something that becomes ready, and tells whoever is linked to it.
 *
 * <p>gevent: what has {@code rawlink} and {@code unlink}; {@link Gevent#waitAll} and {@link
 * Gevent#iwait} wait for any mixture of them.
 */
public interface Linkable {
  /** Whether it is ready now. */
  boolean ready();

  /**
   * Has the callback run in the hub once this is ready, even if it is so already. It must not wait.
   * What it throws goes to the hub's error handler; others are told all the same.
   */
  void rawLink(Consumer<? super Linkable> callback);

  /** Takes back one {@link #rawLink} of this callback. Harmless if there is none. */
  void unlink(Consumer<?> callback);
}
