package io.gevent4j.contract;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Nested;

/** The JDK's executors keep the contracts. */
class ExecutorServiceContractOfTheJdkTest {
  /** What tasks of a test throw needs no trace on the console. */
  private static final ThreadFactory QUIET =
      run -> {
        Thread thread = new Thread(run);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((of, thrown) -> {});
        return thread;
      };

  @Nested
  class Fixed extends ExecutorServiceContract {
    Fixed() {
      super(new PlainWorld());
    }

    @Override
    ExecutorService executor() {
      return Executors.newFixedThreadPool(4, QUIET);
    }

    @Override
    ExecutorService limited(int limit) {
      return Executors.newFixedThreadPool(limit, QUIET);
    }
  }

  @Nested
  class Cached extends ExecutorServiceContract {
    Cached() {
      super(new PlainWorld());
    }

    @Override
    ExecutorService executor() {
      return Executors.newCachedThreadPool(QUIET);
    }

    @Override
    ExecutorService limited(int limit) {
      return null;
    }
  }

  @Nested
  class Scheduled extends ScheduledExecutorServiceContract {
    Scheduled() {
      super(new PlainWorld());
    }

    @Override
    ScheduledExecutorService scheduled() {
      return new ScheduledThreadPoolExecutor(4, QUIET);
    }

    @Override
    ExecutorService limited(int limit) {
      return new ScheduledThreadPoolExecutor(limit, QUIET);
    }
  }
}
