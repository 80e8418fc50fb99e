package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a {@link BlockingQueue} promises to those that are interrupted, and to many at once. */
abstract class BlockingQueueContract extends WaitingQueueContract {
  BlockingQueueContract(World world) {
    super(world);
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    assertRefusesInterrupted(() -> queue.take());
    assertRefusesInterrupted(() -> queue.poll(LONG, MILLISECONDS));
    assertHolds(queue);
  }

  @Test
  void shouldRefuseToWaitForRoomWhenInterrupted() throws Exception {
    BlockingQueue<Integer> full = full(1);
    assertRefusesInterrupted(() -> full.put(7));
    assertRefusesInterrupted(() -> full.offer(7, LONG, MILLISECONDS));
    assertHolds(full, 0);
  }

  @Test
  void shouldStopWaitingWhenInterrupted() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    assertStopsInterrupted(() -> queue.take());
    assertStopsInterrupted(() -> queue.poll(LONG, MILLISECONDS));
    queue.add(1);
    assertHolds(queue, 1);
  }

  @Test
  void shouldStopWaitingForRoomWhenInterrupted() throws Exception {
    BlockingQueue<Integer> full = full(1);
    assertStopsInterrupted(() -> full.put(7));
    assertStopsInterrupted(() -> full.offer(7, LONG, MILLISECONDS));
    assertHolds(full, 0);
    assertThat(full.offer(1)).isTrue();
    assertHolds(full, 1);
  }

  @Test
  void shouldNotMindTheInterruptOfThoseThatNeverWait() throws Exception {
    BlockingQueue<Integer> queue = full(2);
    Task<Void> task =
        spawn(
            () -> {
              Thread.currentThread().interrupt();
              assertThat(queue.offer(7)).isFalse();
              assertThat(queue.poll()).isNotNull();
              assertThat(queue.peek()).isNotNull();
              assertThat(queue.add(8)).isTrue();
              assertThat(queue.remove((Object) 8)).isTrue();
              assertThat(queue.drainTo(new ArrayList<>())).isEqualTo(1);
            });
    join(task);
    assertThat(task.wasLeftInterrupted()).as("it is still interrupted").isTrue();
  }

  @Test
  void shouldServeTheOthersWhenOneIsInterrupted() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    Task<Integer> first = spawnWaiting(() -> queue.take());
    Task<Integer> second = spawnWaiting(() -> queue.take());
    first.interrupt();
    assertInterrupted(first);
    queue.add(1);
    assertThat(join(second)).isEqualTo(1);
    BlockingQueue<Integer> full = full(1);
    Task<Void> putter = spawnWaiting(() -> full.put(7));
    Task<Void> other = spawnWaiting(() -> full.put(8));
    putter.interrupt();
    assertInterrupted(putter);
    assertThat(full.poll()).isZero();
    join(other);
    assertHolds(full, 8);
  }

  /** Whichever of the two comes first: the element is either taken or still there. */
  @Test
  void shouldLoseNothingWhenInterruptAndElementComeTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      BlockingQueue<Integer> queue = roomy();
      Task<Integer> first = spawnWaiting(() -> queue.take());
      Task<Integer> second = spawnWaiting(() -> queue.take());
      if (i % 2 == 0) {
        first.interrupt();
      }
      queue.add(1);
      if (i % 2 == 1) {
        first.interrupt();
      }
      untilDone(first);
      if (first.thrown() == null) {
        assertWaits(second);
        queue.add(2);
      }
      untilDone(second);
      assertThat(second.value()).isEqualTo(first.thrown() == null ? 2 : 1);
      assertHolds(queue);
    }
  }

  @Test
  void shouldAddNothingTwiceWhenInterruptAndRoomComeTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      BlockingQueue<Integer> queue = full(1);
      Task<Void> first = spawnWaiting(() -> queue.put(1));
      Task<Void> second = spawnWaiting(() -> queue.put(2));
      if (i % 2 == 0) {
        first.interrupt();
      }
      assertThat(queue.poll()).isZero();
      if (i % 2 == 1) {
        first.interrupt();
      }
      untilDone(first);
      if (first.thrown() == null) {
        List<Integer> out = new ArrayList<>(List.of(queue.take(), queue.take()));
        assertThat(out).containsExactlyInAnyOrder(1, 2);
      } else {
        assertThat(queue.take()).isEqualTo(2);
      }
      join(second);
      assertHolds(queue);
    }
  }

  // ---- many ----

  /** All that is put is taken, exactly once, by whichever methods. */
  @Test
  void shouldPassOnAllThatManyPut() throws Exception {
    int many = 4;
    int each = 600;
    for (BlockingQueue<Integer> queue : new BlockingQueue[] {bounded(3), unbounded()}) {
      if (queue != null) {
        AtomicLong sum = new AtomicLong();
        AtomicInteger left = new AtomicInteger(many * each);
        List<Task<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < many; i++) {
          int start = i * each;
          tasks.add(
              spawn(
                  () -> {
                    for (int j = start; j < start + each; j++) {
                      put(queue, j);
                    }
                  }));
          tasks.add(
              spawn(
                  () -> {
                    while (left.getAndDecrement() > 0) {
                      sum.addAndGet(queue.size() % 2 == 0 ? queue.take() : take(queue));
                    }
                  }));
        }
        joinAll(tasks);
        assertThat(sum.get()).isEqualTo((long) many * each * (many * each - 1) / 2);
        assertHolds(queue);
      }
    }
  }

  private void put(BlockingQueue<Integer> queue, int element) throws InterruptedException {
    switch (element % 3) {
      case 0 -> queue.put(element);
      case 1 -> assertThat(queue.offer(element, LONG, MILLISECONDS)).isTrue();
      default -> {
        while (!queue.offer(element)) {
          world.pause();
        }
      }
    }
  }

  private Integer take(BlockingQueue<Integer> queue) throws InterruptedException {
    Integer element = queue.poll();
    return element != null ? element : queue.poll(LONG, MILLISECONDS);
  }
}
