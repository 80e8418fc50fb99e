package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildWatcherTest extends OnEachLoop {
  private static Process shell(String script) throws IOException {
    return new ProcessBuilder("sh", "-c", script).start();
  }

  @Test
  void shouldFireWithTheExitCodeWhenTheChildEnds() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Process process = shell("read line; exit 3");
    ChildWatcher watcher = loop().child(process);
    watcher.start(() -> seen.add(watcher.exitStatus()));
    assertThat(watcher.isActive()).isTrue();
    assertThat(watcher.pid()).isEqualTo(process.pid());
    assertThat(watcher.toString()).contains("child watcher", "pid=" + process.pid());
    loop()
        .timer(0.002)
        .start(
            () -> {
              try {
                process.getOutputStream().close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    run();
    assertThat(seen).containsExactly(3);
    assertThat(watcher.isActive()).isFalse();
  }

  @Test
  void shouldFireWithTheSignalWhenTheChildIsKilled() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Process process = shell("exec sleep 60");
    ChildWatcher watcher = loop().child(process);
    watcher.start(() -> seen.add(watcher.exitStatus()));
    loop().timer(0.002).start(process::destroyForcibly);
    run();
    assertThat(seen).containsExactly(128 + 9);
  }

  @Test
  void shouldLeaveTheChildToItsParent() throws Exception {
    Process process = shell("exit 5");
    ChildWatcher watcher = loop().child(process);
    watcher.start(() -> {});
    run();
    assertThat(process.waitFor()).isEqualTo(5);
  }

  @Test
  void shouldFireWhenTheChildHadEndedBeforeTheStart() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Process process = shell("exit 4");
    process.waitFor();
    ChildWatcher watcher = loop().child(process);
    watcher.start(() -> seen.add(watcher.exitStatus()));
    assertThat(seen).isEmpty();
    assertThat(watcher.isActive()).isTrue();
    run();
    assertThat(seen).containsExactly(4);
    assertThat(watcher.isActive()).isFalse();
  }

  @Test
  void shouldNotFireWhenItIsStoppedInTime() throws Exception {
    Process process = shell("exit 0");
    process.waitFor();
    ChildWatcher watcher = loop().child(process);
    watcher.start(
        () -> {
          throw new AssertionError("fired");
        });
    watcher.stop();
    assertThat(watcher.isActive()).isFalse();
    run();
  }

  @Test
  void shouldSayWhatTheSystemSaysWhenOnlyTheNumberIsGiven() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Process process = shell("read line; exit 6");
    ChildWatcher watcher = loop().child(process.pid());
    watcher.start(() -> seen.add(watcher.exitStatus()));
    process.getOutputStream().close();
    run();
    // Java waits for it as well, and may be faster.
    assertThat(seen).hasSize(1).containsAnyOf(6, ChildWatcher.UNKNOWN);
  }

  @Test
  void shouldEachFireWhenThereAreManyChildren() throws Exception {
    List<String> seen = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int code = i;
      ChildWatcher watcher = loop().child(shell("exit " + i));
      watcher.start(() -> seen.add(code + ": " + watcher.exitStatus()));
      expected.add(i + ": " + i);
    }
    run();
    assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void shouldRefuseToSayTheStatusBeforeItHasFired() throws Exception {
    Process process = shell("read line");
    ChildWatcher watcher = loop().child(process);
    assertThat(thrownBy(watcher::exitStatus)).isInstanceOf(IllegalStateException.class);
    process.destroyForcibly();
  }

  @Test
  void shouldRefuseToStartWhenThereIsNoSuchProcess() {
    ChildWatcher watcher = loop().child(Integer.MAX_VALUE);
    assertThat(thrownBy(() -> watcher.start(() -> {}))).isInstanceOf(LoopException.class);
    assertThat(watcher.isActive()).isFalse();
  }
}
