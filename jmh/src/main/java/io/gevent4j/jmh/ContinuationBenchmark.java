package io.gevent4j.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
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
 * The control nearest to a greenlet: {@code jdk.internal.vm.Continuation}, without a scheduler.
 * From JDK 21 on.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {Flags.NATIVE, Flags.CONTINUATION})
public class ContinuationBenchmark {
  private static final int ROUNDS_TO_COMPILE = 20_000;

  /**
   * A continuation that only yields, and whoever runs it, each below so many frames.
   *
   * <p>It is a new one for each batch, made after all of its code has been compiled: a continuation
   * with an interpreted frame on its stack goes a way that is several times slower.
   */
  @State(Scope.Thread)
  public static class Pair {
    @Param({"1", "20", "100", "500"})
    int depth;

    @Setup
    public void setUp() {
      for (int i = 0; i < ROUNDS_TO_COMPILE; i++) {
        thereAndBack(10);
      }
    }

    void thereAndBack(int times) {
      Runnable yielding = () -> Pair.yield(times);
      Object continuation = Continuations.make(() -> Depth.run(depth, yielding));
      Depth.run(depth, () -> run(continuation, times));
      Continuations.run(continuation); // to its end
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static void yield(int times) {
      for (int i = 0; i < times; i++) {
        Continuations.yield();
      }
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static void run(Object continuation, int times) {
      for (int i = 0; i < times; i++) {
        Continuations.run(continuation);
      }
    }
  }

  /** One op is there and back: run, then yield. */
  @Benchmark
  @OperationsPerInvocation(SwitchBenchmark.BATCH)
  public void thereAndBack(Pair pair) {
    pair.thereAndBack(SwitchBenchmark.BATCH);
  }

  /** One op: one continuation made, run and ended. */
  @Benchmark
  public Object spawn() {
    Object continuation = Continuations.make(() -> {});
    Continuations.run(continuation);
    return continuation;
  }
}
