package io.gevent4j.select;

import io.gevent4j.Hub;
import io.gevent4j.loop.IoWatcher;
import io.gevent4j.loop.Loop;
import java.util.ArrayList;
import java.util.List;

/** Lets the calling greenlet wait until one of several descriptors has news. */
final class News implements AutoCloseable {
  private final Hub hub;
  private final long ticket;
  private final List<IoWatcher> watchers = new ArrayList<>();
  private boolean here;
  private boolean waits;

  /** For the calling greenlet of this hub. */
  News(Hub hub) {
    this.hub = hub;
    this.ticket = hub.ticket();
  }

  /** From now on these, {@link Loop#READ} and {@link Loop#WRITE}, are news of a descriptor. */
  void of(int fd, int events) {
    IoWatcher watcher = hub.loop().io(fd, events);
    watchers.add(watcher);
    watcher.setPriority(Loop.MAX_PRIORITY);
    watcher.start(this::come);
  }

  private void come() {
    here = true;
    if (waits) {
      hub.makeReady(ticket);
    }
  }

  /**
   * Waits for news that haven't been waited for.
   *
   * @param nanos at most; negative: as long as it takes
   * @return false when the time is up
   */
  boolean await(long nanos) {
    long end = nanos < 0 ? 0 : System.nanoTime() + nanos;
    waits = true;
    try {
      for (long left = nanos; !here; left = end - System.nanoTime()) {
        if (nanos >= 0 && left <= 0) {
          return false;
        }
        hub.pause(nanos < 0 ? nanos : left, false);
      }
      here = false;
      return true;
    } finally {
      waits = false;
    }
  }

  @Override
  public void close() {
    if (!hub.loop().isClosed()) {
      watchers.forEach(IoWatcher::close);
    }
  }
}
