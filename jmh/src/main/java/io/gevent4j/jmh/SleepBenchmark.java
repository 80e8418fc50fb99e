package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to let the others run first, by the number of those that do nothing else: {@code
 * sleep(0)}, and {@code Thread.yield} of virtual threads on one carrier.
 *
 * <p><b>One op is one of them</b>, whoever calls it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class SleepBenchmark {
  /** So many that the way of a batch to a virtual thread and back weighs nothing. */
  private static final int BATCH = 100_000;

  /**
   * Turns in one call: as they go on in another call, they reach compiled code without being
   * replaced on the stack.
   */
  private static final int LAP = 100;

  /** The thread's main greenlet, and others that sleep whenever it is their turn. */
  @State(Scope.Thread)
  public static class Sleepers {
    @Param({"1", "100", "1000"})
    int greenlets;

    @Setup
    public void setUp() {
      for (int i = 1; i < greenlets; i++) {
        Gevent.spawnRaw(Sleepers::sleepOnAndOn);
      }
      sleep(LAP);
    }

    private static void sleepOnAndOn() {
      while (true) {
        sleep(LAP);
      }
    }

    static void sleep(int times) {
      for (int i = 0; i < times; i++) {
        Gevent.sleep(0);
      }
    }

    @TearDown
    public void tearDown() {
      Hub.get().close();
    }
  }

  /**
   * Virtual threads that yield on and on. One of them makes the turns that are asked for: a new one
   * wouldn't get its turn, for the carrier looks at what comes from other threads only when it has
   * nothing else to do.
   */
  @State(Scope.Benchmark)
  public static class Yielders {
    @Param({"1", "100", "1000"})
    int threads;

    private volatile boolean over;
    private volatile int asked; // turns; 0: done
    private long turns; // of another one; on the only carrier, one runs at a time

    @Setup
    public void setUp() {
      VirtualThreads.start(
          () -> {
            for (int i = 1; i < threads; i++) {
              boolean counts = i == 1;
              VirtualThreads.start(() -> yieldUntilOver(counts));
            }
            serve();
          });
    }

    private void yieldUntilOver(boolean counts) {
      while (!over) {
        if (counts) {
          turns++;
        }
        Thread.yield();
      }
    }

    private void serve() {
      while (!over) {
        if (asked > 0) {
          long before = turns;
          yieldTimes(asked);
          asked = threads == 1 || Math.abs(turns - before - asked) <= 1 ? 0 : -1;
        }
        Thread.yield();
      }
    }

    private static void yieldTimes(int times) {
      for (int i = 0; i < times; i++) {
        Thread.yield();
      }
    }

    /** On a processor of its own. */
    void await(int times) {
      asked = times;
      while (asked > 0) {
        Thread.onSpinWait();
      }
      if (asked < 0) {
        throw new IllegalStateException("they did not take turns");
      }
    }

    @TearDown
    public void tearDown() {
      over = true;
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void greenlet(Sleepers sleepers) {
    Sleepers.sleep(BATCH / sleepers.greenlets);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  @Fork(
      value = 2,
      jvmArgsAppend = {Flags.NATIVE, Flags.ONE_CARRIER, Flags.NO_SPARE_CARRIER})
  public void virtualThread(Yielders yielders) {
    yielders.await(BATCH / yielders.threads);
  }
}
