package io.gevent4j.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Who waits in one hub, or thread, is served by another. */
class QueueElsewhereTest extends Threads {
  @Test
  void shouldWakeAHubThatHasNothingElseToDo() throws Exception {
    Hub.get().setWaitsForThreads(true);
    for (Supplier<BlockingQueue<Integer>> kind : kinds()) {
      BlockingQueue<Integer> there = kind.get();
      BlockingQueue<Integer> back = kind.get();
      List<Throwable> failures = new ArrayList<>();
      Thread other =
          thread(
              () -> {
                there.put(1);
                assertThat(back.take()).isEqualTo(2);
              },
              failures);
      other.start();
      assertThat(there.take()).isEqualTo(1);
      back.put(2);
      other.join();
      assertThat(failures).isEmpty();
    }
  }

  @Test
  void shouldServeGreenletsThatAreAway() throws Exception {
    Hub hub = Hub.get();
    for (Supplier<BlockingQueue<Integer>> kind : kinds()) {
      BlockingQueue<Integer> there = kind.get();
      BlockingQueue<Integer> back = kind.get();
      Greenlet<Integer> away =
          Gevent.spawn(
              () ->
                  hub.blocking(
                      () -> {
                        there.put(1);
                        return back.take();
                      }));
      assertThat(there.poll(LONG.toSeconds(), SECONDS)).isEqualTo(1);
      assertThat(back.offer(2, LONG.toSeconds(), SECONDS)).isTrue();
      assertThat(away.get()).isEqualTo(2);
    }
  }

  @Test
  void shouldTellEveryoneOfAShutdown() throws Exception {
    Queue<Integer> empty = new Queue<>(1);
    Queue<Integer> full = new Queue<>(1, List.of(1));
    AtomicInteger refused = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>();
    Body get = () -> refused(refused, empty::get);
    Body put = () -> refused(refused, () -> full.put(2));
    List<Thread> threads =
        List.of(
            hubOf(List.of(get, put, get), failures),
            hubOf(List.of(put, get), failures),
            thread(get, failures),
            thread(put, failures));
    Thread closer =
        thread(
            () -> {
              Thread.sleep(30);
              empty.shutdown();
              full.shutdown();
            },
            failures);
    List<Thread> all = new ArrayList<>(threads);
    all.add(closer);
    runAll(all, failures);
    assertThat(refused.get()).isEqualTo(7);
    assertThat(full).containsExactly(1);
  }

  private static void refused(AtomicInteger count, Body body) {
    assertThat(thrownBy(body)).isInstanceOf(ShutDown.class);
    count.incrementAndGet();
  }

  @Test
  void shouldJoinWorkThatIsDoneElsewhere() throws Exception {
    Hub.get().setWaitsForThreads(true);
    Queue<Integer> queue = new Queue<>(3);
    AtomicInteger sum = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>();
    Body work =
        () -> {
          for (int item : queue.until(-1)) {
            sum.addAndGet(item);
            queue.taskDone();
          }
        };
    List<Thread> threads = List.of(hubOf(List.of(work, work), failures), thread(work, failures));
    threads.forEach(Thread::start);
    int expected = 0;
    for (int i = 0; i < 500; i++) {
      queue.put(i);
      expected += i;
    }
    queue.join();
    assertThat(sum.get()).isEqualTo(expected);
    for (int i = 0; i < 3; i++) {
      queue.put(-1);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void shouldTransferFromAThreadToAGreenletAndBack() throws Exception {
    Hub.get().setWaitsForThreads(true);
    TransferQueue<Integer> there = new Channel<>();
    TransferQueue<Integer> back = new Channel<>();
    List<Throwable> failures = new ArrayList<>();
    Thread echo =
        thread(
            () -> {
              for (int i = 0; i < 500; i++) {
                back.transfer(there.take() + 1);
              }
            },
            failures);
    echo.start();
    for (int i = 0; i < 500; i++) {
      there.transfer(i);
      assertThat(back.take()).isEqualTo(i + 1);
    }
    echo.join();
    assertThat(failures).isEmpty();
  }

  /** Used in one hub, which was closed, and in the next of the same thread. */
  @Test
  void shouldOutliveTheHubThatItWasMadeIn() throws Exception {
    List<Throwable> failures = new ArrayList<>();
    Thread thread =
        thread(
            () -> {
              List<BlockingQueue<Integer>> queues = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                try (Hub hub = Hub.get()) {
                  if (i == 0) {
                    kinds().forEach(kind -> queues.add(kind.get()));
                  }
                  for (BlockingQueue<Integer> queue : queues) {
                    Greenlet<Integer> getter = Gevent.spawn(queue::take);
                    turn();
                    queue.put(1);
                    assertThat(getter.get()).isEqualTo(1);
                  }
                }
              }
            },
            failures);
    runAll(List.of(thread), failures);
  }
}
