package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatWatcherTest extends OnEachLoop {
  /** As small as gevent allows. */
  private static final Duration INTERVAL = Duration.ofMillis(107);

  @TempDir Path folder;

  private static void write(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // gevent: test__core_stat.py test_write
  @Test
  void shouldFireWithBothStatesWhenTheFileIsWritten() {
    Path path = folder.resolve("file");
    write(path, "1");
    StatWatcher watcher = loop().stat(path, INTERVAL);
    watcher.start(watcher::stop);
    assertThat(watcher.attr().size()).isEqualTo(1);
    loop().timer(0.01).start(() -> write(path, "three"));
    run();
    FileState now = watcher.attr();
    FileState before = watcher.prev();
    assertThat(before.exists()).isTrue();
    assertThat(before.size()).isEqualTo(1);
    assertThat(now.size()).isEqualTo(5);
    assertThat(now.inode()).isEqualTo(before.inode()).isPositive();
    assertThat(now.modified()).isAfter(before.modified());
  }

  // gevent: test__core_stat.py test_unlink
  @Test
  void shouldFireWhenTheFileGoes() {
    Path path = folder.resolve("file");
    write(path, "12");
    StatWatcher watcher = loop().stat(path, INTERVAL);
    watcher.start(watcher::stop);
    loop().timer(0.01).start(() -> delete(path));
    run();
    assertThat(watcher.attr().exists()).isFalse();
    assertThat(watcher.attr().size()).isZero();
    assertThat(watcher.prev().exists()).isTrue();
    assertThat(watcher.prev().size()).isEqualTo(2);
  }

  @Test
  void shouldFireWhenTheFileAppears() {
    Path path = folder.resolve("file");
    StatWatcher watcher = loop().stat(path, INTERVAL);
    watcher.start(watcher::stop);
    assertThat(watcher.attr().exists()).isFalse();
    loop().timer(0.01).start(() -> write(path, "1234"));
    run();
    assertThat(watcher.attr().exists()).isTrue();
    assertThat(watcher.prev().exists()).isFalse();
  }

  @Test
  void shouldNotFireWhenNothingChanges() {
    Path path = folder.resolve("file");
    write(path, "1");
    List<String> seen = new ArrayList<>();
    StatWatcher watcher = loop().stat(path, INTERVAL);
    watcher.start(() -> seen.add("fired"));
    loop().timer(0.3).start(watcher::stop);
    run();
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldSeeAllThatTheSystemKnows() throws IOException {
    Path path = folder.resolve("file");
    write(path, "123");
    StatWatcher watcher = loop().stat(path);
    watcher.start(() -> {});
    FileState state = watcher.attr();
    assertThat(state.links()).isEqualTo(1);
    assertThat(state.size()).isEqualTo(3);
    assertThat(state.mode()).isEqualTo(Files.getAttribute(path, "unix:mode"));
    assertThat(state.inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
    assertThat(state.device()).isEqualTo(Files.getAttribute(path, "unix:dev"));
    assertThat(state.user()).isEqualTo((long) (int) Files.getAttribute(path, "unix:uid"));
    assertThat(state.group()).isEqualTo((long) (int) Files.getAttribute(path, "unix:gid"));
    assertThat(state.modified()).isEqualTo(Files.getLastModifiedTime(path).toInstant());
    watcher.stop();
  }

  // gevent: test__core_stat.py, path and interval
  @Test
  void shouldSayWhatItWatchesAndHowOften() {
    Path path = folder.resolve("file");
    StatWatcher watcher = loop().stat(path, Duration.ofSeconds(2));
    assertThat(watcher.path()).isEqualTo(path);
    assertThat(watcher.interval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(loop().stat(path).interval()).isZero();
    assertThat(watcher.toString()).contains("stat watcher", path.toString());
  }
}
