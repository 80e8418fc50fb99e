package io.gevent4j.monkey;

import static io.gevent4j.Program.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Program;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Each patches a process of its own. */
class MonkeyTest {
  private static Program assertPrints(Class<?> program, String... lines) throws Exception {
    try (Program child = new Program(program)) {
      child.assertEnds(0);
      assertThat(child.printed()).as(child::toString).containsExactly(lines);
      return child;
    }
  }

  public static class Twice {
    public static void main(String[] arguments) {
      say("" + Monkey.status().isEmpty() + Monkey.isPatched(Patch.TIME));
      say("" + Monkey.patchTime() + Monkey.patchTime() + Monkey.isPatched(Patch.TIME));
      say("" + Monkey.patchAll() + Monkey.patchAll() + Monkey.patchSocket());
      say("" + Monkey.isPatched(Patch.FILES) + Monkey.patchFiles());
      say("" + Monkey.status().isEmpty());
    }
  }

  @Test
  void shouldPatchOnce() throws Exception {
    assertPrints(Twice.class, "truefalse", "truefalsetrue", "truefalsefalse", "falsetrue", "false");
  }

  public static class Undone {
    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll();
      say("" + isGreenlet());
      say("" + Monkey.undo(Patch.THREAD) + Monkey.undo(Patch.THREAD));
      say("" + isGreenlet() + Monkey.isPatched(Patch.SOCKET));
      say("" + Monkey.undo() + Monkey.undo());
      say("" + Monkey.status().stream().anyMatch(slot -> slot.state() == Slot.State.PATCHED));
      say("" + Monkey.patchAll() + isGreenlet());
    }

    static boolean isGreenlet() throws InterruptedException {
      boolean[] found = new boolean[1];
      Thread thread = new Thread(() -> found[0] = Hub.getIfExists() != null);
      thread.start();
      thread.join();
      return found[0];
    }
  }

  @Test
  void shouldUndoWhatItHasDone() throws Exception {
    assertPrints(Undone.class, "true", "truefalse", "falsetrue", "truefalse", "false", "truetrue");
  }

  public static class Told implements PatchListener {
    public static void main(String[] arguments) {
      Told told = new Told();
      Monkey.subscribe(told);
      Monkey.patchAll(Options.defaults().only(Patch.TIME, Patch.DNS, Patch.SELECT));
      Monkey.patchTime(); // is on
      Monkey.unsubscribe(told);
      Monkey.patchDns(); // nobody vetoes any more
      say("" + Monkey.isPatched(Patch.DNS));
    }

    @Override
    public void willPatchAll(Options options) {
      say("will " + options.patches());
    }

    @Override
    public void willPatch(Patch patch) throws DoNotPatch {
      say("will " + patch + Monkey.isPatched(patch));
      if (patch == Patch.DNS) {
        throw new DoNotPatch("not this");
      }
    }

    @Override
    public void didPatch(Patch patch) {
      say("did " + patch + Monkey.isPatched(patch));
    }

    @Override
    public void didPatchAll(Options options, Set<Patch> patched) {
      say("did " + patched);
    }
  }

  @Test
  void shouldTellListenersWhoMayVeto() throws Exception {
    assertPrints(
        Told.class,
        "will [TIME, DNS, SELECT]",
        "will TIMEfalse",
        "did TIMEtrue",
        "will DNSfalse",
        "will SELECTfalse",
        "did SELECTtrue",
        "did [TIME, SELECT]",
        "true");
  }

  public static class Vetoed {
    public static void main(String[] arguments) {
      Monkey.subscribe(
          new PatchListener() {
            @Override
            public void willPatchAll(Options options) throws DoNotPatch {
              throw new DoNotPatch();
            }
          });
      say("" + Monkey.patchAll() + Monkey.isPatched(Patch.SOCKET));
    }
  }

  @Test
  void shouldPatchNothingAfterAVetoOfAll() throws Exception {
    assertPrints(Vetoed.class, "falsefalse");
  }

  public static class Late {
    public static void main(String[] arguments) throws Exception {
      CountDownLatch done = new CountDownLatch(1);
      new Early(done).start();
      Monkey.patchAll();
      Monkey.patchAll(Options.defaults().with(Patch.FILES));
      done.countDown();
    }

    static final class Early extends Thread {
      private final CountDownLatch done;

      Early(CountDownLatch done) {
        super("early bird");
        this.done = done;
      }

      @Override
      public void run() {
        try {
          done.await();
          say("" + Hub.getIfExists());
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Test
  void shouldNameThreadsThatItComesTooLateFor() throws Exception {
    try (Program child = new Program(Late.class)) {
      child.assertEnds(0);
      assertThat(child.printed()).containsExactly("null");
      assertThat(child.complaints())
          .contains("too late")
          .contains("\"early bird\" (" + Late.Early.class.getName() + ")")
          .contains("more than once");
    }
  }

  @Test
  void shouldWarnOfNothingWhereNothingIsLate() throws Exception {
    try (Program child = new Program(Twice.class)) {
      child.assertEnds(0);
      assertThat(child.complaints()).isEmpty();
    }
  }

  public static class OwnHub {
    public static void main(String[] arguments) throws Exception {
      Hub hub = Hub.get();
      Monkey.patchAll();
      Hub[] other = new Hub[1];
      Thread thread = new Thread(() -> other[0] = Hub.getIfExists());
      thread.start();
      thread.join();
      say("" + (other[0] == hub));
    }
  }

  @Test
  void shouldRunThreadsInTheHubOfTheCaller() throws Exception {
    assertPrints(OwnHub.class, "true");
  }

  public static class TwoHubs {
    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll(Options.defaults().hubs(2));
      Hub[] hubs = new Hub[4];
      for (int i = 0; i < hubs.length; i++) {
        int number = i;
        Thread thread = new Thread(() -> hubs[number] = Hub.getIfExists());
        thread.start();
        thread.join();
      }
      say("" + (hubs[0] != hubs[1]) + (hubs[0] == hubs[2]) + (hubs[1] == hubs[3]));
      say("" + (Hub.getIfExists() == hubs[1])); // the caller came first
    }
  }

  @Test
  void shouldRunThreadsInTheHubsByTurns() throws Exception {
    assertPrints(TwoHubs.class, "truetruetrue", "true");
  }

  public static class Original {
    public static void main(String[] arguments) throws Exception {
      say("" + Monkey.unpatched(() -> "plain"));
      Monkey.patchAll();
      Thread[] self = new Thread[1];
      Greenlet<String> other = Gevent.spawn(() -> "meanwhile");
      say(
          Monkey.unpatched(
              () -> {
                self[0] = Thread.currentThread();
                while (!other.isDead()) {
                  Thread.sleep(1); // for real, or this would be no test
                }
                return other.value();
              }));
      say("" + (self[0] == Thread.currentThread()));
    }
  }

  @Test
  void shouldBlockForRealIfAsked() throws Exception {
    assertPrints(Original.class, "plain", "meanwhile", "true");
  }

  public static class Foreign {
    public static void main(String[] arguments) {
      Monkey.patchSocket();
      try {
        Monkey.patchLibrary("libno-such.so");
      } catch (IllegalStateException e) {
        say(e.getMessage().contains("libno-such.so") ? "named" : e.getMessage());
      }
      say("" + (Monkey.patchLibrary("libzip.so") > 0));
      List<Slot> slots = Monkey.status();
      say("" + slots.stream().anyMatch(slot -> slot.library().equals("libzip.so")));
    }
  }

  @Test
  void shouldPatchOtherLibrariesByName() throws Exception {
    assertPrints(Foreign.class, "named", "true", "true");
  }
}
