package io.gevent4j;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * What {@code bin/gevent4j run -jar} starts: with {@code java -jar} there would be no place left on
 * the class path for gevent4j, so the main class is looked up here.
 */
final class Launcher {
  private Launcher() {}

  /** The first argument is the jar, which is on the class path already; the rest is its own. */
  public static void main(String[] args) throws Throwable {
    Method main = Class.forName(mainClass(args[0])).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static String mainClass(String path) throws IOException {
    try (JarFile jar = new JarFile(path)) {
      String name =
          jar.getManifest() == null
              ? null
              : jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      if (name == null) {
        throw new IOException(path + " names no main class");
      }
      return name.trim();
    }
  }
}
