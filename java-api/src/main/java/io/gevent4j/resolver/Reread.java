package io.gevent4j.resolver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a small file says: read once, and again when it has changed, which the system is asked each
 * time. Of one that isn't there, can't be read or is large, nothing is known.
 *
 * <p><b>Thread rule:</b> any thread; the calling one reads.
 */
final class Reread<T> {
  /** Bytes: who has more is no longer read at once by the C library either. */
  static final int MOST = 1 << 16;

  /** Within this time a file may change again, and its time and size stay the same. */
  private static final long UNSETTLED_MILLIS = 2_000;

  private record Seen<T>(FileTime time, long size, Object file, boolean settled, T value) {}

  private final Path path;
  private final Function<String, T> parser;
  private final T nothing;
  private volatile Seen<T> seen; // null: not yet

  Reread(Path path, Function<String, T> parser, T nothing) {
    this.path = path;
    this.parser = parser;
    this.nothing = nothing;
  }

  T value() {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      Seen<T> seen = this.seen;
      if (seen == null || !seen.settled || !isOf(now, seen)) {
        seen = read(now);
        this.seen = seen;
      }
      return seen.value;
    } catch (IOException e) {
      return nothing;
    }
  }

  private static boolean isOf(BasicFileAttributes now, Seen<?> seen) {
    return now.lastModifiedTime().equals(seen.time)
        && now.size() == seen.size
        && Objects.equals(now.fileKey(), seen.file);
  }

  private Seen<T> read(BasicFileAttributes now) throws IOException {
    boolean small = now.isRegularFile() && now.size() <= MOST;
    T value = small ? parser.apply(Files.readString(path, ISO_8859_1)) : nothing;
    long age = System.currentTimeMillis() - now.lastModifiedTime().toMillis();
    return new Seen<>(
        now.lastModifiedTime(), now.size(), now.fileKey(), age > UNSETTLED_MILLIS, value);
  }
}
