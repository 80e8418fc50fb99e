package io.gevent4j;

import io.gevent4j.loop.SignalWatcher;

/**
 * Has a function run, in a greenlet of its own, whenever the process gets a signal.
 *
 * <p>gevent: what {@code gevent.signal_handler} returns.
 *
 * @see Gevent#signalHandler(String, Runnable)
 */
public final class SignalHandler implements AutoCloseable {
  private final SignalWatcher watcher;

  SignalHandler(SignalWatcher watcher, Runnable handler) {
    this.watcher = watcher;
    watcher.setRef(false);
    watcher.start(() -> Gevent.spawn(handler));
  }

  /** From now on the signal does what it did before. Harmless when it is cancelled. */
  public void cancel() {
    watcher.close();
  }

  /** As {@link #cancel}. */
  @Override
  public void close() {
    cancel();
  }

  /** Whether waiting for the signal keeps the loop from being idle; at first it doesn't. */
  public boolean isRef() {
    return watcher.isRef();
  }

  public void setRef(boolean ref) {
    watcher.setRef(ref);
  }

  @Override
  public String toString() {
    return "SignalHandler[" + watcher + "]";
  }
}
