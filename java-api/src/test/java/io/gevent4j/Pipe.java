package io.gevent4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A named pipe, written and read through one descriptor whose number is known. */
final class Pipe implements AutoCloseable {
  private final Path directory = Files.createTempDirectory("gevent4j-pipe").toRealPath();
  private final Path path = directory.resolve("pipe");
  private final RandomAccessFile file;

  Pipe() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
    assertThat(mkfifo.waitFor(30, SECONDS) && mkfifo.exitValue() == 0).as("mkfifo").isTrue();
    file = new RandomAccessFile(path.toFile(), "rw");
  }

  int fd() throws IOException {
    for (File link : new File("/proc/self/fd").listFiles()) {
      if (Files.isSymbolicLink(link.toPath()) && path.equals(target(link))) {
        return Integer.parseInt(link.getName());
      }
    }
    throw new AssertionError("nobody has it open: " + path);
  }

  private static Path target(File link) {
    try {
      return Files.readSymbolicLink(link.toPath());
    } catch (IOException closedMeanwhile) {
      return null;
    }
  }

  void write(int value) {
    try {
      file.write(value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  int read() throws IOException {
    return file.read();
  }

  @Override
  public void close() throws IOException {
    file.close();
    Files.delete(path);
    Files.delete(directory);
  }
}
