package io.gevent4j.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.ToIntFunction;

/** The loader of one {@link Ephemeral}. Only a suspended stack holds it. */
final class EphemeralLoader extends ClassLoader implements Runnable {
  private static final byte[] BYTES = bytes();

  private final Runnable leave;

  private EphemeralLoader(Runnable leave) {
    super(null); // our own loader would find the class that it has
    this.leave = leave;
  }

  /** Switches away while the class is loaded, while it is initialized and while it is used. */
  @SuppressWarnings("unchecked")
  static void leaveInNewClass(Runnable leave) {
    int result;
    try {
      Class<?> type =
          new EphemeralLoader(leave).defineClass(Ephemeral.class.getName(), BYTES, 0, BYTES.length);
      leave.run();
      Object instance = type.getConstructor().newInstance();
      result = ((ToIntFunction<Runnable>) instance).applyAsInt(leave);
    } catch (ReflectiveOperationException failure) {
      throw new AssertionError(failure);
    }
    TortureWorkload.check(result == 10, "result of an ephemeral class: " + result);
  }

  /** Called by the class initializer. */
  @Override
  public void run() {
    leave.run();
  }

  private static byte[] bytes() {
    try (InputStream stream = Ephemeral.class.getResourceAsStream("Ephemeral.class")) {
      return stream.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
