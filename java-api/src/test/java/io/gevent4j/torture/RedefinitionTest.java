package io.gevent4j.torture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gevent4j.greenlet.RawGreenlet;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A class gets other code while the old one is on suspended stacks. */
@Tag("torture")
class RedefinitionTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The class that changes: the number in its literal. */
  static final class Versioned {
    private Versioned() {}

    static String work(int depth) {
      if (depth > 0) {
        return work(depth - 1);
      }
      RawGreenlet.getCurrent().getParent().switchTo();
      return "version 0000";
    }
  }

  /** The agent and the program. */
  static final class Program {
    private static final int ROUNDS = 40;
    private static final int GREENLETS = 20;
    private static final int WARM_UP = 20_000;
    private static Instrumentation instrumentation;

    private Program() {}

    public static void premain(String arguments, Instrumentation given) {
      instrumentation = given;
    }

    public static void main(String[] arguments) throws Exception {
      warmUp();
      List<RawGreenlet> oldest = suspend();
      for (int round = 1; round <= ROUNDS; round++) {
        List<RawGreenlet> former = suspend();
        int version = round;
        switch (round % 3) {
          case 0 -> redefine(version);
          case 1 -> new RawGreenlet(value -> redefine(version)).switchTo();
          default -> {
            Thread other = new Thread(() -> redefine(version));
            other.start();
            other.join();
          }
        }
        resume(former, version - 1);
        if (round % 10 == 0) {
          System.gc(); // may free old code that is on no stack
          warmUp();
        }
      }
      resume(oldest, 0);
      resume(suspend(), ROUNDS);
      System.out.println("ok");
    }

    private static void warmUp() {
      RawGreenlet greenlet =
          new RawGreenlet(
              value -> {
                for (int i = 0; i < WARM_UP; i++) {
                  Versioned.work(3);
                }
                return null;
              });
      while (!greenlet.isDead()) {
        greenlet.switchTo();
      }
    }

    private static List<RawGreenlet> suspend() {
      List<RawGreenlet> greenlets = new ArrayList<>();
      for (int i = 0; i < GREENLETS; i++) {
        int depth = i;
        RawGreenlet greenlet = new RawGreenlet(value -> Versioned.work(depth));
        greenlet.switchTo();
        greenlets.add(greenlet);
      }
      return greenlets;
    }

    private static void resume(List<RawGreenlet> greenlets, int version) {
      for (RawGreenlet greenlet : greenlets) {
        Object result = greenlet.switchTo();
        if (!result.equals(literal(version))) {
          throw new AssertionError(result + " in place of " + literal(version));
        }
      }
    }

    private static String literal(int version) {
      return String.format("version %04d", version);
    }

    private static Object redefine(int version) {
      try (InputStream stream =
          Versioned.class.getResourceAsStream("RedefinitionTest$Versioned.class")) {
        String bytes = new String(stream.readAllBytes(), ISO_8859_1);
        byte[] changed = bytes.replace(literal(0), literal(version)).getBytes(ISO_8859_1);
        instrumentation.redefineClasses(new ClassDefinition(Versioned.class, changed));
        return null;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldFinishInTheOldCodeWhenRedefined() throws IOException {
    List<List<String>> ways =
        List.of(List.of("-XX:+UseG1GC"), List.of("-XX:+UseZGC"), List.of("-Xint"));
    return Jdk.each("shouldFinishInTheOldCodeWhenRedefined", ways, RedefinitionTest::redefine);
  }

  private static void redefine(Jdk jdk, List<String> way) throws IOException {
    new Child(jdk, Program.class)
        .options("-Xmx128m", "-Xbatch", "-javaagent:" + agent())
        .options(way)
        .run(PATIENCE)
        .assertOk();
  }

  /** A jar that names the agent's class, which is on the class path. */
  private static Path agent() throws IOException {
    Path jar = Child.file("redefinition-agent.jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", Program.class.getName());
    attributes.putValue("Can-Redefine-Classes", "true");
    try (OutputStream stream = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(stream, manifest)) {
      entries.finish();
    }
    return jar;
  }
}
