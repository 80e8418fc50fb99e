package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * <b>One op:</b> one of them spawned in a hub, run and ended, and its end waited for; one after the
 * other, or a thousand spawned before the first is waited for. {@link SpawnBenchmark} is the same
 * without a hub.
 *
 * <p>Virtual threads are started by a virtual thread, as greenlets are by a greenlet, and by a
 * platform thread; on one carrier, as greenlets are, and on as many as there are processors.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class SpawnJoinBenchmark {
  private static final int BATCH = 1_000;
  private static final Runnable ACTION = () -> {};

  @Benchmark
  public boolean greenlet() {
    return Gevent.spawn(ACTION).join();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public List<Greenlet<?>> greenletsAtOnce() {
    List<Greenlet<?>> greenlets = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      greenlets.add(Gevent.spawn(ACTION));
    }
    return Gevent.joinAll(greenlets);
  }

  /** Nobody can wait for a raw one, so that it has to say when it ends. */
  @State(Scope.Thread)
  public static class Ends {
    private int count;
    final Runnable counting = () -> count++;

    /** Lets others run until there are so many. */
    void await(int expected) {
      while (count < expected) {
        Gevent.sleep(0);
      }
      count = 0;
    }
  }

  @Benchmark
  public void rawGreenlet(Ends ends) {
    Gevent.spawnRaw(ends.counting);
    ends.await(1);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void rawGreenletsAtOnce(Ends ends) {
    for (int i = 0; i < BATCH; i++) {
      Gevent.spawnRaw(ends.counting);
    }
    ends.await(BATCH);
  }

  @Benchmark
  public void virtualByPlatform() throws InterruptedException {
    VirtualThreads.start(ACTION).join();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualAtOnceByPlatform() {
    startAndJoinAll();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualByVirtual() throws InterruptedException {
    VirtualThreads.run(SpawnJoinBenchmark::startAndJoinEach);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualAtOnceByVirtual() throws InterruptedException {
    VirtualThreads.run(SpawnJoinBenchmark::startAndJoinAll);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualByVirtualOnOneCarrier() throws InterruptedException {
    VirtualThreads.run(SpawnJoinBenchmark::startAndJoinEach);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualAtOnceByVirtualOnOneCarrier() throws InterruptedException {
    VirtualThreads.run(SpawnJoinBenchmark::startAndJoinAll);
  }

  private static void startAndJoinEach() {
    for (int i = 0; i < BATCH; i++) {
      join(VirtualThreads.start(ACTION));
    }
  }

  private static void startAndJoinAll() {
    List<Thread> threads = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      threads.add(VirtualThreads.start(ACTION));
    }
    threads.forEach(SpawnJoinBenchmark::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }
}
