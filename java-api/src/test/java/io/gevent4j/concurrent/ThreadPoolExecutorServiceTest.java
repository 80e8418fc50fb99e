package io.gevent4j.concurrent;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Linkable;
import io.gevent4j.threadpool.ThreadPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** An executor over a pool of threads, beyond what every executor promises. */
class ThreadPoolExecutorServiceTest extends HubTest {
  @Test
  void shouldRefuseSizesThatLetNothingRun() {
    for (int size : new int[] {0, -1}) {
      assertThat(thrownBy(() -> new ThreadPoolExecutorService(size)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldLetGreenletsRunWhileSomebodyWaitsForAFuture() throws Exception {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(2)) {
      CountDownLatch latch = new CountDownLatch(1);
      Future<String> future =
          executor.submit(
              () -> {
                latch.await();
                return Thread.currentThread().getName();
              });
      Gevent.spawn(latch::countDown);
      assertThat(future.get()).startsWith("threadpool-");
    }
  }

  @Test
  void shouldCountATaskAsSomethingThatMayHappen() throws Exception {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(1)) {
      Future<String> future =
          executor.submit(
              () -> {
                Thread.sleep(20);
                return "value";
              });
      Hub.get().join();
      assertThat(future.isDone()).isTrue();
    }
  }

  @Test
  void shouldBeWaitedForTogetherWithOthers() throws Exception {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(2)) {
      CountDownLatch latch = new CountDownLatch(1);
      Linkable slow =
          (Linkable)
              executor.submit(
                  () -> {
                    latch.await();
                    return "slow";
                  });
      Linkable fast = (Linkable) executor.submit(() -> "fast");
      Greenlet<Void> greenlet = Gevent.spawn(() -> {});
      List<Linkable> all = List.of(slow, fast, greenlet);
      assertThat(Gevent.waitAll(all, null, 2)).containsExactlyInAnyOrder(fast, greenlet);
      latch.countDown();
      assertThat(Gevent.waitAll(all)).hasSize(3);
    }
  }

  @Test
  void shouldTellFailuresByTheFutureOnlyAndThoseOfExecutedTasksToTheHub() {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(1)) {
      IllegalStateException cause = new IllegalStateException("of the test");
      Future<Object> future = executor.submit(() -> raise(cause));
      assertThat(thrownBy(future::get)).isInstanceOf(ExecutionException.class).hasCause(cause);
      turns();
      assertThat(errors()).isEmpty();
      executor.execute(() -> raise(cause));
      executor.pool().join();
      assertThat(takeThrown()).containsExactly(cause);
    }
  }

  @Test
  void shouldNotLetTheInterruptOfACancelledTaskReachTheNext() throws Exception {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(1)) {
      for (int i = 0; i < 50; i++) {
        Future<?> future =
            executor.submit(
                () -> {
                  Thread.sleep(0);
                  return "value";
                });
        future.cancel(true);
        assertThat(executor.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
      }
    }
  }

  @Test
  void shouldLeaveAPoolAloneThatIsNotItsOwn() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      ThreadPoolExecutorService executor = new ThreadPoolExecutorService(pool);
      assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
      executor.shutdown();
      assertThat(executor.awaitTermination(LONG.toMillis(), MILLISECONDS)).isTrue();
      assertThat(thrownBy(() -> executor.execute(() -> {})))
          .isInstanceOf(RejectedExecutionException.class);
      assertThat(pool.apply(() -> "still there")).isEqualTo("still there");
    }
  }

  @Test
  void shouldEndTheThreadsOfItsOwnPool() {
    ThreadPoolExecutorService executor = new ThreadPoolExecutorService(2);
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      futures.add(executor.submit(() -> "value"));
    }
    executor.close();
    assertThat(futures).allMatch(Future::isDone);
    for (long start = System.nanoTime(); executor.pool().size() > 0; Gevent.sleep(0.001)) {
      assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
    }
  }

  @Test
  void shouldBeUsedByThreadsWithoutAHub() throws Exception {
    try (ThreadPoolExecutorService executor = new ThreadPoolExecutorService(2)) {
      List<Throwable> thrown = new ArrayList<>();
      Thread thread =
          new Thread(
              () ->
                  thrown.add(
                      thrownBy(
                          () -> {
                            // The hub's thread is blocked meanwhile.
                            assertThat(executor.submit(() -> "value").get()).isEqualTo("value");
                            String any = executor.invokeAny(List.of(() -> "any"));
                            assertThat(any).isEqualTo("any");
                            assertThat(executor.invokeAll(List.of(() -> "all"))).hasSize(1);
                          })));
      thread.start();
      thread.join();
      assertThat(thrown).containsExactly((Throwable) null);
    }
  }
}
