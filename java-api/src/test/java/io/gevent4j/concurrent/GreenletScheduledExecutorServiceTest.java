package io.gevent4j.concurrent;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Linkable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Timed tasks in greenlets, beyond what every such executor promises. */
class GreenletScheduledExecutorServiceTest extends HubTest {
  @Test
  void shouldRunTasksOfTheSameDelayInOrder() throws Exception {
    GreenletScheduledExecutorService executor = new GreenletScheduledExecutorService();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      executor.schedule(() -> order.add(number), i % 2, MILLISECONDS);
    }
    executor.shutdown();
    assertThat(executor.awaitTermination(LONG.toMillis(), MILLISECONDS)).isTrue();
    assertThat(order).hasSize(50);
    assertThat(order.stream().filter(each -> each % 2 == 0)).isSorted();
    assertThat(order.stream().filter(each -> each % 2 == 1)).isSorted();
  }

  @Test
  void shouldKeepTheLoopFromBeingIdleUntilItsTasksAreDoneOrCancelled() {
    GreenletScheduledExecutorService executor = new GreenletScheduledExecutorService();
    AtomicInteger runs = new AtomicInteger();
    executor.schedule(runs::incrementAndGet, 20, MILLISECONDS);
    ScheduledFuture<?> cancelled = executor.schedule(runs::incrementAndGet, 1, HOURS);
    assertThat(Hub.get().join(SHORT)).isFalse();
    cancelled.cancel(false);
    Hub.get().join();
    assertThat(runs.get()).isEqualTo(1);
    executor.shutdown();
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void shouldLetOthersRunWhileATaskWaits() throws Exception {
    GreenletScheduledExecutorService executor = new GreenletScheduledExecutorService();
    ScheduledFuture<?> slow = executor.schedule(() -> Gevent.sleep(LONG), 0, MILLISECONDS);
    assertThat(executor.schedule(() -> "fast", 1, MILLISECONDS).get()).isEqualTo("fast");
    assertThat(slow.isDone()).isFalse();
    Linkable other = (Linkable) executor.schedule(() -> "other", 1, MILLISECONDS);
    assertThat(Gevent.waitAny(List.of((Linkable) slow, other), LONG)).isSameAs(other);
    executor.shutdownNow();
    turns();
    assertThat(executor.isTerminated()).isTrue();
    assertThat(slow.isCancelled()).isTrue();
  }

  @Test
  void shouldBeGivenTasksByOtherThreads() throws Exception {
    GreenletScheduledExecutorService executor = new GreenletScheduledExecutorService();
    List<ScheduledFuture<Boolean>> futures = new ArrayList<>();
    Hub hub = Hub.get();
    Thread thread =
        new Thread(
            () -> {
              for (int delay : new int[] {5, 1, 3}) {
                futures.add(executor.schedule(() -> Hub.get() == hub, delay, MILLISECONDS));
              }
              executor.schedule(() -> {}, 1, HOURS).cancel(true);
            });
    thread.start();
    thread.join();
    for (ScheduledFuture<Boolean> future : futures) {
      assertThat(future.get(LONG.toMillis(), MILLISECONDS)).isTrue();
    }
    Hub.get().join();
    executor.shutdown();
  }

  @Test
  void shouldDoWithTasksAfterShutdownAsItIsTold() throws Exception {
    GreenletScheduledExecutorService executor = new GreenletScheduledExecutorService();
    assertThat(executor.getExecuteExistingDelayedTasksAfterShutdownPolicy()).isTrue();
    assertThat(executor.getContinueExistingPeriodicTasksAfterShutdownPolicy()).isFalse();
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(true);
    AtomicInteger runs = new AtomicInteger();
    ScheduledFuture<?> once = executor.schedule(() -> {}, 1, HOURS);
    ScheduledFuture<?> periodic =
        executor.scheduleAtFixedRate(runs::incrementAndGet, 1, 1, MILLISECONDS);
    executor.shutdown();
    assertThat(once.isCancelled()).isTrue();
    assertThat(executor.awaitTermination(SHORT.toMillis(), MILLISECONDS)).isFalse();
    for (long start = System.nanoTime(); runs.get() < 2; Gevent.sleep(0.001)) {
      assertThat(System.nanoTime() - start).as("ns for two runs").isLessThan(LONG.toNanos());
    }
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    assertThat(executor.awaitTermination(LONG.toMillis(), MILLISECONDS)).isTrue();
    assertThat(periodic.isCancelled()).isTrue();
  }

  @Test
  void shouldCancelEverythingWhenTheHubIsClosed() throws Exception {
    List<ScheduledFuture<?>> futures = new ArrayList<>();
    List<GreenletScheduledExecutorService> executors = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                executors.add(new GreenletScheduledExecutorService(hub));
                futures.add(executors.get(0).schedule(() -> {}, 1, HOURS));
                futures.add(executors.get(0).scheduleAtFixedRate(() -> {}, 0, 1, MILLISECONDS));
                Gevent.sleep(Duration.ofMillis(5));
              }
            });
    thread.start();
    thread.join();
    assertThat(futures).allMatch(ScheduledFuture::isCancelled);
    assertThat(executors.get(0).isTerminated()).isTrue();
  }

  @Test
  void shouldRunWhatIsDueInTheOrderOfTheCalls() throws Exception {
    List<String> seen = new ArrayList<>();
    try (Closing closing = new Closing(new GreenletScheduledExecutorService())) {
      closing.executor.schedule(() -> seen.add("a"), 0, TimeUnit.SECONDS);
      closing.executor.execute(() -> seen.add("b"));
      closing.executor.schedule(() -> seen.add("c"), -5, TimeUnit.SECONDS);
      closing.executor.submit(() -> seen.add("d")).get();
    }
    assertThat(seen).containsExactly("a", "b", "c", "d");
  }

  private static final class Closing implements AutoCloseable {
    final GreenletScheduledExecutorService executor;

    Closing(GreenletScheduledExecutorService executor) {
      this.executor = executor;
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
