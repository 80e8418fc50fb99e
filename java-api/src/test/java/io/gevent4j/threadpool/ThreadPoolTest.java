package io.gevent4j.threadpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.LoopExit;
import io.gevent4j.SystemExit;
import io.gevent4j.Timeout;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Tasks of a thread pool: where they run, how their outcome comes back, and what becomes of them.
 */
class ThreadPoolTest extends PoolTest {
  // ---- bad input ----

  @Test
  void shouldRefuseNegativeSizesAndTimesAndNulls() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      for (Body bad :
          List.<Body>of(
              () -> new ThreadPool(-1),
              () -> new ThreadPool(1, Duration.ofNanos(-1)),
              () -> pool.setMaxSize(-1),
              () -> pool.setSize(-1),
              () -> pool.setSize(2),
              () -> pool.imapUnordered(each -> each, List.of(), -1))) {
        assertThat(thrownBy(bad)).isInstanceOf(IllegalArgumentException.class);
      }
      for (Body bad :
          List.<Body>of(
              () -> pool.spawn((Runnable) null),
              () -> pool.apply(null),
              () -> pool.execute(null),
              () -> pool.map(null, List.of()),
              () -> pool.imap(null, List.of()))) {
        assertThat(thrownBy(bad)).isInstanceOf(NullPointerException.class);
      }
      assertThat(pool.taskCount()).isZero();
    }
  }

  // ---- where ----

  @Test
  void shouldCallInAThreadOfItsOwnAndSetTheResultInTheHub() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      assertThat(pool.size()).isZero();
      AsyncResult<Boolean> result = pool.spawn(PoolTest::isInPool);
      AtomicReference<Boolean> hub = new AtomicReference<>();
      result.rawLink(ready -> hub.set(Hub.get().current() == Hub.get().runner()));
      assertThat(result.await()).isTrue();
      turns();
      assertThat(hub.get()).isTrue();
      assertThat(pool.size()).isEqualTo(1);
    }
  }

  @Test
  void shouldLetOthersRunWhileSomebodyWaits() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      Gevent.spawn(gate::open);
      pool.apply(
          () -> {
            gate.pass();
            return null;
          });
    }
  }

  @Test
  void shouldUseAThreadThatIsIdleRatherThanAnother() throws Exception {
    try (ThreadPool pool = new ThreadPool(5)) {
      for (int i = 0; i < 20; i++) {
        pool.apply(() -> null);
      }
      assertThat(pool.size()).isEqualTo(1);
    }
  }

  @Test
  void shouldWaitForAPlaceWhenAllAreBusyAndOneTaskIsWaiting() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      List<Integer> spawned = new ArrayList<>();
      List<Integer> done = Collections.synchronizedList(new ArrayList<>());
      Greenlet<Void> greenlet =
          Gevent.spawn(
              () -> {
                for (int i = 0; i < 4; i++) {
                  int number = i;
                  pool.spawn(
                      () -> {
                        gate.pass();
                        done.add(number);
                      });
                  spawned.add(i);
                }
              });
      turns();
      assertThat(spawned).containsExactly(0, 1);
      assertThat(pool.taskCount()).isEqualTo(2);
      gate.open();
      greenlet.join();
      pool.join();
      assertThat(done).containsExactly(0, 1, 2, 3);
      assertThat(pool.taskCount()).isZero();
    }
  }

  @Test
  void shouldBeGivenTasksByItsHubsThreadOnly() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      for (Body use :
          List.<Body>of(
              () -> pool.spawn(() -> "value"),
              () -> pool.map(each -> each, List.of(1)),
              () -> pool.setMaxSize(2),
              () -> pool.setSize(1),
              pool::kill)) {
        assertThat(thrownInThread(use))
            .isInstanceOf(InvalidThreadUseError.class)
            .hasMessageContaining("ThreadPool@");
        assertThat(pool.apply(() -> thrownBy(use))).isInstanceOf(InvalidThreadUseError.class);
      }
    }
  }

  @Test
  void shouldCallAtOnceWhenATaskOfItApplies() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      String value =
          pool.apply(
              () -> {
                Thread thread = Thread.currentThread();
                return pool.apply(
                    () -> pool.apply(() -> Thread.currentThread() == thread ? "same" : "other"));
              });
      assertThat(value).isEqualTo("same");
    }
  }

  @Test
  void shouldExecuteFromAnyThreadWithoutWaiting() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      AtomicInteger runs = new AtomicInteger();
      Body executeSome =
          () -> {
            for (int i = 0; i < 10; i++) {
              pool.execute(
                  () -> {
                    gate.pass();
                    runs.incrementAndGet();
                  });
            }
          };
      assertThat(thrownInThread(executeSome)).isNull();
      assertThat(thrownBy(executeSome)).isNull();
      gate.open();
      pool.join();
      assertThat(runs.get()).isEqualTo(20);
      pool.execute(() -> raise(new IOException("of the test")));
      pool.join();
      assertThat(takeThrown()).singleElement().isInstanceOf(IOException.class);
    }
  }

  // ---- waiting for the outcome ----

  @Test
  void shouldCountATaskThatIsUnderWayAsSomethingThatMayHappen() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      assertThat(pool.spawn(() -> pause("value")).get()).isEqualTo("value");
      AsyncResult<String> result = pool.spawn(() -> pause("other"));
      Event never = new Event();
      assertThat(thrownBy(never::await)).isInstanceOf(LoopExit.class);
      assertThat(result.ready()).as("the loop was idle only after it").isTrue();
      pool.execute(() -> pause(null));
      Hub.get().join();
      assertThat(pool.taskCount()).isZero();
    }
  }

  private static <T> T pause(T value) throws IllegalStateException {
    try {
      Thread.sleep(30);
      return value;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldGiveUpWaitingAfterTheTime() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      AsyncResult<Void> result = pool.spawn(gate::pass);
      long start = System.nanoTime();
      assertThat(thrownBy(() -> result.get(SHORT))).isInstanceOf(TimeoutException.class);
      assertThat(pool.join(SHORT)).isFalse();
      assertThat(pool.join(0.001)).isFalse();
      Timeout outer = Timeout.startNew(SHORT);
      assertThat(thrownBy(() -> pool.apply(() -> "never, for one waits already"))).isSameAs(outer);
      Timeout join = Timeout.startNew(SHORT);
      assertThat(thrownBy(pool::join)).isSameAs(join);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4 * SHORT.toNanos());
      gate.open();
    }
  }

  @Test
  void shouldSetTheResultWhenTheGreenletThatWantedItWasKilled() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      List<AsyncResult<String>> results = new ArrayList<>();
      Greenlet<String> wanting =
          Gevent.spawn(
              () -> {
                results.add(
                    pool.spawn(
                        () -> {
                          gate.pass();
                          return "value";
                        }));
                return results.get(0).get();
              });
      turns();
      wanting.kill();
      gate.open();
      assertThat(results.get(0).get()).isEqualTo("value");
      Greenlet<String> applying = Gevent.spawn(() -> pool.apply(() -> pause("unwanted")));
      turns();
      applying.kill();
      assertThat(pool.apply(() -> "next")).isEqualTo("next");
    }
  }

  @Test
  void shouldKeepThePlacesOfThoseKilledWhileTheyWaitForOne() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      pool.spawn(gate::pass);
      pool.spawn(() -> {});
      Greenlet<Object> waiting = Gevent.spawn(() -> pool.spawn(() -> "never"));
      turns();
      waiting.kill();
      gate.open();
      for (int i = 0; i < 5; i++) {
        assertThat(pool.apply(() -> "value")).isEqualTo("value");
      }
    }
  }

  // ---- failing ----

  @Test
  void shouldBothDeliverAndReportWhatATaskThrows() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      IOException cause = new IOException("of the test");
      AsyncResult<Object> result = pool.spawn(() -> raise(cause));
      assertThat(thrownBy(result::get)).isInstanceOf(ExecutionException.class).hasCause(cause);
      assertThat(takeThrown()).containsExactly(cause);
      assertThat(thrownBy(() -> pool.apply(() -> raise(cause)))).isSameAs(cause);
      assertThat(takeErrors())
          .singleElement()
          .satisfies(
              reported -> {
                assertThat(reported.thrown).isSameAs(cause);
                assertThat(reported.context).asString().contains("thread pool");
              });
    }
  }

  @Test
  void shouldThrowASystemErrorOfATaskInMain() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      AsyncResult<Object> result = pool.spawn(() -> raise(new SystemExit(3)));
      assertThat(thrownBy(() -> Gevent.sleep(LONG))).isInstanceOf(SystemExit.class);
      turns();
      assertThat(result.exception()).isInstanceOf(SystemExit.class);
    }
  }

  @Test
  void shouldGoOnWhenALinkOfAResultFails() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      IllegalStateException cause = new IllegalStateException("of the test");
      AsyncResult<String> result = pool.spawn(() -> "value");
      result.rawLink(ready -> raise(cause));
      assertThat(result.get()).isEqualTo("value");
      turns();
      assertThat(takeThrown()).containsExactly(cause);
      assertThat(pool.apply(() -> "next")).isEqualTo("next");
    }
  }

  @Test
  void shouldNotLetAnInterruptOfOneTaskReachTheNext() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      pool.apply(
          () -> {
            Thread.currentThread().interrupt();
            return null;
          });
      assertThat(pool.apply(() -> Thread.currentThread().isInterrupted())).isFalse();
    }
  }

  // ---- what is kept ----

  @Test
  void shouldKeepNeitherArgumentsNorResults() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      List<WeakReference<Object>> references = new ArrayList<>();
      useAndForget(pool, references);
      assertThat(references).hasSize(5);
      untilFreed(references);
    }
  }

  private static void useAndForget(ThreadPool pool, List<WeakReference<Object>> references)
      throws Exception {
    Object argument = new Object();
    references.add(new WeakReference<>(argument));
    references.add(new WeakReference<>(pool.apply(() -> List.of(argument))));
    AsyncResult<Object> result = pool.spawn(() -> new Object[] {argument});
    references.add(new WeakReference<>(result.await()));
    references.add(new WeakReference<>(result));
    Object executed = new Object();
    references.add(new WeakReference<>(executed));
    pool.execute(executed::hashCode);
    pool.join();
  }

  // ---- the end ----

  @Test
  void shouldEndItsThreadsWhenKilledAndBeUsableAgain() throws Exception {
    ThreadPool pool = new ThreadPool(3);
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      pool.spawn(
          () -> {
            pause(null);
            done.incrementAndGet();
          });
    }
    pool.kill();
    assertThat(pool.size()).isZero();
    assertThat(done.get()).as("tasks that were done before").isEqualTo(4);
    assertThat(pool.apply(() -> "value")).isEqualTo("value");
    pool.kill();
    pool.kill();
    assertThat(pool.size()).isZero();
  }

  @Test
  void shouldEndThreadsThatWereIdleForTheirTime() throws Exception {
    try (ThreadPool pool = new ThreadPool(3, Duration.ofMillis(20))) {
      Gate gate = new Gate();
      for (int i = 0; i < 3; i++) {
        pool.spawn(gate::pass);
      }
      Gevent.sleep(2 * SHORT.toMillis() / 1e3 + 0.02);
      assertThat(pool.size()).as("they are busy").isEqualTo(3);
      gate.open();
      until(() -> pool.size() == 0, "the threads to end");
      assertThat(pool.apply(() -> "value")).isEqualTo("value");
    }
  }

  @Test
  void shouldCloseTheHubOfAThreadThatUsedOne() throws Exception {
    AtomicReference<Hub> hub = new AtomicReference<>();
    Hub own = Hub.get();
    try (ThreadPool pool = new ThreadPool(1)) {
      String value =
          pool.apply(
              () -> {
                hub.set(Hub.get());
                return Gevent.spawn(
                        () -> {
                          Gevent.sleep(0.001);
                          return "of a greenlet there";
                        })
                    .get();
              });
      assertThat(value).isEqualTo("of a greenlet there");
      assertThat(hub.get()).isNotSameAs(own);
      assertThat(hub.get().isClosed()).isFalse();
    }
    until(() -> hub.get().isClosed(), "the hub to be closed");
  }

  @Test
  void shouldSettleAllResultsWhenTheHubIsClosed() throws Exception {
    Gate gate = new Gate();
    List<AsyncResult<?>> results = new ArrayList<>();
    List<ThreadPool> pools = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                ThreadPool pool = new ThreadPool(2);
                pools.add(pool);
                CountUp done = new CountUp();
                results.add(pool.spawn(done::up));
                done.await();
                results.add(pool.spawn(gate::pass));
                ThreadPool none = new ThreadPool(0);
                results.add(none.spawn(() -> {}));
              }
            });
    thread.start();
    thread.join();
    gate.open();
    for (AsyncResult<?> result : results.subList(0, 2)) {
      assertThat(result.get(LONG)).isNull();
    }
    assertThat(thrownBy(results.get(2)::get)).isInstanceOf(CancellationException.class);
    ThreadPool pool = pools.get(0);
    until(() -> pool.size() == 0, "the threads to end");
    assertThat(thrownBy(() -> pool.execute(() -> {})))
        .isInstanceOf(RejectedExecutionException.class);
  }

  /** Waited for natively, so that the hub hears of nothing. */
  private static final class CountUp {
    private final CountDownLatch latch = new CountDownLatch(1);

    void up() {
      latch.countDown();
    }

    void await() {
      try {
        latch.await();
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void shouldHaveOneForEachHub() throws Exception {
    Hub hub = Hub.get();
    ThreadPool pool = ThreadPool.of(hub);
    assertThat(ThreadPool.get()).isSameAs(pool);
    assertThat(pool.maxSize()).isEqualTo(10);
    assertThat(pool.hub()).isSameAs(hub);
    assertThat(pool.apply(() -> ThreadPool.get() == pool ? "same" : "its own"))
        .isEqualTo("its own");
    AtomicReference<ThreadPool> other = new AtomicReference<>();
    assertThat(
            thrownInThread(
                () -> {
                  try (Hub there = Hub.get()) {
                    other.set(ThreadPool.of(there));
                    other.get().apply(() -> null);
                  }
                }))
        .isNull();
    assertThat(other.get()).isNotSameAs(pool);
    until(() -> other.get().size() == 0, "its threads to end with the hub");
    pool.kill();
  }
}
