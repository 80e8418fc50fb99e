package io.gevent4j.jmh;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a thread that is no greenlet does through places that may be patched; each as short as it
 * can be, so that the patch weighs as much as it can.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class PatchOverheadBenchmark {
  private static final int BATCH = 2_000;
  private static final int BLOCK = 4096; // bytes

  private final byte[] block = new byte[BLOCK];
  private Path path;
  private RandomAccessFile file;
  private Talk parking;
  private Talk sockets;

  @Setup
  public void open() throws IOException {
    path = Files.createTempFile("block", null);
    Files.write(path, block);
    file = new RandomAccessFile(path.toFile(), "r");
    parking = JdkTalk.PARK.between(Thread::new);
    sockets = JdkTalk.SOCKET.between(Thread::new);
  }

  @TearDown
  public void close() throws IOException {
    file.close();
    Files.delete(path);
  }

  /** There and back between two threads. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void park() throws InterruptedException {
    talk(parking);
  }

  /** 64 B there and back between two threads. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void socket() throws InterruptedException {
    talk(sockets);
  }

  /** 4 KB out of the page cache. */
  @Benchmark
  public int file() throws IOException {
    file.seek(0);
    return file.read(block);
  }

  private static void talk(Talk talk) throws InterruptedException {
    Thread second = new Thread(() -> talk.runSecond(BATCH));
    second.start();
    talk.runFirst(BATCH);
    second.join();
  }
}
