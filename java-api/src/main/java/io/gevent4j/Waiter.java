package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.waiting.Throwables;

/**
 * Hands one value, or something to be thrown, from the hub to one greenlet that waits for it, in
 * whichever order the two come.
 *
 * <p><b>Thread rule:</b> that of the hub it is made in.
 *
 * <p>gevent: {@code gevent.hub.Waiter}.
 */
public final class Waiter<T> {
  private final Hub hub;
  private RawGreenlet getter;
  private boolean ready;
  private T value;
  private Throwable thrown;

  /** In the calling thread's hub. */
  public Waiter() {
    this(Hub.get());
  }

  Waiter(Hub hub) {
    this.hub = hub;
  }

  /** Hands the value over. The getter runs on after those that are ready. */
  public void switchTo(T value) {
    this.value = value;
    finish();
  }

  /** Has the getter throw this. */
  public void throwInto(Throwable thrown) {
    this.thrown = thrown;
    finish();
  }

  private void finish() {
    if (ready) {
      return;
    }
    ready = true;
    if (getter != null) {
      hub.makeReady(getter);
    }
  }

  /** Whether the value, or something to be thrown, has come. */
  public boolean ready() {
    return ready;
  }

  /**
   * Waits for the value, if it hasn't come yet.
   *
   * @throws ConcurrentObjectUseError if another greenlet waits already
   */
  public T get() {
    if (!ready) {
      if (getter != null) {
        throw new ConcurrentObjectUseError("another greenlet waits for this: " + this);
      }
      getter = RawGreenlet.getCurrent();
      try {
        while (!ready) {
          hub.switchOut();
        }
      } finally {
        getter = null;
      }
    }
    if (thrown != null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
    return value;
  }

  /** Makes it as new. */
  public void clear() {
    ready = false;
    value = null;
    thrown = null;
  }

  @Override
  public String toString() {
    return "Waiter@"
        + Integer.toHexString(hashCode())
        + (ready ? "[ready]" : getter != null ? "[waited for]" : "[]");
  }
}
