package io.gevent4j.jmh;

import io.gevent4j.threadpool.ThreadPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
 * <b>One op:</b> a platform thread, the only one of its pool, makes a call for a greenlet or for a
 * thread, which waits for the result; one by one, or a thousand asked for before the first is
 * waited for.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class ThreadPoolBenchmark {
  private static final int BATCH = 1_000;
  private static final Callable<Boolean> CALL = () -> Boolean.TRUE;

  /** In the hub of the measuring thread. */
  @State(Scope.Thread)
  public static class Ours {
    ThreadPool pool;

    @Setup
    public void setUp(OwnHub hub) {
      pool = new ThreadPool(1);
    }
  }

  /** The JDK's. */
  @State(Scope.Thread)
  public static class Executor {
    private ExecutorService executor;

    @Setup
    public void setUp() {
      executor = Executors.newFixedThreadPool(1);
    }

    @TearDown
    public void tearDown() {
      executor.shutdown();
    }

    Boolean apply() {
      return get(executor.submit(CALL));
    }

    void applyEach() {
      for (int i = 0; i < BATCH; i++) {
        apply();
      }
    }

    void applyAll() {
      List<Future<Boolean>> results = new ArrayList<>(BATCH);
      for (int i = 0; i < BATCH; i++) {
        results.add(executor.submit(CALL));
      }
      results.forEach(Executor::get);
    }

    private static Boolean get(Future<Boolean> result) {
      try {
        return result.get();
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e); // there is no reason
      }
    }
  }

  @Benchmark
  public Boolean greenlet(Ours ours) throws Exception {
    return ours.pool.apply(CALL);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void greenletAtOnce(Ours ours) throws Exception {
    List<Future<Boolean>> results = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      results.add(ours.pool.spawn(CALL));
    }
    for (Future<Boolean> result : results) {
      result.get();
    }
  }

  @Benchmark
  public Boolean platformThread(Executor executor) {
    return executor.apply();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void platformThreadAtOnce(Executor executor) {
    executor.applyAll();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThread(Executor executor) throws InterruptedException {
    VirtualThreads.run(executor::applyEach);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThreadAtOnce(Executor executor) throws InterruptedException {
    VirtualThreads.run(executor::applyAll);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThreadOnOneCarrier(Executor executor) throws InterruptedException {
    virtualThread(executor);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThreadAtOnceOnOneCarrier(Executor executor) throws InterruptedException {
    virtualThreadAtOnce(executor);
  }
}
