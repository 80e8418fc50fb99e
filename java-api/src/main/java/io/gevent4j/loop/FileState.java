package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.time.Instant;

/**
 * What the system knew of a file at one moment.
 *
 * <p>gevent: {@code watcher.attr}, {@code watcher.prev}; Python: {@code os.stat_result}.
 *
 * @param links how many names it has; 0 where there is no such file, and then all else is 0
 * @param size in bytes
 * @param mode type and permissions: {@code st_mode}
 * @param accessed when it was last read
 * @param modified when its content last changed
 * @param changed when its inode last changed
 */
public record FileState(
    long links,
    long size,
    int mode,
    long inode,
    long device,
    long user,
    long group,
    Instant accessed,
    Instant modified,
    Instant changed) {

  /** Whether there is such a file. */
  public boolean exists() {
    return links != 0;
  }

  /** Of the file of a stat watcher: now, or before the last change. */
  static FileState of(long watcher, boolean before) {
    int when = before ? 1 : 0;
    return new FileState(
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_LINKS),
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_SIZE),
        (int) Native.gv_watcher_stat(watcher, when, Native.GV_STAT_MODE),
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_INODE),
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_DEVICE),
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_USER),
        Native.gv_watcher_stat(watcher, when, Native.GV_STAT_GROUP),
        time(watcher, when, Native.GV_STAT_ACCESSED),
        time(watcher, when, Native.GV_STAT_MODIFIED),
        time(watcher, when, Native.GV_STAT_CHANGED));
  }

  private static Instant time(long watcher, int when, int field) {
    return Instant.ofEpochSecond(0, Native.gv_watcher_stat(watcher, when, field));
  }
}
