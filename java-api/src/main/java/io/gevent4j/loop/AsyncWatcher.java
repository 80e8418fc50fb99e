package io.gevent4j.loop;

import io.gevent4j.binding.Native;

/**
 * Fires when somebody sends, from whichever thread: once for any number of sends before it runs.
 * What is sent while it is stopped counts when it is started.
 *
 * <p>gevent: {@code loop.async_}.
 */
public final class AsyncWatcher extends Watcher {
  private final Gate senders = new Gate();

  AsyncWatcher(Loop loop) {
    super(loop, Native.GV_ASYNC);
  }

  /**
   * Has it fire. Any thread.
   *
   * @throws IllegalStateException when it is closed, or its loop
   */
  public void send() {
    if (!senders.enter()) {
      throw new IllegalStateException("closed: async watcher@" + Integer.toHexString(hashCode()));
    }
    try {
      Native.gv_watcher_send(ptr());
    } finally {
      senders.leave();
    }
  }

  @Override
  public void close() {
    if (!isClosed()) {
      stop(); // refuses the wrong thread, before anything has changed
      senders.shut();
      super.close();
    }
  }

  @Override
  void forget() {
    senders.shut();
    super.forget();
  }
}
