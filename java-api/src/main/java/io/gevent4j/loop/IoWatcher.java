package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * Fires as long as a descriptor is readable or writable, whichever is asked for. Any number of
 * watchers may watch one descriptor. A descriptor is to be closed after its watchers are stopped;
 * where that is found to be otherwise, they fire with {@link Loop#ERROR}.
 *
 * <p>gevent: {@code loop.io}.
 */
public final class IoWatcher extends Watcher {
  private int fd;
  private int events;
  private IntConsumer consumer; // in place of the callback; null while stopped

  IoWatcher(Loop loop, int fd, int events) {
    super(loop, Native.GV_IO);
    try {
      set(fd, events);
    } catch (IllegalArgumentException e) {
      close();
      throw e;
    }
  }

  private void set(int fd, int events) {
    if (fd < 0) {
      throw new IllegalArgumentException("not a descriptor: " + fd);
    }
    if (events == 0 || (events & ~(Loop.READ | Loop.WRITE)) != 0) {
      throw new IllegalArgumentException("not READ, WRITE or both: " + events);
    }
    Status.check(Native.gv_watcher_set_io(ptr(), fd, events), "watch", "descriptor " + fd);
    this.fd = fd;
    this.events = events;
  }

  @Override
  public void start(Runnable callback) {
    super.start(callback);
    consumer = null;
  }

  /**
   * As {@link #start(Runnable)}.
   *
   * @param consumer gets what has happened: {@link Loop#READ}, {@link Loop#WRITE}, {@link
   *     Loop#ERROR} or a sum of them
   */
  public void start(IntConsumer consumer) {
    Objects.requireNonNull(consumer, "consumer");
    begin();
    this.consumer = consumer;
  }

  @Override
  public void stop() {
    super.stop();
    consumer = null;
  }

  @Override
  public void setCallback(Runnable callback) {
    super.setCallback(callback);
    consumer = null;
  }

  @Override
  void forget() {
    super.forget();
    consumer = null;
  }

  @Override
  void call(int events) {
    IntConsumer now = consumer;
    if (now != null) {
      now.accept(events);
    } else {
      super.call(events);
    }
  }

  public int fd() {
    return fd;
  }

  /**
   * Chooses another descriptor.
   *
   * @throws IllegalStateException while it is active
   */
  public void setFd(int fd) {
    requireStopped("set the descriptor of");
    set(fd, events);
  }

  /** What it waits for: {@link Loop#READ}, {@link Loop#WRITE} or both. */
  public int events() {
    return events;
  }

  /**
   * Chooses what to wait for.
   *
   * @throws IllegalStateException while it is active
   */
  public void setEvents(int events) {
    requireStopped("set the events of");
    set(fd, events);
  }

  /** {@link #events} in words, such as {@code READ|WRITE}. */
  public String eventsString() {
    return (events & Loop.READ) == 0 ? "WRITE" : (events & Loop.WRITE) == 0 ? "READ" : "READ|WRITE";
  }

  @Override
  String subject() {
    return " fd=" + fd + " " + eventsString();
  }

  @Override
  Object shownCallback() {
    return consumer != null ? consumer : super.shownCallback();
  }
}
