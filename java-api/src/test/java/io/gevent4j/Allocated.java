package io.gevent4j;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the calling thread allocates, in bytes. */
public final class Allocated {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What is measured. */
  @FunctionalInterface
  public interface Round {
    void run() throws Exception;
  }

  private Allocated() {}

  /** By so many rounds, after as many to get warm. */
  public static long by(int rounds, Round round) throws Exception {
    long before = 0;
    for (int i = -rounds; i < rounds; i++) {
      if (i == 0) {
        before = sinceItStarted();
      }
      round.run();
    }
    return sinceItStarted() - before;
  }

  private static long sinceItStarted() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
