package io.gevent4j.jmh;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Virtual threads for code that is compiled for Java 17. The handle is a constant to the JIT, so
 * that a call through it costs what a plain one does.
 */
final class VirtualThreads {
  private static final MethodHandle START = findStart();

  private VirtualThreads() {}

  static Thread start(Runnable action) {
    try {
      return (Thread) START.invokeExact(action);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Runs the action in a virtual thread to its end; throws what it throws. */
  static void run(Runnable action) throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    start(
            () -> {
              try {
                action.run();
              } catch (Throwable e) {
                thrown[0] = e;
              }
            })
        .join();
    if (thrown[0] != null) {
      throw new IllegalStateException("in a virtual thread", thrown[0]);
    }
  }

  private static MethodHandle findStart() {
    try {
      return MethodHandles.lookup()
          .findStatic(
              Thread.class,
              "startVirtualThread",
              MethodType.methodType(Thread.class, Runnable.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("virtual threads need JDK 21 or newer", e);
    }
  }
}
