package io.gevent4j.loop;

import java.util.Arrays;
import java.util.function.Consumer;

/** The watchers of a loop by the numbers that its batches name them by. Numbers are reused. */
final class WatcherTable {
  private Watcher[] watchers = new Watcher[16];
  private int[] free = new int[16]; // numbers below `used` that are free; the first `freeCount`
  private int freeCount;
  private int used; // numbers ever used

  /** Returns its number. */
  int add(Watcher watcher) {
    int number = freeCount > 0 ? free[freeCount - 1] : used;
    if (number == watchers.length) {
      // Both at once, so that a number can be given back without memory.
      int capacity = watchers.length * 2;
      Watcher[] larger = Arrays.copyOf(watchers, capacity);
      free = Arrays.copyOf(free, capacity);
      watchers = larger;
    }
    if (freeCount > 0) {
      freeCount--;
    } else {
      used++;
    }
    watchers[number] = watcher;
    return number;
  }

  Watcher get(int number) {
    return watchers[number];
  }

  void remove(int number) {
    watchers[number] = null;
    free[freeCount++] = number;
  }

  /** In the order of their numbers. The action may not add any. */
  void forEach(Consumer<Watcher> action) {
    for (int i = 0; i < used; i++) {
      if (watchers[i] != null) {
        action.accept(watchers[i]);
      }
    }
  }
}
