package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native libraries that wait while they are loaded: the others of the hub run, whoever holds the
 * dynamic linker's lock meanwhile.
 */
class LibraryLoadingTest {
  private static final String TOLD = "GEVENT4J_TEST_TOLD"; // as slow_library.c has it

  @TempDir Path folder;

  static final class Application {
    static native int answer();

    /** Called by the libraries that wait in Java. */
    static void waitInJava() throws Exception {
      say("waits in a " + (Hub.getIfExists() == null ? "thread" : "greenlet"));
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket accepted = server.accept()) {
        Actor other = Actor.start(() -> accepted.getOutputStream().write(7)); // once this waits
        if (client.getInputStream().read() != 7) {
          throw new AssertionError("something else is read");
        }
        other.join();
      }
    }

    /** The same by who holds the linker's lock, for which others may wait: they are no help. */
    static void sleepInJava() throws InterruptedException {
      say("sleeps in a " + (Hub.getIfExists() == null ? "thread" : "greenlet"));
      Thread.sleep(50);
    }

    /** The first argument: what guests do; the others: libraries. */
    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll();
      String[] libraries = Arrays.copyOfRange(arguments, 1, arguments.length);
      switch (arguments[0]) {
        case "together" -> loadTogether(libraries);
        case "told" -> loadWhileOneIsTold(libraries[0], libraries[1], libraries[2]);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }

    private static void loadTogether(String[] libraries) throws Exception {
      List<Actor> actors = new ArrayList<>();
      for (String library : libraries) {
        actors.add(Actor.start(() -> System.load(library)));
      }
      Actor.joinAll(actors);
      say("answer " + answer());
    }

    /** What the slow one waits for comes of this hub, where others load and link meanwhile. */
    private static void loadWhileOneIsTold(String quick, String slow, String next)
        throws Exception {
      System.load(quick);
      RandomAccessFile told = new RandomAccessFile(System.getenv(TOLD), "rw");
      RandomAccessFile waits = new RandomAccessFile(System.getenv(TOLD) + ".waits", "rw");
      linkWhatIsUsed();
      Actor slowly = Actor.start(() -> System.load(slow));
      waits.read();
      Actor loading = Actor.start(() -> System.load(next));
      Actor linking = Actor.start(() -> say("answer " + answer()));
      for (int i = 0; i < 50; i++) {
        Thread.sleep(1); // as all do who aren't concerned
      }
      say("slow one loads: " + slowly.isIn("load"));
      told.write(1);
      slowly.join();
      loading.join();
      linking.join();
      say("loaded");
    }

    /**
     * The VM itself, in any thread, wants the lock for a method of the JDK's that it meets first.
     */
    private static void linkWhatIsUsed() throws Exception {
      say("begins");
      try (RandomAccessFile nothing = new RandomAccessFile("/dev/null", "rw")) {
        nothing.write(1);
        nothing.read();
      }
      Actor sleeping = Actor.start(() -> Thread.sleep(5));
      sleeping.isIn("load");
      sleeping.join();
    }
  }

  private String compile(String name, String... how) throws Exception {
    return NativeLibrary.compile(folder, name, "slow_library.c", how);
  }

  private Program program(String... arguments) throws IOException {
    List<String> starter = List.of("env", TOLD + "=" + folder.resolve("told"));
    return Program.startedBy(starter, Application.class, arguments);
  }

  // ---- promises ----

  @Test
  void shouldLoadTwoThatUseTheProgramMeanwhile() throws Exception {
    String one = compile("one", "-DIN_JAVA=waitInJava");
    String other = compile("other", "-DIN_JAVA=waitInJava");
    try (Program program = program("together", one, other, one, other)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactlyInAnyOrder("waits in a greenlet", "waits in a greenlet", "answer 42");
    }
  }

  /** It holds the linker's lock there: it must not switch, and the others may not wait for it. */
  @Test
  void shouldNotSwitchWithTheLockOfTheLinker() throws Exception {
    String one = compile("one", "-DIN_JAVA=sleepInJava", "-DIN_CONSTRUCTOR");
    String other = compile("other", "-DIN_JAVA=waitInJava");
    try (Program program = program("together", one, other, one)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactlyInAnyOrder("sleeps in a thread", "waits in a greenlet", "answer 42");
    }
  }

  @Test
  void shouldRunTheOthersWhileAConstructorWaitsForThem() throws Exception {
    assertLoadsWhileOneIsTold("-DIN_C", "-DIN_CONSTRUCTOR");
  }

  @Test
  void shouldRunTheOthersWhileJniOnLoadWaitsForThem() throws Exception {
    assertLoadsWhileOneIsTold("-DIN_C");
  }

  private void assertLoadsWhileOneIsTold(String... how) throws Exception {
    String told = folder.resolve("told").toString();
    NativeLibrary.run(List.of("mkfifo", told, told + ".waits"));
    String quick = compile("quick");
    String slow = compile("slow", how);
    String next = compile("next");
    try (Program program = program("told", quick, slow, next)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactlyInAnyOrder("begins", "slow one loads: true", "answer 42", "loaded");
    }
  }
}
