package io.gevent4j.loop;

/**
 * Gets what callbacks throw.
 *
 * <p>gevent: {@code loop.error_handler}.
 *
 * @see Loop#setErrorHandler
 */
@FunctionalInterface
public interface ErrorHandler {
  /**
   * Called in the thread of the loop. What it throws itself is printed and goes no further.
   *
   * @param context the watcher or the {@link Callback} that failed; may be null
   */
  void handleError(Object context, Throwable thrown);
}
