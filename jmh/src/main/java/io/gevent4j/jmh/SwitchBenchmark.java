package io.gevent4j.jmh;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a switch of greenlets costs, and what stands beside it on every JDK. The other controls are
 * {@link ContinuationBenchmark} and {@link VirtualThreadBenchmark}, apart because they need other
 * flags.
 *
 * <p><b>One op is there and back</b>, which is two switches; but in {@link #roundRobin} it is one
 * switch, and in {@link #emptyJniCall} one call.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class SwitchBenchmark {
  /** Ops in one invocation: so many that the way down to the depth of the switch weighs nothing. */
  static final int BATCH = 10_000;

  /**
   * Switches that a greenlet makes in one call. It goes on to the compiled code of {@link #pass} by
   * calling it again, which each of 5,000 greenlets does long before it would be replaced on the
   * stack.
   */
  private static final int LAP = 100;

  /** Not inlined, so that all who switch in here go on at the same address. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static void pass(RawGreenlet to, int times) {
    for (int i = 0; i < times; i++) {
      to.switchTo();
    }
  }

  /** The same at another address. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static void passElsewhere(RawGreenlet to, int times) {
    for (int i = 0; i < times; i++) {
      to.switchTo();
    }
  }

  private static RawGreenlet passingOnTo(RawGreenlet to, int depth) {
    Runnable passing =
        () -> {
          while (true) {
            pass(to, LAP);
          }
        };
    return new RawGreenlet(
        value -> {
          Depth.run(depth, passing);
          return null;
        });
  }

  /** The thread's main greenlet and another one, each with so many frames below its switch. */
  @State(Scope.Thread)
  public static class Pair {
    @Param({"1", "20", "100", "500"})
    int depth;

    private RawGreenlet other;
    Runnable batch;

    @Setup
    public void setUp() {
      other = passingOnTo(RawGreenlet.getCurrent(), depth);
      batch = () -> pass(other, BATCH);
    }
  }

  /** The same at depth 1; but the other one switches from another place in the code. */
  @State(Scope.Thread)
  public static class TwoPlaces {
    RawGreenlet other;

    @Setup
    public void setUp() {
      RawGreenlet main = RawGreenlet.getCurrent();
      other =
          new RawGreenlet(
              value -> {
                while (true) {
                  passElsewhere(main, LAP);
                }
              });
    }
  }

  /**
   * The same from one place; but their objects have grown old, and lie far from each other. There
   * G1 has more to do for a reference that is stored.
   */
  @State(Scope.Thread)
  public static class Old {
    private final List<byte[]> between = new ArrayList<>();
    RawGreenlet other;

    @Setup
    public void setUp() {
      RawGreenlet main = RawGreenlet.getCurrent();
      for (int i = 0; i < 10_000; i++) {
        between.add(new byte[1_000]);
      }
      other = passingOnTo(main, 1);
      other.switchTo();
      System.gc();
    }
  }

  /** Each switches to the one before it, the first one to the last: main is the first. */
  @State(Scope.Thread)
  public static class Circle {
    @Param({"2", "100", "1000", "5000"})
    int greenlets;

    RawGreenlet last;

    @Setup
    public void setUp() {
      if (BATCH % greenlets != 0) {
        throw new IllegalArgumentException(
            "a batch of " + BATCH + " is no whole number of rounds of " + greenlets);
      }
      last = RawGreenlet.getCurrent();
      for (int i = 1; i < greenlets; i++) {
        last = passingOnTo(last, 1);
      }
      last.switchTo(); // the first round starts them
    }
  }

  /** A platform thread that hands back whatever it is handed. */
  @State(Scope.Thread)
  public static class Echo {
    final SynchronousQueue<Object> there = new SynchronousQueue<>();
    final SynchronousQueue<Object> back = new SynchronousQueue<>();
    private Thread thread;

    @Setup
    public void setUp() {
      thread = new Thread(this::run, "echo");
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      try {
        while (true) {
          back.put(there.take());
        }
      } catch (InterruptedException e) {
        // Torn down.
      }
    }

    @TearDown
    public void tearDown() {
      thread.interrupt();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void thereAndBack(Pair pair) {
    Depth.run(pair.depth, pair.batch);
  }

  /** The processor predicts where a return goes from where the call was: here it is wrong. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void thereAndBackTwoPlaces(TwoPlaces pair) {
    pass(pair.other, BATCH);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void thereAndBackOld(Old pair) {
    pass(pair.other, BATCH);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void roundRobin(Circle circle) {
    pass(circle.last, BATCH / circle.greenlets);
  }

  /** It adds a constant to its argument, and never looks there. */
  @Benchmark
  public long emptyJniCall() {
    return Native.gv_family_main(0);
  }

  @Benchmark
  public Object platformThreadHandOff(Echo echo) throws InterruptedException {
    echo.there.put(Boolean.TRUE);
    return echo.back.take();
  }
}
