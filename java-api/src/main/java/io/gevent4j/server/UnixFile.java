package io.gevent4j.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The file that a listener at a path has made, and is to take with it. */
final class UnixFile {
  private final Path path;
  private final Object key; // the inode: somebody may put another file there

  /** Of one that listens there by now. */
  UnixFile(UnixDomainSocketAddress address) throws IOException {
    path = address.getPath().toAbsolutePath();
    key = key();
  }

  private Object key() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  /** Deletes it, unless it is another one by now, or gone. */
  void delete() {
    try {
      if (key.equals(key())) {
        Files.delete(path);
      }
    } catch (IOException gone) {
      // as it should be
    }
  }
}
