package io.gevent4j.monkey;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;

/**
 * What --enable-native-access=ALL-UNNAMED does, from within: an agent's manifest can't ask for it,
 * and without it JDK 24 and newer print a warning.
 */
final class NativeAccess {
  private static final int FIRST_TO_WARN = 24;

  private NativeAccess() {}

  /** Where it can't, the VM warns; that is all. */
  static void allow(Instrumentation instrumentation) {
    if (Runtime.version().feature() < FIRST_TO_WARN) {
      return;
    }
    try {
      Runnable opener = (Runnable) new Loader().load().getDeclaredConstructor().newInstance();
      instrumentation.redefineModule(
          Object.class.getModule(),
          Set.of(),
          Map.of(),
          Map.of("java.lang", Set.of(opener.getClass().getModule())),
          Set.of(),
          Map.of());
      opener.run();
    } catch (ReflectiveOperationException | IOException | RuntimeException | LinkageError e) {
      // the warning then tells what to do
    }
  }

  /** Its class is in a module of its own, so that nothing of the JDK is opened to the program. */
  private static final class Loader extends ClassLoader {
    Loader() {
      super(null);
    }

    Class<?> load() throws IOException {
      String name = Opener.class.getName();
      String file = "/" + name.replace('.', '/') + ".class";
      try (InputStream in = NativeAccess.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      }
    }
  }

  /** Knows nothing of ours, since its loader doesn't. */
  public static final class Opener implements Runnable {
    public Opener() {}

    @Override
    public void run() {
      try {
        Method method = Module.class.getDeclaredMethod("implAddEnableNativeAccessToAllUnnamed");
        method.setAccessible(true);
        method.invoke(null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
