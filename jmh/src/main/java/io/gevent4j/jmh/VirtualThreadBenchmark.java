package io.gevent4j.jmh;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What two virtual threads on one carrier pay for what greenlets do. From JDK 21 on.
 *
 * <p>JMH calls from a platform thread, so each invocation is a batch that runs in virtual threads.
 * <b>One op is there and back.</b>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
public class VirtualThreadBenchmark {
  private static final int BATCH = SwitchBenchmark.BATCH;
  private static final int ROUNDS_TO_COMPILE = 20_000;

  @State(Scope.Benchmark)
  public static class Frames {
    @Param({"1", "20", "100", "500"})
    int depth;

    /** Compiles everything: an interpreted frame on the stack makes each yield slower. */
    @Setup
    public void setUp() throws InterruptedException {
      for (int i = 0; i < ROUNDS_TO_COMPILE; i++) {
        VirtualThreads.run(new Yielders(depth, 10)::run);
      }
    }
  }

  /** Two that yield to each other: the one counts, the other goes on for as long. */
  private static final class Yielders {
    private final int depth;
    private final int times;
    private volatile boolean over;
    private int turns; // of the other one

    Yielders(int depth, int times) {
      this.depth = depth;
      this.times = times;
    }

    void run() {
      VirtualThreads.start(() -> Depth.run(depth, this::yieldUntilOver));
      Depth.run(depth, this::yieldTimes);
    }

    private void yieldUntilOver() {
      while (!over) {
        turns++;
        Thread.yield();
      }
    }

    private void yieldTimes() {
      for (int i = 0; i < times; i++) {
        Thread.yield();
      }
      over = true;
      if (Math.abs(turns - times) > 1) {
        throw new IllegalStateException(
            "they did not take turns: " + turns + " of the other to " + times);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void yield(Frames frames) throws InterruptedException {
    VirtualThreads.run(new Yielders(frames.depth, BATCH)::run);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void handOff() throws InterruptedException {
    SynchronousQueue<Object> there = new SynchronousQueue<>();
    SynchronousQueue<Object> back = new SynchronousQueue<>();
    VirtualThreads.run(
        () -> {
          VirtualThreads.start(() -> echo(there, back));
          send(there, back);
        });
  }

  private static void echo(SynchronousQueue<Object> there, SynchronousQueue<Object> back) {
    try {
      for (int i = 0; i < BATCH; i++) {
        back.put(there.take());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }

  private static void send(SynchronousQueue<Object> there, SynchronousQueue<Object> back) {
    try {
      for (int i = 0; i < BATCH; i++) {
        there.put(Boolean.TRUE);
        back.take();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }
}
