package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/gevent4j}: a program ends, complains and is told things as java itself has it. */
class RunnerTest {
  @TempDir Path folder;

  private static Program run(Class<?> program, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("run", program.getName()));
    all.addAll(Arrays.asList(arguments));
    return Runner.gevent4j(all.toArray(String[]::new));
  }

  // ---- what it is given ----

  public static class PrintsArguments {
    public static void main(String[] arguments) {
      for (String argument : arguments) {
        System.out.println("<" + argument + ">");
      }
    }
  }

  @Test
  void shouldHandArgumentsOnAsTheyAre() throws Exception {
    try (Program program = run(PrintsArguments.class, "a b", "", "-w", "--no-dns", "*")) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("<a b>", "<>", "<-w>", "<--no-dns>", "<*>");
      assertThat(program.complaints()).isEmpty();
    }
  }

  public static class PrintsProperty {
    public static void main(String[] arguments) {
      assert false : "not enabled";
      System.out.println(System.getProperty("a.b") + " " + arguments.length);
    }
  }

  @Test
  void shouldHandJavasOwnOptionsToJava() throws Exception {
    try (Program program =
        Runner.gevent4j(
            "run",
            "-cp",
            Runner.testClasses(),
            "-Da.b=c d",
            "-w",
            "1",
            "-Xmx100m",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            PrintsProperty.class.getName(),
            "-Dx")) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("c d 1");
    }
    try (Program program = Runner.gevent4j("run", "-ea", PrintsProperty.class.getName())) {
      program.assertEnds(1);
    }
  }

  @Test
  void shouldHandOnWhatItNeedNotKnowOfJava() throws Exception {
    try (Program program =
        Runner.gevent4j(
            "run",
            "--class-path=" + Runner.testClasses(),
            "--enable-preview",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-verbose:gc",
            PrintsProperty.class.getName())) {
      program.assertEnds(0);
      assertThat(program.printed()).last().isEqualTo("null 0");
    }
    try (Program program = Runner.gevent4j("run", "--w=2", PrintsProperty.class.getName())) {
      program.assertEnds(1);
      assertThat(program.complaints()).contains("Unrecognized option: --w=2");
    }
    try (Program program = Runner.gevent4j("run", "--help")) {
      program.assertEnds(0);
      assertThat(program.printed()).anyMatch(line -> line.contains("-w N"));
    }
  }

  @Test
  void shouldRunASourceFile() throws Exception {
    Path file = folder.resolve("Some Where.java");
    Files.writeString(
        file,
        "public class Any { public static void main(String[] a) {"
            + " System.out.println(a[0] + io.gevent4j.monkey.Monkey.isPatched("
            + "io.gevent4j.monkey.Patch.THREAD)); } }");
    try (Program program = Runner.gevent4j("run", file.toString(), "x y ")) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("x y true");
    }
  }

  @Test
  void shouldRunAJarWithItsOwnClassPath() throws Exception {
    Path jar = folder.resolve("some app.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, InAGreenlet.class.getName());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out, manifest)) {
      String name = InAGreenlet.class.getName().replace('.', '/') + ".class";
      entries.putNextEntry(new JarEntry(name));
      entries.write(RunnerTest.class.getResourceAsStream("/" + name).readAllBytes());
    }
    try (Program program = Runner.gevent4j("run", "-w", "2", "-jar", jar.toString())) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("main true", "other true");
    }
  }

  public static class InAGreenlet {
    public static void main(String[] arguments) throws Exception {
      tell("main");
      Thread other = new Thread(() -> tell("other"));
      other.start();
      other.join();
    }

    static void tell(String who) {
      System.out.println(who + " " + (io.gevent4j.Hub.getIfExists() != null));
    }
  }

  @Test
  void shouldRunThreadsAsGreenletsUnlessToldNotTo() throws Exception {
    try (Program program = run(InAGreenlet.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("main true", "other true");
    }
    try (Program program = Runner.gevent4j("run", "--no-thread", InAGreenlet.class.getName())) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("main false", "other false");
    }
  }

  // ---- how it ends ----

  public static class Throws {
    public static void main(String[] arguments) {
      throw new IllegalStateException("of the program");
    }
  }

  @Test
  void shouldComplainOfWhatMainThrowsAsJavaDoes() throws Exception {
    String complaints;
    try (Program plain = new Program(Throws.class)) {
      plain.assertEnds(1);
      complaints = plain.complaints();
    }
    try (Program program = run(Throws.class)) {
      program.assertEnds(1);
      assertThat(program.complaints()).isEqualTo(complaints).contains("of the program");
    }
  }

  public static class Exits {
    public static void main(String[] arguments) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Program.say("hook")));
      new Thread(() -> System.exit(Integer.parseInt(arguments[0]))).start();
    }
  }

  @Test
  void shouldEndWithTheStatusOfSystemExit() throws Exception {
    for (String status : List.of("0", "7")) {
      try (Program program = run(Exits.class, status)) {
        program.assertEnds(Integer.parseInt(status));
        assertThat(program.printed()).containsExactly("hook");
      }
    }
  }

  public static class LeavesThreads {
    public static void main(String[] arguments) {
      Thread daemon = new Thread(() -> sleep(600_000));
      daemon.setDaemon(true);
      daemon.start();
      new Thread(
              () -> {
                sleep(300);
                Program.say("awaited");
              })
          .start();
    }

    static void sleep(long millis) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void shouldAwaitThreadsThatAreNoDaemons() throws Exception {
    try (Program program = run(LeavesThreads.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("awaited");
    }
  }

  public static class Waits {
    public static void main(String[] arguments) throws Exception {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Program.say("hook")));
      Program.say("ready");
      synchronized (Waits.class) {
        Waits.class.wait();
      }
    }
  }

  @Test
  void shouldRunShutdownHooksAndEndWhenInterrupted() throws Exception {
    try (Program program = run(Waits.class)) {
      program.awaitLine("ready").signal("INT").assertEnds(130);
      assertThat(program.printed()).containsExactly("ready", "hook");
    }
  }

  // ---- how it is misused ----

  @Test
  void shouldRefuseWhatItDoesNotKnow() throws Exception {
    assertMisused("there is no option no-such", "run", "--no-such", Exits.class.getName(), "0");
    assertMisused("from 1 to 256, not 0", "run", "-w", "0", Exits.class.getName(), "0");
    assertMisused("wants a number, not x", "run", "-w", "x", Exits.class.getName(), "0");
    assertMisused("wants a number, not -1", "run", "-w", "-1", Exits.class.getName(), "0");
    assertMisused("wants a number, not 2,no-dns", "run", "-w", "2,no-dns", Exits.class.getName());
    assertMisused("wants a number", "run", "-w");
    assertMisused("from 1 to 256, not 257", "run", "-w", "257", Exits.class.getName(), "0");
    assertMisused("is no number: 99999999999", "run", "-w", "99999999999", Exits.class.getName());
    assertMisused("-cp wants a path", "run", "-cp");
    assertMisused("--source wants a release", "run", "--source");
    assertMisused("unknown option --no-dns,no-time", "run", "--no-dns,no-time", "X");
    assertMisused("unknown option -x", "run", "-x", Exits.class.getName(), "0");
    assertMisused("run what?", "run", "-w", "2");
    assertMisused("run what?", "run", "-jar");
  }

  private static void assertMisused(String complaint, String... arguments) throws Exception {
    try (Program program = Runner.gevent4j(arguments)) {
      program.assertEnds(2);
      assertThat(program.complaints()).contains(complaint);
    }
  }

  @Test
  void shouldComplainOfAMissingClassAsJavaDoes() throws Exception {
    try (Program program = Runner.gevent4j("run", "no.such.Class")) {
      program.assertEnds(1);
      assertThat(program.complaints()).contains("ClassNotFoundException: no.such.Class");
    }
  }

  // ---- what it tells ----

  @Test
  void shouldFindThatAllIsPatched() throws Exception {
    try (Program program = Runner.gevent4j("doctor")) {
      program.assertEnds(0);
      assertThat(program.printed())
          .anyMatch(line -> line.matches("libnio\\S* +read +patched .*"))
          .anyMatch(line -> line.matches("libjvm\\S* +pthread_cond_wait +patched .*"))
          .anyMatch(line -> line.matches("the VM +waits of its threads +patched +thread time"))
          .anyMatch(line -> line.matches("the VM +Thread.start +patched +thread"))
          .anyMatch(line -> line.matches("the VM +Thread.yield +patched +thread"))
          .anyMatch(line -> line.matches("the VM +Thread.sleep\\(0\\) +patched +time"))
          .anyMatch(line -> line.matches("the VM +park, unpark, interrupt +patched +thread"))
          .anyMatch(line -> line.matches("the VM +availableProcessors +patched +thread"))
          .anyMatch(line -> line.matches("the VM +monitors that are held +patched +thread"))
          .endsWith("All is well.");
    }
  }

  @Test
  void shouldSayWhatIsPatchedIfAsked() throws Exception {
    try (Program program =
        Runner.gevent4j("run", "--verbose", "--no-dns", PrintsArguments.class.getName())) {
      program.assertEnds(0);
      assertThat(program.complaints()).contains("no-dns").contains("places patched for");
    }
  }
}
