package io.gevent4j.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How long {@code Thread.sleep(1)} takes, where nobody else has anything to do. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class LatenessBenchmark {
  private static final int BATCH = 20;

  @Benchmark
  public void threads() throws InterruptedException {
    Thread.sleep(1);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThreads() throws InterruptedException {
    VirtualThreads.run(LatenessBenchmark::sleepInTurn);
  }

  private static void sleepInTurn() {
    try {
      for (int i = 0; i < BATCH; i++) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }
}
