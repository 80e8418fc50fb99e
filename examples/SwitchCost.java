import io.gevent4j.greenlet.RawGreenlet;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one switch costs: a greenlet's, a virtual thread's, and a platform thread's. */
public class SwitchCost {
  private static final long WARM_UP_NANOS = 300_000_000;
  private static final long MEASURE_NANOS = 1_200_000_000;
  private static final int BATCH = 1_000;

  /** Makes {@link #BATCH} round trips, which are two switches each. */
  private interface RoundTrips {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    System.out.printf("%-34s %12s %18s%n", "one way", "ns", "switches/s");
    greenlets();
    virtualThreads();
    platformThreads();
  }

  private static void greenlets() throws Exception {
    RawGreenlet other =
        new RawGreenlet(
            value -> {
              RawGreenlet main = RawGreenlet.getCurrent().getParent();
              while (true) {
                main.switchTo();
              }
            });
    report(
        "RawGreenlet.switchTo",
        measure(
            () -> {
              for (int i = 0; i < BATCH; i++) {
                other.switchTo();
              }
            }));
  }

  /**
   * Two virtual threads on one carrier yield to each other; by reflection, since JDK 17 has none.
   */
  private static void virtualThreads() throws Exception {
    System.setProperty("jdk.virtualThreadScheduler.parallelism", "1");
    System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", "1");
    java.lang.reflect.Method start;
    try {
      start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      return;
    }
    AtomicBoolean done = new AtomicBoolean();
    double[] nanos = new double[1];
    Thread measuring =
        (Thread)
            start.invoke(
                null,
                (Runnable)
                    () -> {
                      try {
                        nanos[0] =
                            measure(
                                () -> {
                                  for (int i = 0; i < BATCH; i++) {
                                    Thread.yield();
                                  }
                                });
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                      done.set(true);
                    });
    start.invoke(
        null,
        (Runnable)
            () -> {
              while (!done.get()) {
                Thread.yield();
              }
            });
    measuring.join();
    report("virtual Thread.yield", nanos[0]);
  }

  private static void platformThreads() throws Exception {
    SynchronousQueue<Object> there = new SynchronousQueue<>();
    SynchronousQueue<Object> back = new SynchronousQueue<>();
    Thread echo =
        new Thread(
            () -> {
              try {
                while (true) {
                  back.put(there.take());
                }
              } catch (InterruptedException e) {
                // The measurement is over.
              }
            });
    echo.setDaemon(true);
    echo.start();
    report(
        "platform thread, SynchronousQueue",
        measure(
            () -> {
              for (int i = 0; i < BATCH; i++) {
                there.put(Boolean.TRUE);
                back.take();
              }
            }));
    echo.interrupt();
  }

  /** Nanoseconds for one way, that is, half a round trip. */
  private static double measure(RoundTrips batch) throws Exception {
    repeat(batch, WARM_UP_NANOS);
    return repeat(batch, MEASURE_NANOS);
  }

  private static double repeat(RoundTrips batch, long nanos) throws Exception {
    long start = System.nanoTime();
    long elapsed;
    long switches = 0;
    do {
      batch.run();
      switches += 2 * BATCH;
      elapsed = System.nanoTime() - start;
    } while (elapsed < nanos);
    return (double) elapsed / switches;
  }

  private static void report(String what, double nanos) {
    System.out.printf("%-34s %,12.1f %,18.0f%n", what, nanos, 1e9 / nanos);
  }
}
