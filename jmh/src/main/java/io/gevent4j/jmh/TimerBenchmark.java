package io.gevent4j.jmh;

import io.gevent4j.Hub;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.TimerWatcher;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * <b>One op:</b> one timer started and stopped while so many others are pending, none of which
 * fires. All of them, this one too, are due after a random time from ten to twenty minutes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class TimerBenchmark {
  private static final int DELAYS = 1_024; // a power of two
  private static final Runnable ACTION = () -> {};

  /** So many seconds from now; reproducible. */
  private static final class Delays {
    private final SplittableRandom random = new SplittableRandom(1);

    double next() {
      return 600 + 600 * random.nextDouble();
    }

    long nextNanos() {
      return (long) (next() * 1e9);
    }
  }

  @State(Scope.Thread)
  public static class OfLoop {
    @Param({"1000", "100000", "1000000"})
    int pending;

    private Loop loop;
    private final TimerWatcher[] timers = new TimerWatcher[DELAYS];
    private int next;
    private final Delays delays = new Delays();

    @Setup
    public void setUp() {
      loop = Hub.get().loop();
      for (int i = 0; i < pending; i++) {
        loop.timer(delays.next()).start(ACTION);
      }
      for (int i = 0; i < DELAYS; i++) {
        timers[i] = loop.timer(delays.next());
      }
    }

    TimerWatcher timer() {
      return timers[next++ & DELAYS - 1];
    }

    TimerWatcher newTimer() {
      return loop.timer(delays.next());
    }

    @TearDown
    public void tearDown() {
      Hub.get().close();
    }
  }

  /** What the JDK has. */
  @State(Scope.Thread)
  public abstract static class OfJdk {
    @Param({"1000", "100000", "1000000"})
    int pending;

    private ScheduledExecutorService executor;
    private final Delays delays = new Delays();

    abstract ScheduledExecutorService make();

    @Setup
    public void setUp() {
      executor = make();
      for (int i = 0; i < pending; i++) {
        executor.schedule(ACTION, delays.nextNanos(), TimeUnit.NANOSECONDS);
      }
    }

    boolean scheduleAndCancel() {
      return executor.schedule(ACTION, delays.nextNanos(), TimeUnit.NANOSECONDS).cancel(false);
    }

    @TearDown
    public void tearDown() {
      executor.shutdownNow();
    }
  }

  /** One thread, which takes a cancelled task out of its heap, as a stopped timer is. */
  @State(Scope.Thread)
  public static class OfThreadPool extends OfJdk {
    @Override
    ScheduledExecutorService make() {
      ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
      pool.setRemoveOnCancelPolicy(true);
      return pool;
    }
  }

  /** A thread of the pool keeps the heap; who schedules or cancels leaves it a note. */
  @State(Scope.Thread)
  public static class OfForkJoinPool extends OfJdk {
    @Override
    ScheduledExecutorService make() {
      Object pool = new ForkJoinPool(1);
      return (ScheduledExecutorService) pool; // from JDK 25 on
    }
  }

  /** A watcher made once. */
  @Benchmark
  public void watcher(OfLoop loop) {
    TimerWatcher timer = loop.timer();
    timer.start(ACTION);
    timer.stop();
  }

  /** A watcher of its own, as a JDK's task is. */
  @Benchmark
  public void newWatcher(OfLoop loop) {
    TimerWatcher timer = loop.newTimer();
    timer.start(ACTION);
    timer.close();
  }

  @Benchmark
  public boolean scheduledThreadPool(OfThreadPool pool) {
    return pool.scheduleAndCancel();
  }

  /** From JDK 25 on. */
  @Benchmark
  public boolean delaySchedulerOfForkJoinPool(OfForkJoinPool pool) {
    return pool.scheduleAndCancel();
  }
}
