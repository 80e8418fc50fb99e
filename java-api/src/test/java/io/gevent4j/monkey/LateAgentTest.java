package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;

/** An agent that is attached to a program which runs, and which has nothing of ours until then. */
class LateAgentTest {
  private static final int MANY = 200;

  static final class Running {
    public static void main(String[] arguments) throws Exception {
      SynchronousQueue<String> letters = new SynchronousQueue<>();
      new Early(letters).start();
      BufferedReader stdin = new BufferedReader(new InputStreamReader(System.in));
      say("runs");
      for (String line = stdin.readLine(); !line.equals("end"); line = stdin.readLine()) {
        if (line.equals("undo")) {
          say("undo " + Patched.undo());
          continue;
        }
        say(line + " " + Patched.describe());
        Patched.runMany(letters);
        say(line + " done");
      }
      letters.put("end");
    }
  }

  /** Is there before the agent, and waits: for what greenlets give, and for the end. */
  static final class Early extends Thread {
    private final SynchronousQueue<String> letters;

    Early(SynchronousQueue<String> letters) {
      super("early bird");
      this.letters = letters;
    }

    @Override
    public void run() {
      try {
        for (int count = 1; !letters.take().equals("end"); count++) {
          if (count % MANY == 0) {
            say("early bird has got " + MANY + ", and is " + Patched.whatIAm());
          }
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What knows of us: loaded only once we are there. */
  static final class Patched {
    static String whatIAm() {
      return Hub.getIfExists() == null ? "a thread" : "a greenlet";
    }

    static String undo() {
      return Monkey.undo() + ", " + Monkey.isPatched(Patch.THREAD);
    }

    static String describe() throws InterruptedException {
      String[] other = new String[1];
      Thread thread = new Thread(() -> other[0] = whatIAm());
      thread.start();
      thread.join();
      return "main is " + whatIAm() + ", a new one is " + other[0];
    }

    /** They sleep, and hand over to one that was there before. */
    static void runMany(SynchronousQueue<String> letters) throws InterruptedException {
      List<Actor> actors =
          Actor.startMany(
              MANY,
              () -> {
                Thread.sleep(20);
                letters.put("from one of many");
              });
      Actor.joinAll(actors);
    }
  }

  private static Program start() throws IOException {
    return new Program(
            new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Runner.testClasses(),
                "-XX:+EnableDynamicAgentLoading",
                "-XX:-CreateCoredumpOnCrash",
                Running.class.getName()))
        .awaitLine("runs");
  }

  private static void load(Program program, String options) throws Exception {
    VirtualMachine vm = VirtualMachine.attach(Long.toString(program.pid()));
    try {
      vm.loadAgent(Runner.agent(), options);
    } finally {
      vm.detach();
    }
  }

  private static List<String> of(String step, String kind) {
    return List.of(
        step + " main is a thread, a new one is " + kind,
        "early bird has got " + MANY + ", and is a thread",
        step + " done");
  }

  @Test
  void shouldRunWhatStartsFromThenOn() throws Exception {
    try (Program program = start()) {
      load(program, "w=2");
      program.tell("patched").awaitLine("patched done");
      program.tell("end").assertEnds(0);
      assertThat(program.printed()).startsWith("runs").containsAll(of("patched", "a greenlet"));
    }
  }

  @Test
  void shouldNameWhoWasThereBefore() throws Exception {
    try (Program program = start()) {
      load(program, "");
      program.tell("end").assertEnds(0);
      assertThat(program.complaints())
          .contains("too late for threads that run already")
          .contains("\"main\" (java.lang.Thread)")
          .contains("\"early bird\" (" + Early.class.getName() + ")")
          .doesNotContain("Attach Listener")
          .doesNotContain("gevent-");
    }
  }

  @Test
  void shouldBeUndoneAndComeAgain() throws Exception {
    try (Program program = start()) {
      load(program, "");
      program.tell("patched").awaitLine("patched done");
      program.tell("undo").awaitLine("undo true, false");
      program.tell("undone").awaitLine("undone done");
      load(program, "");
      load(program, ""); // patches nothing
      program.tell("again").awaitLine("again done");
      program.tell("end").assertEnds(0);
      assertThat(program.printed())
          .containsAll(of("patched", "a greenlet"))
          .containsAll(of("undone", "a thread"))
          .containsAll(of("again", "a greenlet"));
    }
  }
}
