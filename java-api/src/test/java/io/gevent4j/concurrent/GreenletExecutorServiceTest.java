package io.gevent4j.concurrent;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.Linkable;
import io.gevent4j.LoopExit;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** An executor of greenlets, beyond what every executor promises. */
class GreenletExecutorServiceTest extends HubTest {
  private static void join(Thread thread) {
    while (thread.isAlive()) {
      Gevent.sleep(0.001);
    }
  }

  @Test
  void shouldRefuseALimitThatLetsNothingRun() {
    for (int limit : new int[] {0, -1}) {
      assertThat(thrownBy(() -> GreenletExecutorService.limited(limit)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("" + limit);
    }
    assertThat(thrownBy(() -> GreenletExecutorService.newGreenletPerTask(null)))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldRunEachTaskInAGreenletOfItsOwn() throws Exception {
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      List<RawGreenlet> greenlets = new ArrayList<>();
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        futures.add(
            executor.submit(
                () -> {
                  greenlets.add(RawGreenlet.getCurrent());
                  Gevent.sleep(0.001);
                  greenlets.add(RawGreenlet.getCurrent());
                }));
      }
      assertThat(greenlets).as("submit doesn't switch").isEmpty();
      for (Future<?> future : futures) {
        future.get();
      }
      assertThat(greenlets).hasSize(6).hasOnlyElementsOfType(Greenlet.class);
      assertThat(greenlets.subList(0, 3))
          .doesNotHaveDuplicates()
          .isEqualTo(greenlets.subList(3, 6));
    }
  }

  @Test
  void shouldRunWhatOtherThreadsGiveItInItsHub() throws Exception {
    Hub hub = Hub.get();
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      AtomicReference<Object> seen = new AtomicReference<>();
      Thread thread =
          new Thread(
              () ->
                  seen.set(
                      thrownBy(
                          () -> {
                            assertThat(executor.submit(() -> Hub.get() == hub).get()).isTrue();
                            String any = executor.invokeAny(List.of(() -> "value"), 10, SECONDS);
                            assertThat(any).isEqualTo("value");
                            assertThat(executor.invokeAll(List.of(() -> "value")).get(0).get())
                                .isEqualTo("value");
                          })));
      thread.start();
      join(thread);
      assertThat(seen.get()).isNull();
      assertThat(CompletableFuture.supplyAsync(() -> Hub.get() == hub, executor))
          .satisfies(
              future -> {
                turns();
                assertThat(future.join()).isTrue();
              });
    }
  }

  @Test
  void shouldBeWaitedForTogetherWithOthers() {
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      Event gate = new Event();
      Linkable slow = (Linkable) executor.submit(() -> gate.await());
      Linkable fast = (Linkable) executor.submit(() -> "fast");
      Linkable failing = (Linkable) executor.submit(() -> raise(new Exception("of the test")));
      Greenlet<Void> greenlet = Gevent.spawn(() -> {});
      List<Linkable> all = List.of(slow, fast, failing, greenlet);
      assertThat(Gevent.waitAll(all, null, 3)).containsExactlyInAnyOrder(fast, failing, greenlet);
      gate.set();
      assertThat(Gevent.waitAll(all)).hasSize(4);
    }
  }

  @Test
  void shouldForgetALinkThatIsTakenBack() {
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      Linkable job = (Linkable) executor.submit(() -> "value");
      List<Object> told = new ArrayList<>();
      Consumer<Object> callback = told::add;
      job.rawLink(callback);
      job.rawLink(callback);
      job.unlink(callback);
      turns();
      assertThat(told).containsExactly(job);
    }
  }

  @Test
  void shouldKillWhatIsCancelled() throws Exception {
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      List<Throwable> thrown = new ArrayList<>();
      Future<?> future = executor.submit(() -> thrown.add(thrownBy(() -> Gevent.sleep(LONG))));
      turns();
      assertThat(future.cancel(true)).isTrue();
      turns();
      assertThat(thrown).singleElement().isInstanceOf(GreenletExit.class);
      Future<?> left = executor.submit(() -> thrown.add(thrownBy(() -> Gevent.sleep(SHORT))));
      turns();
      assertThat(left.cancel(false)).isTrue();
      Gevent.sleep(2 * SHORT.toMillis() / 1e3);
      assertThat(thrown.get(1)).as("what ended the one that was left alone").isNull();
      assertThat(thrownBy(left::get)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void shouldCountWhatAGreenletExitEndsAsCancelled() {
    try (GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask()) {
      Future<?> future = executor.submit(() -> raise(exit()));
      assertThat(thrownBy(future::get)).isInstanceOf(CancellationException.class);
      assertThat(future.isCancelled()).isTrue();
    }
  }

  @Test
  void shouldReportWhatAnExecutedTaskThrows() {
    try (GreenletExecutorService executor = GreenletExecutorService.limited(1)) {
      IllegalStateException cause = new IllegalStateException("of the test");
      executor.execute(() -> raise(cause));
      turns();
      assertThat(takeThrown()).containsExactly(cause);
      assertThat(thrownBy(() -> assertThat(executor.submit(() -> 1).get()).isEqualTo(1))).isNull();
      Future<?> submitted = executor.submit(() -> raise(cause));
      assertThat(thrownBy(submitted::get)).isInstanceOf(ExecutionException.class).hasCause(cause);
    }
  }

  @Test
  void shouldFindThatNothingWillEverEndATask() {
    GreenletExecutorService executor = GreenletExecutorService.newGreenletPerTask();
    Future<?> future = executor.submit(() -> new Event().await());
    assertThat(thrownBy(future::get)).isInstanceOf(LoopExit.class);
    executor.shutdownNow();
    turns();
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void shouldCountATaskInAnotherHubAsSomethingThatMayHappen() throws Exception {
    AtomicReference<GreenletExecutorService> there = new AtomicReference<>();
    Event end = new Event();
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                there.set(GreenletExecutorService.newGreenletPerTask());
                end.await();
              }
            });
    thread.start();
    while (there.get() == null) {
      Gevent.sleep(0.001);
    }
    Future<String> future =
        there
            .get()
            .submit(
                () -> {
                  Gevent.sleep(0.02);
                  return "value";
                });
    assertThat(future.get()).isEqualTo("value");
    Future<?> never = there.get().submit(() -> Gevent.sleep(LONG));
    GreenletExecutorService limited = GreenletExecutorService.limited(there.get().hub(), 1);
    limited.submit(() -> Gevent.sleep(LONG));
    Future<?> notStarted = limited.submit(() -> {});
    end.set();
    assertThat(thrownBy(never::get)).isInstanceOf(CancellationException.class);
    assertThat(thrownBy(notStarted::get)).isInstanceOf(CancellationException.class);
    join(thread);
    assertThat(limited.isTerminated()).isTrue();
    assertThat(thrownBy(() -> there.get().execute(() -> {})))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void shouldHaveTasksOfALimitedOneWaitForEachOther() throws Exception {
    try (GreenletExecutorService executor = GreenletExecutorService.limited(2)) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int number = i;
        executor.execute(
            () -> {
              order.add(number);
              Gevent.sleep(0.001);
              order.add(-number);
            });
      }
      turns();
      assertThat(order).startsWith(0, 1).isNotEqualTo(List.of(0, 1, 2, 3, 4, 5));
      executor.shutdown();
      assertThat(executor.awaitTermination(LONG.toMillis(), MILLISECONDS)).isTrue();
      assertThat(order.stream().filter(each -> each > 0)).containsExactly(1, 2, 3, 4, 5);
      assertThat(order).hasSize(12);
    }
  }
}
