package io.gevent4j.torture;

import java.util.function.ToIntFunction;

/**
 * A class that {@link EphemeralLoader} defines anew for each use: it is unloaded as soon as its
 * method has returned, and not before. It may refer to the JDK's classes only.
 */
public final class Ephemeral implements ToIntFunction<Runnable> {
  private static final int INITIALIZED = initialize();

  private int calls;

  /** Switches away, for an ephemeral loader is the way to do it. */
  private static int initialize() {
    ClassLoader loader = Ephemeral.class.getClassLoader();
    if (loader instanceof Runnable) {
      ((Runnable) loader).run();
    }
    return 7;
  }

  @Override
  public int applyAsInt(Runnable leave) {
    for (int i = 0; i < 3; i++) {
      leave.run();
      calls++;
    }
    return calls + INITIALIZED;
  }
}
