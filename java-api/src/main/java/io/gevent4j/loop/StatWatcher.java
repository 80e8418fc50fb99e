package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Fires when a file changes, appears or goes. The path needn't exist. Where the loop can't be told
 * by the kernel, it looks from time to time, and sees what is different from the time before.
 *
 * <p>gevent: {@code loop.stat}.
 */
public final class StatWatcher extends Watcher {
  private final Path path;
  private final long interval; // ns; 0: the loop's own choice

  StatWatcher(Loop loop, Path path, long interval) {
    super(loop, Native.GV_STAT);
    this.path = path;
    this.interval = interval;
    configure(Native.gv_watcher_set_stat(ptr(), path.toString(), interval), "the file " + path);
  }

  public Path path() {
    return path;
  }

  /** How often the loop looks where it has to; zero: as it likes. */
  public Duration interval() {
    return Duration.ofNanos(interval);
  }

  /** The file as it was seen last. */
  public FileState attr() {
    return FileState.of(ptr(), false);
  }

  /** The file as it was before its last change. */
  public FileState prev() {
    return FileState.of(ptr(), true);
  }

  @Override
  String subject() {
    return " " + path;
  }
}
