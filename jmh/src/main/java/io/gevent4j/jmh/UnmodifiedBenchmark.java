package io.gevent4j.jmh;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Two threads that talk by the JDK's means alone. <b>One op:</b> one turn of each. {@link
 * UnmodifiedRun} runs the same with the agent, where they are greenlets of one hub, JMH's own too.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class UnmodifiedBenchmark {
  /** So many turns that the beginning of a batch and its end weigh nothing. */
  private static final int BATCH = 20_000;

  /** Of what the kernel does, which takes a hundred times longer. */
  private static final int SMALL_BATCH = 1_000;

  private static final int ROUNDS_TO_COMPILE = 5_000;

  @Param JdkTalk what;
  private Talk talk; // null before the first batch
  private ExecutorService second; // threads: by whom the second one is played

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void threads() throws Exception {
    talkInThreads(BATCH);
  }

  /** The same in smaller batches. */
  @Benchmark
  @OperationsPerInvocation(SMALL_BATCH)
  public void threadsAFew() throws Exception {
    talkInThreads(SMALL_BATCH);
  }

  private void talkInThreads(int turns) throws Exception {
    if (talk == null) {
      talk = what.between(UnmodifiedBenchmark::startThread);
      second = Executors.newSingleThreadExecutor(UnmodifiedBenchmark::daemon);
    }
    Future<?> done = talk.second() == null ? null : second.submit(() -> talk.runSecond(turns));
    talk.runFirst(turns);
    if (done != null) {
      done.get();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void virtualThreads() throws Exception {
    if (talk == null) {
      talk = what.between(VirtualThreads::start);
      for (int i = 0; i < ROUNDS_TO_COMPILE; i++) {
        VirtualThreads.run(() -> talkInVirtualThreads(4)); // as in ThreadsTalkBenchmark
      }
    }
    VirtualThreads.run(() -> talkInVirtualThreads(BATCH));
  }

  private void talkInVirtualThreads(int turns) {
    Thread other = talk.second() == null ? null : VirtualThreads.start(() -> talk.runSecond(turns));
    talk.runFirst(turns);
    try {
      if (other != null) {
        other.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }

  private static Thread startThread(Runnable action) {
    Thread thread = new Thread(action);
    thread.start();
    return thread;
  }

  private static Thread daemon(Runnable action) {
    Thread thread = new Thread(action);
    thread.setDaemon(true);
    return thread;
  }
}
