package io.gevent4j;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Who wants to know of every greenlet that is started. */
final class SpawnCallbacks {
  private static final List<Consumer<? super Greenlet<?>>> ALL = new CopyOnWriteArrayList<>();

  private SpawnCallbacks() {}

  static void add(Consumer<? super Greenlet<?>> callback) {
    ALL.add(callback);
  }

  static void remove(Consumer<? super Greenlet<?>> callback) {
    ALL.remove(callback);
  }

  static void call(Greenlet<?> greenlet) {
    if (!ALL.isEmpty()) {
      for (Consumer<? super Greenlet<?>> callback : ALL) {
        callback.accept(greenlet);
      }
    }
  }
}
