package io.gevent4j.jmh;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two threads that talk through something of the JDK's. <b>One op:</b> one turn of each.
 *
 * <p>JMH calls from a platform thread, so each invocation is a batch.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
@State(Scope.Thread)
public abstract class ThreadsTalkBenchmark {
  /** So many turns that the start of a thread and its end weigh nothing. */
  static final int BATCH = 20_000;

  private static final int ROUNDS_TO_COMPILE = 5_000;

  private Talk talk; // null before the first batch

  /** What they do. */
  abstract Talk betweenThreads();

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void platformThreads() {
    if (talk == null) {
      talk = betweenThreads();
    }
    talk(BATCH, ThreadsTalkBenchmark::startPlatformThread);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThreads() throws InterruptedException {
    if (talk == null) {
      talk = betweenThreads();
      for (int i = 0; i < ROUNDS_TO_COMPILE; i++) {
        talkInVirtualThreads(4); // an interpreted frame on the stack makes each switch slower
      }
    }
    talkInVirtualThreads(BATCH);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThreadsOnOneCarrier() throws InterruptedException {
    virtualThreads();
  }

  private void talkInVirtualThreads(int turns) throws InterruptedException {
    VirtualThreads.run(() -> talk(turns, VirtualThreads::start));
  }

  private static Thread startPlatformThread(Runnable action) {
    Thread thread = new Thread(action);
    thread.start();
    return thread;
  }

  /** The caller is the first one. */
  private void talk(int turns, Function<Runnable, Thread> start) {
    if (talk.second() == null) {
      talk.runFirst(turns);
      return;
    }
    Thread second = start.apply(() -> talk.runSecond(turns));
    talk.runFirst(turns);
    try {
      second.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }
}
