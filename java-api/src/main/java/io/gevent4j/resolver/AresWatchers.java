package io.gevent4j.resolver;

import io.gevent4j.loop.IoWatcher;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.TimerWatcher;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What c-ares wants to be told of: events of its descriptors, and that time has passed. These
 * watchers don't keep the loop from being idle.
 */
final class AresWatchers {
  /** Gets a descriptor, or -1 for time, and its events. */
  interface News {
    void come(int fd, int events);
  }

  private static final int NO_DESCRIPTOR = -1;
  private static final long TICK = 1_000_000; // ns, in which c-ares counts

  private final Loop loop;
  private final News news;
  private final Map<Integer, IoWatcher> descriptors = new HashMap<>();
  private TimerWatcher timer; // null: c-ares has nothing to wait for
  private long due; // of the timer, by System.nanoTime

  AresWatchers(Loop loop, News news) {
    this.loop = loop;
    this.news = news;
  }

  /** Watches a descriptor for other events than before; 0: no more. */
  void watch(int fd, int events) {
    IoWatcher before = descriptors.remove(fd);
    if (before != null) {
      before.close();
    }
    if (events != 0) {
      IoWatcher watcher = loop.io(fd, events);
      descriptors.put(fd, watcher);
      watcher.setRef(false);
      watcher.start(come -> news.come(fd, come & (Loop.READ | Loop.WRITE)));
    }
  }

  /** Tells that time has passed, after so many ns at the latest; negative: never. */
  void wakeAfter(long ns) {
    if (ns < 0) {
      stopTimer();
      return;
    }
    long wait = Math.max(ns, TICK);
    long wished = System.nanoTime() + wait;
    if (timer != null && timer.isActive() && due - wished <= 0) {
      return; // it comes earlier, and then there is another look
    }
    stopTimer();
    due = wished;
    timer = loop.timer(Duration.ofNanos(wait));
    timer.setRef(false);
    timer.start(() -> news.come(NO_DESCRIPTOR, 0));
  }

  private void stopTimer() {
    if (timer != null) {
      timer.close();
      timer = null;
    }
  }

  /** Stops them all; harmless when the loop is closed. */
  void close() {
    descriptors.values().forEach(IoWatcher::close);
    descriptors.clear();
    stopTimer();
  }
}
