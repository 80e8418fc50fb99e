package io.gevent4j.jmh;

import io.gevent4j.Hub;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * <b>One op:</b> what a block under a timeout pays if it ends in time: the timeout started and
 * cancelled. Nothing else is pending; {@link TimerBenchmark} says what that adds.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Flags.NATIVE)
public class TimeoutBenchmark {
  private static final Duration AFTER = Duration.ofSeconds(100);

  /** It has the thread's hub closed in the end. */
  @State(Scope.Thread)
  public static class Again {
    final Timeout timeout = new Timeout(AFTER);

    @TearDown
    public void tearDown() {
      Hub.get().close();
    }
  }

  /** A new one, as in {@code try (Timeout timeout = Timeout.startNew(...))}. */
  @Benchmark
  public Timeout timeout() {
    Timeout timeout = Timeout.startNew(AFTER);
    timeout.cancel();
    return timeout;
  }

  /** One that is started again and again. */
  @Benchmark
  public void timeoutAgain(Again again) {
    again.timeout.start();
    again.timeout.cancel();
  }

  /** The JDK's nearest: a thread of its own keeps the time. */
  @Benchmark
  public boolean completableFuture() {
    return new CompletableFuture<Void>().orTimeout(100, TimeUnit.SECONDS).complete(null);
  }
}
