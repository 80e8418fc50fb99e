package io.gevent4j.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A named pipe, both of whose ends are one descriptor with a known number. */
final class Fifo implements AutoCloseable {
  private final Path folder = Files.createTempDirectory("gevent4j-fifo").toRealPath();
  private final RandomAccessFile file;
  private final int fd;

  Fifo() throws Exception {
    Path path = folder.resolve("fifo");
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
    assertThat(mkfifo.waitFor(30, SECONDS) && mkfifo.exitValue() == 0).as("mkfifo").isTrue();
    file = new RandomAccessFile(path.toFile(), "rw");
    fd = numberOf(path);
  }

  /** The number of the descriptor that is open on a path. */
  private static int numberOf(Path path) throws IOException {
    for (File link : new File("/proc/self/fd").listFiles()) {
      try {
        if (Files.readSymbolicLink(link.toPath()).equals(path)) {
          return Integer.parseInt(link.getName());
        }
      } catch (IOException e) {
        continue; // closed meanwhile
      }
    }
    throw new IOException("nobody has it open: " + path);
  }

  int fd() {
    return fd;
  }

  void write(int value) {
    try {
      file.write(value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  int read() {
    try {
      return file.read();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Closes the descriptor. */
  void closeDescriptor() {
    try {
      file.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.delete(folder.resolve("fifo"));
    Files.delete(folder);
  }
}
