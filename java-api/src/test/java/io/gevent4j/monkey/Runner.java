package io.gevent4j.monkey;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.ExampleRun;
import io.gevent4j.Program;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** {@code bin/gevent4j}, with this JDK, and the native library of these tests. */
public final class Runner {
  private Runner() {}

  public static Program gevent4j(String... arguments) throws Exception {
    return new Program(builder(testClasses(), arguments));
  }

  /** With this on the class path as well. */
  static Program gevent4j(Path more, String... arguments) throws Exception {
    return new Program(builder(testClasses() + File.pathSeparator + more, arguments));
  }

  private static ProcessBuilder builder(String classPath, String... arguments) {
    String natives =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.endsWith("native-test"))
            .findFirst()
            .orElse(null);
    assumeTrue(natives != null, "there is a build here");
    List<String> command = new ArrayList<>();
    command.add(ExampleRun.root().resolve("bin/gevent4j").toString());
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GEVENT4J_NATIVES", natives);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("CLASSPATH", classPath);
    return builder;
  }

  /** Where the programs of tests are, and nothing of ours. */
  static String testClasses() {
    return Program.classPath().split(File.pathSeparator)[0];
  }

  /** The agent's jar. */
  static String agent() throws Exception {
    try (Program agent = gevent4j("agent")) {
      agent.assertEnds(0);
      return agent.printed().get(0);
    }
  }
}
