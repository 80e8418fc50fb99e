package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a {@link BlockingQueue} without any capacity promises: each put meets a take. */
abstract class RendezvousContract extends WorldTest {
  RendezvousContract(World world) {
    super(world);
  }

  /** Those who wait are served in the order in which they came. */
  abstract BlockingQueue<Integer> queue();

  private static void assertHoldsNothing(BlockingQueue<Integer> queue) {
    assertThat(queue.size()).isZero();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.remainingCapacity()).isZero();
    assertThat(queue.toArray()).isEmpty();
    assertThat(queue.iterator().hasNext()).isFalse();
    assertThat(queue.contains(7)).isFalse();
    assertThat(queue.remove((Object) 7)).isFalse();
    assertThat(queue.peek()).isNull();
  }

  // ---- bad arguments ----

  @Test
  void shouldRefuseNulls() {
    BlockingQueue<Integer> queue = queue();
    assertThrows(
        NullPointerException.class,
        () -> queue.offer(null),
        () -> queue.add(null),
        () -> queue.put(null),
        () -> queue.offer(null, LONG, MILLISECONDS),
        () -> queue.offer(1, 1, null),
        () -> queue.poll(1, null),
        () -> queue.addAll(null),
        () -> queue.drainTo(null),
        () -> queue.drainTo(null, 0),
        () -> queue.toArray((Object[]) null));
    assertHoldsNothing(queue);
  }

  @Test
  void shouldRefuseItselfAsTheOther() {
    BlockingQueue<Integer> queue = queue();
    assertThrows(
        IllegalArgumentException.class,
        () -> queue.drainTo(queue),
        () -> queue.drainTo(queue, 1),
        () -> queue.addAll(queue));
  }

  // ---- alone ----

  @Test
  void shouldBeFullAndEmptyAtOnce() throws Exception {
    BlockingQueue<Integer> queue = queue();
    assertThat(queue.offer(7)).isFalse();
    assertThat(queue.offer(7, 0, MILLISECONDS)).isFalse();
    assertThat(queue.poll()).isNull();
    assertThat(queue.poll(-1, MILLISECONDS)).isNull();
    assertThrows(IllegalStateException.class, () -> queue.add(7), () -> queue.addAll(List.of(7)));
    assertThrows(NoSuchElementException.class, queue::element, () -> queue.remove());
    assertThat(queue.drainTo(new ArrayList<>())).isZero();
    queue.clear();
    assertHoldsNothing(queue);
  }

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    BlockingQueue<Integer> queue = queue();
    assertThat(takes(SHORT, () -> queue.offer(7, SHORT, MILLISECONDS))).isFalse();
    assertThat(takes(SHORT, () -> queue.poll(SHORT, MILLISECONDS))).isNull();
    assertHoldsNothing(queue);
  }

  @Test
  void shouldFillTheArraysGiven() {
    BlockingQueue<Integer> queue = queue();
    Integer[] none = {};
    assertThat(queue.toArray(none)).isSameAs(none);
    assertThat(queue.toArray(new Integer[] {7, 8})).containsExactly(null, 8);
  }

  // ---- meeting ----

  @Test
  void shouldKeepAPutterUntilSomebodyTakes() throws Exception {
    BlockingQueue<Integer> queue = queue();
    Task<Void> putter = spawnWaiting(() -> queue.put(1));
    assertThat(queue.take()).isEqualTo(1);
    join(putter);
    putter = spawnWaiting(() -> queue.put(2));
    assertThat(queue.poll()).isEqualTo(2);
    join(putter);
    Task<Boolean> offerer = spawnWaiting(() -> queue.offer(3, LONG, MILLISECONDS));
    assertThat(queue.poll(LONG, MILLISECONDS)).isEqualTo(3);
    assertThat(join(offerer)).isTrue();
    offerer = spawnWaiting(() -> queue.offer(4, LONG, MILLISECONDS));
    assertThat(queue.remove()).isEqualTo(4);
    assertThat(join(offerer)).isTrue();
    assertHoldsNothing(queue);
  }

  @Test
  void shouldKeepATakerUntilSomebodyPuts() throws Exception {
    BlockingQueue<Integer> queue = queue();
    Task<Integer> taker = spawnWaiting(() -> queue.take());
    assertThat(queue.offer(1)).isTrue();
    assertThat(join(taker)).isEqualTo(1);
    taker = spawnWaiting(() -> queue.poll(LONG, MILLISECONDS));
    assertThat(queue.add(2)).isTrue();
    assertThat(join(taker)).isEqualTo(2);
    taker = spawnWaiting(() -> queue.take());
    queue.put(3);
    assertThat(join(taker)).isEqualTo(3);
    taker = spawnWaiting(() -> queue.take());
    assertThat(queue.offer(4, 0, MILLISECONDS)).isTrue();
    assertThat(join(taker)).isEqualTo(4);
    assertHoldsNothing(queue);
  }

  @Test
  void shouldDrainThoseWhoWaitToPut() throws Exception {
    BlockingQueue<Integer> queue = queue();
    List<Task<Void>> putters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      putters.add(spawnWaiting(() -> queue.put(number)));
    }
    List<Integer> drained = new ArrayList<>();
    assertThat(queue.drainTo(drained, 0)).isZero();
    assertThat(queue.drainTo(drained, 1)).isEqualTo(1);
    assertThat(queue.drainTo(drained)).isEqualTo(2);
    assertThat(drained).containsExactly(0, 1, 2);
    joinAll(putters);
    assertHoldsNothing(queue);
  }

  @Test
  void shouldServeThemInTheOrderInWhichTheyCame() throws Exception {
    BlockingQueue<Integer> queue = queue();
    List<Task<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      takers.add(spawnWaiting(() -> queue.take()));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(queue.offer(i)).isTrue();
    }
    assertThat(queue.offer(3)).as("nobody is left").isFalse();
    assertThat(joinAll(takers)).containsExactly(0, 1, 2);
  }

  @Test
  void shouldForgetThoseWhoHaveGone() throws Exception {
    BlockingQueue<Integer> queue = queue();
    join(spawn(() -> queue.poll(SHORT, MILLISECONDS)));
    assertThat(queue.offer(1)).isFalse();
    join(spawn(() -> queue.offer(1, SHORT, MILLISECONDS)));
    assertThat(queue.poll()).isNull();
    assertHoldsNothing(queue);
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    BlockingQueue<Integer> queue = queue();
    assertRefusesInterrupted(() -> queue.take());
    assertRefusesInterrupted(() -> queue.poll(LONG, MILLISECONDS));
    assertRefusesInterrupted(() -> queue.put(1));
    assertRefusesInterrupted(() -> queue.offer(1, LONG, MILLISECONDS));
    assertHoldsNothing(queue);
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    BlockingQueue<Integer> queue = queue();
    assertStopsInterrupted(() -> queue.take());
    assertStopsInterrupted(() -> queue.poll(LONG, MILLISECONDS));
    assertThat(queue.offer(1)).isFalse();
    assertStopsInterrupted(() -> queue.put(1));
    assertStopsInterrupted(() -> queue.offer(1, LONG, MILLISECONDS));
    assertThat(queue.poll()).isNull();
    assertHoldsNothing(queue);
  }

  @Test
  void shouldMeetOrThrowWhenInterruptAndTheOtherComeTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      BlockingQueue<Integer> queue = queue();
      Task<Integer> taker = spawnWaiting(() -> queue.take());
      if (i % 2 == 0) {
        taker.interrupt();
      }
      boolean given = queue.offer(1);
      if (i % 2 == 1) {
        taker.interrupt();
      }
      untilDone(taker);
      assertThat(given).as("%s", taker).isEqualTo(taker.thrown() == null);
      assertHoldsNothing(queue);
    }
  }

  // ---- many ----

  @Test
  void shouldPassOnAllThatManyPut() throws Exception {
    int many = 3;
    int each = 300;
    BlockingQueue<Integer> queue = queue();
    AtomicLong sum = new AtomicLong();
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int start = i * each;
      tasks.add(
          spawn(
              () -> {
                for (int j = start; j < start + each; j++) {
                  if (j % 2 == 0) {
                    queue.put(j);
                  } else {
                    assertThat(queue.offer(j, LONG, MILLISECONDS)).isTrue();
                  }
                }
              }));
      tasks.add(
          spawn(
              () -> {
                for (int j = 0; j < each; j++) {
                  sum.addAndGet(j % 2 == 0 ? queue.take() : queue.poll(LONG, MILLISECONDS));
                }
              }));
    }
    joinAll(tasks);
    assertThat(sum.get()).isEqualTo((long) many * each * (many * each - 1) / 2);
    assertHoldsNothing(queue);
  }
}
