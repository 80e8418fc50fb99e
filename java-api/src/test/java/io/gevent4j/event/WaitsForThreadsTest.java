package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.LoopExit;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who waits for what any thread may bring about isn't lost while there are other threads. */
class WaitsForThreadsTest extends HubTest {
  private static void setLater(Event event) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(150); // the hub looks several times
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              event.set();
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void shouldWaitForAnotherThread() {
    Hub.get().setWaitsForThreads(true);
    Event event = new Event();
    setLater(event);
    assertThat(event.await()).isTrue();
  }

  @Test
  void shouldJoinTheHubOnlyWhenTheOtherThreadHasCome() {
    Hub.get().setWaitsForThreads(true);
    Event event = new Event();
    List<Object> seen = new ArrayList<>();
    Gevent.spawn(() -> seen.add(event.await()));
    setLater(event);
    Hub.get().join();
    assertThat(seen).containsExactly(true);
  }

  @Test
  void shouldNotWaitForThreadsWhenToldNotTo() {
    Event event = new Event();
    setLater(event);
    assertThat(thrownBy(event::await)).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldNotCountWaitsThatNoOtherThreadCanEnd() {
    Hub.get().setWaitsForThreads(true);
    assertThat(thrownBy(() -> new io.gevent4j.Waiter<Void>().get())).isInstanceOf(LoopExit.class);
  }

  /** Alone, with another thread, and alone again. */
  static final class Alone {
    public static void main(String[] arguments) throws Exception {
      Hub.get(); // without one, main is but a thread
      Event event = new Event();
      System.out.println(thrownBy(event::await) instanceof LoopExit);
      setLater(event);
      System.out.println(event.await());
      event.clear();
      Gevent.spawn(() -> event.await());
      System.out.println(thrownBy(event::await) instanceof LoopExit);
      Hub.get().join();
      for (int i = 0; i < 300; i++) {
        Event last = new Event();
        new Thread(last::set).start(); // it ends at once
        if (!last.await()) {
          throw new AssertionError();
        }
      }
      System.out.println("end");
    }
  }

  @Test
  void shouldTellMainOnlyWhenItIsAlone() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache());
    command.add(Alone.class.getName());
    File output = File.createTempFile("gevent4j", ".out");
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
      try {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
      } finally {
        process.destroyForcibly();
      }
      String printed =
          new String(java.nio.file.Files.readAllBytes(output.toPath()), StandardCharsets.UTF_8);
      assertThat(printed.lines().filter(line -> !line.isEmpty() && !line.startsWith("WARNING")))
          .containsExactly("true", "true", "true", "end");
      assertThat(process.exitValue()).isZero();
    } finally {
      assertThat(output.delete()).isTrue();
    }
  }

  private static String cache() {
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    return cache == null ? System.getProperty("java.io.tmpdir") : cache;
  }
}
