package io.gevent4j.monkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Program;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of places that are not as they should be, and what is not worth a word. */
class VerdictTest {
  private static Slot read(Slot.State state) {
    return new Slot("libnio.so", "read", Set.of(Patch.SOCKET), state);
  }

  @ParameterizedTest
  @CsvSource({
    "FOREIGN, somebody else has replaced",
    "UNLOADED, not loaded",
    "UNKNOWN, not as expected"
  })
  void shouldNameWhatWasLeftAlone(Slot.State state, String reason) {
    Verdict verdict = Verdict.of(List.of(read(state)));
    assertThat(verdict.complaints()).singleElement().asString().contains(reason, "libnio.so read");
    assertThat(verdict.summary()).startsWith("0 places patched").contains(reason);
  }

  @ParameterizedTest
  @CsvSource({"FREE", "MISSING"})
  void shouldSayNothingOfWhatIsNotWantedOrIsNotThere(Slot.State state) {
    assertThat(Verdict.of(List.of(read(state))).complaints()).isEmpty();
  }

  static final class Unserved {
    public static void main(String[] arguments) {
      Monkey.patchSocket();
      Program.say(Verdict.of(List.of(read(Slot.State.FREE))).summary());
      Program.say(Verdict.of(List.of(read(Slot.State.PATCHED))).summary());
    }
  }

  @Test
  void shouldMissWhatIsPatchedAndNotServed() throws Exception {
    try (Program program = new Program(Unserved.class)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactly(
              "0 places patched for socket; should be patched, and isn't: libnio.so read; "
                  + "socket is patched, but nothing serves it",
              "1 places patched for socket");
    }
  }
}
