package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that a program merely brings along: they are asked before its first line. */
class FoundListenersTest {
  @TempDir Path folder;

  /** Wants no names to be looked up by us, and says what it is told. */
  public static final class AgainstDns implements PatchListener {
    @Override
    public void willPatchAll(Options options) {
      say("will " + options.patches());
    }

    @Override
    public void willPatch(Patch patch) throws DoNotPatch {
      say("will " + patch);
      if (patch == Patch.DNS) {
        throw new DoNotPatch("it has a resolver of its own");
      }
    }

    @Override
    public void didPatch(Patch patch) {
      say("did " + patch);
    }

    @Override
    public void didPatchAll(Options options, Set<Patch> patched) {
      say("did " + patched);
    }
  }

  /** Comes after the other, if both are found. */
  public static final class Second implements PatchListener {
    @Override
    public void willPatch(Patch patch) {
      say("second " + patch);
    }
  }

  public static final class AgainstAll implements PatchListener {
    @Override
    public void willPatchAll(Options options) throws DoNotPatch {
      throw new DoNotPatch();
    }

    @Override
    public void didPatchAll(Options options, Set<Patch> patched) {
      say("did " + patched);
    }
  }

  public static final class Broken implements PatchListener {
    public Broken() {
      throw new IllegalStateException("it can't be made");
    }
  }

  static final class Application {
    public static void main(String[] arguments) {
      say("main " + (Hub.getIfExists() != null) + Monkey.isPatched(Patch.DNS));
      say("again " + Monkey.patchTime());
    }
  }

  private Program run(String options, Class<?>... listeners) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (Class<?> listener : listeners) {
      lines.append(listener.getName()).append('\n');
    }
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(PatchListener.class.getName()), lines);
    return Runner.gevent4j(
        folder, "run", "--no-all", "--thread", "--dns", options, Application.class.getName());
  }

  @Test
  void shouldBeAskedBeforeTheFirstLine() throws Exception {
    try (Program program = run("--no-time", AgainstDns.class, Second.class)) {
      program.assertEnds(0);
      assertThat(program.printed())
          .containsExactly(
              "will [THREAD, DNS]",
              "will THREAD",
              "second THREAD",
              "did THREAD",
              "will DNS",
              "did [THREAD]",
              "main truefalse",
              "will TIME",
              "second TIME",
              "did TIME",
              "again true");
      assertThat(program.complaints()).isEmpty();
    }
  }

  @Test
  void shouldHaveTheirReasonsToldIfAsked() throws Exception {
    try (Program program = run("--verbose", AgainstDns.class)) {
      program.assertEnds(0);
      assertThat(program.complaints())
          .contains("a listener wants dns not to be patched: it has a resolver of its own");
    }
  }

  @Test
  void shouldLeaveTheProgramAsItIsAfterAVetoOfAll() throws Exception {
    try (Program program = run("--no-time", AgainstAll.class)) {
      program.assertEnds(0);
      assertThat(program.printed()).containsExactly("main falsefalse", "again true");
      assertThat(program.complaints()).isEmpty();
    }
  }

  @Test
  void shouldNotStartTheProgramWithoutThem() throws Exception {
    try (Program program = run("--no-time", Broken.class)) {
      program.assertEnds(1);
      assertThat(program.printed()).isEmpty();
      assertThat(program.complaints())
          .contains("the program isn't started")
          .contains("it can't be made");
    }
  }
}
