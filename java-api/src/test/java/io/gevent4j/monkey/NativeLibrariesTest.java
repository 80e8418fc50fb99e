package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native code of the program itself that waits for what another greenlet of the hub does. */
class NativeLibrariesTest {
  @TempDir Path folder;

  static final class Application {
    /** Null: there are no more ways to wait. */
    static native String nameOf(int way);

    static native void prepare(int way);

    static native void await(int way);

    static native void tell(int way);

    static native void end(int way);

    /** The library, and whether it is to be patched. */
    public static void main(String[] arguments) throws Exception {
      String library = arguments[0];
      boolean patches = arguments[1].equals("patched");
      Options options = Options.defaults();
      Monkey.patchAll(patches ? options : options.without(Patch.LIBRARIES));
      System.load(library);
      if (patches) {
        for (int way = 0; nameOf(way) != null; way++) {
          waitAndTell(way);
        }
      }
      List<Slot> slots =
          Monkey.status().stream().filter(slot -> slot.library().equals(library)).toList();
      say("all are patched: " + slots.stream().allMatch(s -> s.state() == Slot.State.PATCHED));
      say("any is known: " + !slots.isEmpty());
    }

    private static void waitAndTell(int way) throws Exception {
      prepare(way);
      Actor waiting = Actor.start(() -> await(way));
      waiting.awaitIn("await");
      tell(way);
      waiting.join();
      end(way);
    }
  }

  @Test
  void shouldRunTheOthersWhileNativeCodeWaitsInAnyWay() throws Exception {
    assertPrints("patched", "all are patched: true", "any is known: true");
  }

  @Test
  void shouldLeaveNativeLibrariesAloneIfAsked() throws Exception {
    assertPrints("alone", "all are patched: true", "any is known: false");
  }

  private void assertPrints(String how, String... lines) throws Exception {
    String library = NativeLibrary.compile(folder, "waiting", "waiting_library.c");
    try (Program program = Program.startedBy(List.of(), Application.class, library, how)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly(lines);
    }
  }
}
