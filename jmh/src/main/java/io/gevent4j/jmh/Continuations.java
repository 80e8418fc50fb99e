package io.gevent4j.jmh;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * {@code jdk.internal.vm.Continuation}, what virtual threads are made of, for code that is compiled
 * for Java 17. The handles are constants to the JIT, so that a call through them costs what a plain
 * one does. Needs {@link Flags#CONTINUATION}.
 */
final class Continuations {
  private static final MethodHandle NEW; // (Runnable)Object
  private static final MethodHandle RUN; // (Object)void
  private static final MethodHandle YIELD; // ()boolean

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> type = Class.forName("jdk.internal.vm.Continuation");
      Class<?> scopeType = Class.forName("jdk.internal.vm.ContinuationScope");
      Object scope = scopeType.getConstructor(String.class).newInstance("gevent4j.jmh");
      NEW =
          MethodHandles.insertArguments(
                  lookup.findConstructor(
                      type, MethodType.methodType(void.class, scopeType, Runnable.class)),
                  0,
                  scope)
              .asType(MethodType.methodType(Object.class, Runnable.class));
      RUN =
          lookup
              .findVirtual(type, "run", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      YIELD =
          MethodHandles.insertArguments(
              lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scopeType)),
              0,
              scope);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Continuation needs JDK 21 or newer, and " + Flags.CONTINUATION, e);
    }
  }

  private Continuations() {}

  static Object make(Runnable action) {
    try {
      return (Object) NEW.invokeExact(action);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Runs it until it yields or ends. */
  static void run(Object continuation) {
    try {
      RUN.invokeExact(continuation);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Goes back to whoever runs the continuation that calls. */
  static void yield() {
    try {
      boolean yielded = (boolean) YIELD.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    return new IllegalStateException("Continuation", e);
  }
}
