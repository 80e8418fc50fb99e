package io.gevent4j.contract;

import io.gevent4j.Hub;
import io.gevent4j.concurrent.GreenletExecutorService;
import io.gevent4j.concurrent.GreenletScheduledExecutorService;
import io.gevent4j.concurrent.ThreadPoolExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Nested;

/** The executors over greenlets, and over a pool of threads, keep the contracts. */
class ExecutorServiceContractOfOursTest {
  abstract static class Greenlets extends ExecutorServiceContract {
    Greenlets(World world) {
      super(world);
    }

    @Override
    ExecutorService executor() {
      return GreenletExecutorService.newGreenletPerTask();
    }

    @Override
    ExecutorService limited(int limit) {
      return GreenletExecutorService.limited(limit);
    }
  }

  abstract static class Threads extends ExecutorServiceContract {
    Threads(World world) {
      super(world);
    }

    @Override
    ExecutorService executor() {
      return new ThreadPoolExecutorService(4);
    }

    @Override
    ExecutorService limited(int limit) {
      return new ThreadPoolExecutorService(limit);
    }
  }

  abstract static class Scheduled extends ScheduledExecutorServiceContract {
    Scheduled(World world) {
      super(world);
    }

    @Override
    ScheduledExecutorService scheduled() {
      return new GreenletScheduledExecutorService();
    }

    @Override
    ExecutorService limited(int limit) {
      return new GreenletScheduledExecutorService(Hub.get(), limit);
    }
  }

  @Nested
  class GreenletsForGreenlets extends Greenlets {
    GreenletsForGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class GreenletsForBoth extends Greenlets {
    GreenletsForBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class ThreadsForGreenlets extends Threads {
    ThreadsForGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class ThreadsForBoth extends Threads {
    ThreadsForBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class ScheduledForGreenlets extends Scheduled {
    ScheduledForGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class ScheduledForBoth extends Scheduled {
    ScheduledForBoth() {
      super(new MixedWorld());
    }
  }
}
