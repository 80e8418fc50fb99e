package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where a greenlet comes from: by whom, and where, it was made. */
final class Origin {
  private static final StackTraceElement[] NO_FRAMES = {};

  /**
   * Filling in a stack trace takes a microsecond, longer than all the rest of a greenlet's life. A
   * lambda has a class of its own and comes from one place, so that it is done once for each.
   */
  private static final ClassValue<Throwable> OF_LAMBDA =
      new ClassValue<>() {
        @Override
        protected Throwable computeValue(Class<?> lambda) {
          return new Throwable();
        }
      };

  private static volatile int limit = -1; // of frames; 0: the tree isn't tracked; -1: not yet known

  private final WeakReference<Greenlet<?>> greenlet; // null: it was no Greenlet
  private final Throwable stack; // null: not tracked
  private Map<Object, Object> locals; // of the whole tree; null until somebody asks

  private Origin(Greenlet<?> greenlet, Throwable stack) {
    this.greenlet = greenlet == null ? null : new WeakReference<>(greenlet);
    this.stack = stack;
    this.locals = greenlet == null ? null : greenlet.origin().locals();
  }

  /** Of a greenlet that is being made with this function. */
  static Origin here(Object function) {
    RawGreenlet current = RawGreenlet.getCurrent();
    return new Origin(
        current instanceof Greenlet ? (Greenlet<?>) current : null, stackOf(function));
  }

  private static Throwable stackOf(Object function) {
    if (limit() == 0) {
      return null;
    }
    Class<?> type = function.getClass();
    return type.isHidden() ? OF_LAMBDA.get(type) : new Throwable();
  }

  private static int limit() {
    int known = limit;
    if (known < 0) {
      known = Config.TRACK_GREENLET_TREE.value() ? Config.SPAWNING_STACK_LIMIT.value() : 0;
      limit = known;
    }
    return known;
  }

  synchronized Map<Object, Object> locals() {
    if (locals == null) {
      locals = new ConcurrentHashMap<>();
    }
    return locals;
  }

  Greenlet<?> greenlet() {
    return greenlet == null ? null : greenlet.get();
  }

  StackTraceElement[] stack() {
    if (stack == null) {
      return NO_FRAMES;
    }
    StackTraceElement[] frames = stack.getStackTrace();
    int first = 0;
    while (first < frames.length && isOurs(frames[first])) {
      first++;
    }
    return Arrays.copyOfRange(frames, first, Math.min(frames.length, first + limit()));
  }

  private static boolean isOurs(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith(Origin.class.getName())
        || name.startsWith("io.gevent4j.pool.")
        || name.equals(ClassValue.class.getName())
        || name.equals(Greenlet.class.getName())
        || name.equals(Gevent.class.getName());
  }
}
