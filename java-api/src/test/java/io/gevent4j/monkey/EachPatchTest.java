package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each patch by itself makes what it is for cooperative, and nothing else does: while one greenlet
 * is in such a call, the other one of the hub runs, or doesn't. {@link Patch#LIBRARIES} is for no
 * call: it says whose calls the others are for.
 */
class EachPatchTest {
  private static final int PATIENCE_MS = 50; // with those who block their hub

  /** Something that blocks, and what ends that. */
  private static final class Wait {
    final Actor.Part begin;
    final Actor.Part end;
    volatile boolean begun;
    volatile boolean otherRan;

    Wait(Actor.Part begin, Actor.Part end) {
      this.begin = begin;
      this.end = end;
    }
  }

  static final class Application {
    private static final SynchronousQueue<Wait> WAITS = new SynchronousQueue<>();

    public static void main(String[] arguments) throws Exception {
      Patch patch = Patch.valueOf(arguments[0]);
      Security.setProperty("networkaddress.cache.ttl", "0"); // each name is looked up again
      Actor.start(Application::endWaits); // while threads are threads
      Hub.get();
      say("patched " + turnOn(patch) + ": " + patched());
      say("others run in " + inWhichOthersRun());
      say("undone " + Monkey.undo(patch) + ": " + patched());
      say("others run in " + inWhichOthersRun());
    }

    private static boolean turnOn(Patch patch) {
      return switch (patch) {
        case THREAD -> Monkey.patchThread();
        case TIME -> Monkey.patchTime();
        case SOCKET -> Monkey.patchSocket();
        case DNS -> Monkey.patchDns();
        case SELECT -> Monkey.patchSelect();
        case SUBPROCESS -> Monkey.patchSubprocess();
        case STDIN -> Monkey.patchStdin();
        case FILES -> Monkey.patchFiles();
        case LIBRARIES -> Monkey.patchLibraries();
      };
    }

    private static List<Patch> patched() {
      return Stream.of(Patch.values()).filter(Monkey::isPatched).toList();
    }

    private static List<Patch> inWhichOthersRun() throws Exception {
      List<Patch> found = new ArrayList<>();
      for (Patch patch : EnumSet.complementOf(EnumSet.of(Patch.LIBRARIES))) {
        if (othersRunDuring(patch)) {
          found.add(patch);
        }
      }
      return found;
    }

    private static boolean othersRunDuring(Patch patch) throws Exception {
      Wait wait = waitOf(patch);
      WAITS.put(wait);
      Greenlet<Boolean> one =
          Gevent.spawn(
              () -> {
                wait.begun = true;
                play(wait.begin);
                return wait.otherRan;
              });
      Gevent.spawn(() -> wait.otherRan = true);
      return one.get();
    }

    private static void play(Actor.Part part) {
      try {
        part.play();
      } catch (Throwable thrown) {
        throw new AssertionError(thrown);
      }
    }

    /** Once the other one has run, or can't. */
    private static void endWaits() throws Throwable {
      for (; ; ) {
        Wait wait = WAITS.take();
        while (!wait.begun) {
          Thread.sleep(1);
        }
        for (int ms = 0; !wait.otherRan && ms < PATIENCE_MS; ms++) {
          Thread.sleep(1);
        }
        wait.end.play();
      }
    }

    private static Wait waitOf(Patch patch) throws Exception {
      switch (patch) {
        case THREAD -> {
          Thread[] parked = new Thread[1];
          boolean[] permitted = new boolean[1];
          return new Wait(
              () -> {
                parked[0] = Thread.currentThread();
                synchronized (parked) {
                  while (!permitted[0]) {
                    parked.wait();
                  }
                }
                LockSupport.park();
              },
              () -> {
                synchronized (parked) {
                  permitted[0] = true;
                  parked.notify();
                }
                LockSupport.unpark(parked[0]);
              });
        }
        case TIME -> {
          return new Wait(() -> Thread.sleep(PATIENCE_MS), () -> {});
        }
        case SOCKET -> {
          ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket here = new Socket(server.getInetAddress(), server.getLocalPort());
          Socket there = server.accept();
          return readOf(here.getInputStream(), () -> there.getOutputStream().write(1));
        }
        case DNS -> {
          return new Wait(() -> InetAddress.getByName("localhost"), () -> {});
        }
        case SELECT -> {
          Selector selector = Selector.open();
          return new Wait(selector::select, selector::wakeup);
        }
        case SUBPROCESS -> {
          Process cat = new ProcessBuilder("cat").start();
          return readOf(
              cat.getInputStream(),
              () -> {
                cat.getOutputStream().write(1);
                cat.getOutputStream().close();
              });
        }
        case STDIN -> {
          return readOf(System.in, () -> say("more"));
        }
        default -> {
          Path file = Files.writeString(Files.createTempFile("gevent4j", ".text"), "text");
          InputStream stream = new FileInputStream(file.toFile());
          Files.delete(file);
          return readOf(stream, () -> {});
        }
      }
    }

    private static Wait readOf(InputStream stream, Actor.Part end) {
      return new Wait(
          () -> {
            if (stream.read(new byte[100]) < 0) {
              throw new AssertionError("there was nothing to be read");
            }
          },
          end);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EXCLUDE, names = "LIBRARIES")
  void shouldLetOthersRunInWhatItIsFor(Patch patch) throws Exception {
    try (Program program = new Program(Application.class, patch.name())) {
      program.awaitLine("more").tell("first").awaitLine("more").tell("second");
      program.assertEnds(0);
      assertThat(program.printed().stream().filter(line -> !line.equals("more")))
          .containsExactly(
              "patched true: [" + patch + "]",
              "others run in [" + patch + "]",
              "undone true: []",
              "others run in []");
    }
  }
}
