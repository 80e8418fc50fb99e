package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.nio.IntBuffer;

/**
 * What the native side wants done in Java, taken out of its memory before any of it is done: a
 * callback may close a watcher of the same batch and give its number to another.
 */
final class Batch {
  private final IntBuffer shared; // gv_hub_batch: pairs of what and how much
  private final Watcher[] watchers = new Watcher[Native.GV_BATCH_MAX]; // null for the other kinds
  private final int[] pairs = new int[2 * Native.GV_BATCH_MAX];

  Batch(long hub) {
    shared = Native.gv_hub_batch(hub).capacity(2L * Native.GV_BATCH_MAX).asBuffer();
  }

  /** Does the first {@code count} entries; what one of them throws keeps none of the others. */
  void run(int count, Loop loop) {
    take(count, loop.watchers);
    for (int i = 0; i < count; i++) {
      Watcher watcher = watchers[i];
      if (watcher != null) {
        watchers[i] = null;
        try {
          watcher.runIfDue();
        } catch (Throwable thrown) {
          loop.handleError(watcher, thrown);
        }
      } else if (pairs[2 * i] == Native.GV_BATCH_CALLBACKS) {
        loop.callbacks.run(pairs[2 * i + 1], loop);
      } else if (pairs[2 * i] == Native.GV_BATCH_INBOX) {
        loop.callbacks.runInbox(loop);
      }
    }
  }

  private void take(int count, WatcherTable table) {
    shared.get(0, pairs, 0, 2 * count);
    for (int i = 0; i < count; i++) {
      int number = pairs[2 * i];
      if (number >= 0) {
        Watcher watcher = table.get(number);
        if (watcher != null) {
          watcher.fired(pairs[2 * i + 1]);
        }
        watchers[i] = watcher;
      }
    }
  }
}
