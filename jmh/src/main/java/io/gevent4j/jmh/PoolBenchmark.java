package io.gevent4j.jmh;

import io.gevent4j.pool.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A function of a thousand numbers, at most a hundred of them at a time. <b>One op:</b> one number.
 *
 * <p>A greenlet or virtual thread lives for one number; of the platform threads there are a
 * hundred, which stay.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class PoolBenchmark {
  private static final int BATCH = 1_000;
  private static final int AT_A_TIME = 100;
  private static final List<Integer> NUMBERS =
      IntStream.range(0, BATCH).boxed().collect(Collectors.toList());

  private static Integer next(Integer number) {
    return number + 1;
  }

  /** In the hub of the measuring thread. */
  @State(Scope.Thread)
  public static class Greenlets {
    Pool pool;

    @Setup
    public void setUp(OwnHub hub) {
      pool = new Pool(AT_A_TIME);
    }
  }

  /** All of them. */
  @State(Scope.Thread)
  public static class Threads {
    final List<Callable<Integer>> calls = new ArrayList<>();
    ExecutorService executor;

    @Setup
    public void setUp() {
      NUMBERS.forEach(number -> calls.add(() -> next(number)));
      executor = Executors.newFixedThreadPool(AT_A_TIME);
    }

    @TearDown
    public void tearDown() {
      executor.shutdown();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public List<Integer> map(Greenlets greenlets) {
    return greenlets.pool.map(PoolBenchmark::next, NUMBERS);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int imapUnordered(Greenlets greenlets) {
    int sum = 0;
    for (int each : greenlets.pool.imapUnordered(PoolBenchmark::next, NUMBERS)) {
      sum += each;
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int platformThreads(Threads threads) throws InterruptedException, ExecutionException {
    return sum(threads.executor.invokeAll(threads.calls));
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThreads() throws InterruptedException {
    VirtualThreads.run(PoolBenchmark::mapInVirtualThreads);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThreadsOnOneCarrier() throws InterruptedException {
    virtualThreads();
  }

  private static void mapInVirtualThreads() {
    Semaphore free = new Semaphore(AT_A_TIME);
    List<Future<Integer>> results = new ArrayList<>(BATCH);
    for (Integer number : NUMBERS) {
      free.acquireUninterruptibly();
      FutureTask<Integer> task =
          new FutureTask<>(
              () -> {
                try {
                  return next(number);
                } finally {
                  free.release();
                }
              });
      VirtualThreads.start(task);
      results.add(task);
    }
    try {
      sum(results);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e); // there is no reason
    }
  }

  private static int sum(List<Future<Integer>> results)
      throws InterruptedException, ExecutionException {
    int sum = 0;
    for (Future<Integer> result : results) {
      sum += result.get();
    }
    return sum;
  }
}
