package io.gevent4j.jmh;

import io.gevent4j.greenlet.RawGreenlet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** <b>One op:</b> one of them made, run and ended, and its end waited for. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class SpawnBenchmark {
  private static final int BATCH = 1_000;
  private static final Function<Object, Object> FUNCTION = value -> value;
  private static final Runnable ACTION = () -> {};

  /** On a lender out of the pool. */
  @Benchmark
  public Object greenletPooled() {
    return new RawGreenlet(FUNCTION).switchTo();
  }

  /** The pool keeps none, so that each start makes a thread, which ends with the greenlet. */
  @Benchmark
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.NO_SPARE_LENDERS})
  public Object greenletCold() {
    return new RawGreenlet(FUNCTION).switchTo();
  }

  @Benchmark
  public void platformThread() throws InterruptedException {
    Thread thread = new Thread(ACTION);
    thread.start();
    thread.join();
  }

  /** From a platform thread, which has to be woken up at the end. From JDK 21 on. */
  @Benchmark
  public void virtualThread() throws InterruptedException {
    VirtualThreads.start(ACTION).join();
  }

  /**
   * From a virtual thread on the same carrier, as a greenlet is spawned on its own kernel thread.
   * From JDK 21 on.
   */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThreadByVirtual() throws InterruptedException {
    VirtualThreads.run(
        () -> {
          try {
            for (int i = 0; i < BATCH; i++) {
              VirtualThreads.start(ACTION).join();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e); // nobody interrupts it
          }
        });
  }
}
