package io.gevent4j.queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Queues between hubs, plain threads and greenlets that are away: each item comes once.
 *
 * <p>{@code -Dgevent4j.soak=N}: N times as many items.
 */
class QueueThreadsTest extends Threads {
  private static final int ITEMS = 3000 * Integer.getInteger("gevent4j.soak", 1); // per producer

  /** What producers have put and consumers have got. */
  private static final class Tally {
    final AtomicReferenceArray<Integer> seen;
    final int perProducer;
    final AtomicInteger left;
    final AtomicInteger doubled = new AtomicInteger();

    Tally(int producers, int perProducer) {
      this.perProducer = perProducer;
      left = new AtomicInteger(producers * perProducer);
      seen = new AtomicReferenceArray<>(producers * perProducer);
    }

    void got(Integer item) {
      if (seen.getAndSet(item, item) != null) {
        doubled.incrementAndGet();
      }
      left.decrementAndGet();
    }
  }

  private interface Sides {
    void put(Integer item, int n) throws Throwable;

    Integer get(int n) throws Throwable;
  }

  /** As long as it takes. */
  private static Sides patient(BlockingQueue<Integer> queue) {
    return new Sides() {
      @Override
      public void put(Integer item, int n) throws InterruptedException {
        queue.put(item);
      }

      @Override
      public Integer get(int n) throws InterruptedException {
        return queue.poll(50, MILLISECONDS);
      }
    };
  }

  private static Duration nap(int n) {
    return Duration.ofNanos(n * 7919L % 200_000);
  }

  /** Again and again for some time only. */
  private static Sides impatient(BlockingQueue<Integer> queue) {
    return new Sides() {
      @Override
      public void put(Integer item, int n) throws InterruptedException {
        for (int i = n; !queue.offer(item, nap(i).toNanos(), NANOSECONDS); i++) {
          Thread.onSpinWait();
        }
      }

      @Override
      public Integer get(int n) throws InterruptedException {
        return queue.poll(nap(n).toNanos(), NANOSECONDS);
      }
    };
  }

  private static Body producer(Sides sides, Tally tally, int number) {
    return () -> {
      for (int i = 0; i < tally.perProducer; i++) {
        sides.put(number * tally.perProducer + i, i);
      }
    };
  }

  private static Body consumer(Sides sides, Tally tally) {
    return () -> {
      for (int i = 0; tally.left.get() > 0; i++) {
        Integer item = sides.get(i);
        if (item != null) {
          tally.got(item);
        }
      }
    };
  }

  private static void assertAllCame(Tally tally, BlockingQueue<Integer> queue) {
    assertThat(tally.left.get()).as("items that didn't come").isZero();
    assertThat(tally.doubled.get()).as("items that came twice").isZero();
    for (int i = 0; i < tally.seen.length(); i++) {
      assertThat(tally.seen.get(i)).isEqualTo(i);
    }
    assertThat(queue.poll()).isNull();
  }

  /** With hubs that have two producers and two consumers each, and so many plain threads. */
  private static void shuffle(int hubs, int plain, boolean impatient) throws Exception {
    for (Supplier<BlockingQueue<Integer>> kind : kinds()) {
      BlockingQueue<Integer> queue = kind.get();
      Sides sides = impatient ? impatient(queue) : patient(queue);
      int producers = 2 * hubs + plain;
      Tally tally = new Tally(producers, ITEMS / producers);
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      int number = 0;
      for (int i = 0; i < hubs; i++) {
        threads.add(
            hubOf(
                List.of(
                    producer(sides, tally, number++),
                    consumer(sides, tally),
                    producer(sides, tally, number++),
                    consumer(sides, tally)),
                failures));
      }
      for (int i = 0; i < plain; i++) {
        threads.add(thread(producer(sides, tally, number++), failures));
        threads.add(thread(consumer(sides, tally), failures));
      }
      runAll(threads, failures);
      assertAllCame(tally, queue);
    }
  }

  @Test
  void shouldBringEachItemOnceBetweenTwoHubs() throws Exception {
    shuffle(2, 0, false);
  }

  @Test
  void shouldBringEachItemOnceBetweenEightHubs() throws Exception {
    shuffle(8, 0, false);
  }

  @Test
  void shouldBringEachItemOnceBetweenThreads() throws Exception {
    shuffle(0, 3, false);
  }

  @Test
  void shouldBringEachItemOnceBetweenHubsAndThreads() throws Exception {
    shuffle(2, 2, false);
  }

  @Test
  void shouldBringEachItemOnceWhereTimeoutsComeBetween() throws Exception {
    shuffle(2, 1, true);
    shuffle(8, 0, true);
  }

  // ---- kills ----

  /** Consumers in two hubs are killed all the time, and others take their places. */
  @Test
  void shouldLoseNothingWhereConsumersAreKilled() throws Exception {
    for (Supplier<BlockingQueue<Integer>> kind : kinds()) {
      BlockingQueue<Integer> queue = kind.get();
      Sides sides = patient(queue);
      Tally tally = new Tally(2, ITEMS / 4);
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int number = i;
        threads.add(hubOf(List.of(producer(sides, tally, number), killer(queue, tally)), failures));
      }
      runAll(threads, failures);
      assertAllCame(tally, queue);
    }
  }

  /** Spawns consumers, lets them wait, and kills them: what they have got, they have got. */
  private static Body killer(BlockingQueue<Integer> queue, Tally tally) {
    return () -> {
      Hub.get().setErrorHandler((context, thrown) -> {});
      while (tally.left.get() > 0) {
        List<Greenlet<Object>> victims = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          victims.add(
              Gevent.spawn(
                  () -> {
                    run(consumer(patient(queue), tally), new ArrayList<>());
                    return null;
                  }));
        }
        Gevent.sleep(0.0005);
        victims.get(0).kill();
        Gevent.killAll(victims);
      }
    };
  }

  // ---- interrupts ----

  /** Whoever is interrupted has not put, or has: but never both, or neither. */
  @Test
  void shouldHavePutExactlyWhatItDoesNotRefuseWhenInterrupted() throws Exception {
    for (Supplier<BlockingQueue<Integer>> kind : kinds()) {
      BlockingQueue<Integer> queue = kind.get();
      int perProducer = ITEMS / 3;
      Tally tally = new Tally(1, perProducer);
      List<Throwable> failures = new ArrayList<>();
      Thread producer =
          thread(
              () -> {
                for (int i = 0; i < perProducer; i++) {
                  for (boolean done = false; !done; ) {
                    try {
                      queue.put(i);
                      done = true;
                    } catch (InterruptedException again) {
                      Thread.onSpinWait();
                    }
                  }
                }
              },
              failures);
      Thread teaser =
          thread(
              () -> {
                while (tally.left.get() > 0) {
                  producer.interrupt();
                  LockSupport.parkNanos(20_000);
                }
              },
              failures);
      runAll(
          List.of(producer, teaser, hubOf(List.of(consumer(patient(queue), tally)), failures)),
          failures);
      assertAllCame(tally, queue);
    }
  }
}
