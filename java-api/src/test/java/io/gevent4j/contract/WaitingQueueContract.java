package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a {@link BlockingQueue} promises to those that wait until it is their turn. */
abstract class WaitingQueueContract extends QueueAsCollectionContract {
  WaitingQueueContract(World world) {
    super(world);
  }

  /** Whether those that wait are served in the order in which they came. */
  abstract boolean isFair();

  /** Whether removeIf and its like let those in who wait for room. */
  boolean letsInByBulk() {
    return true;
  }

  // ---- takers ----

  @Test
  void shouldKeepATakerUntilSomethingComes() throws Exception {
    List<Consumer<BlockingQueue<Integer>>> puts =
        List.of(
            queue -> queue.add(7),
            queue -> queue.offer(7),
            queue -> queue.addAll(List.of(7)),
            queue -> assertThat(thrownBy(() -> queue.put(7))).isNull(),
            queue -> assertThat(thrownBy(() -> queue.offer(7, LONG, MILLISECONDS))).isNull());
    for (Consumer<BlockingQueue<Integer>> put : puts) {
      BlockingQueue<Integer> queue = roomy();
      Task<Integer> taker = spawnWaiting(() -> queue.take());
      put.accept(queue);
      assertThat(join(taker)).isEqualTo(7);
      Task<Integer> poller = spawnWaiting(() -> queue.poll(LONG, MILLISECONDS));
      put.accept(queue);
      assertThat(join(poller)).isEqualTo(7);
      assertHolds(queue);
    }
  }

  @Test
  void shouldServeAsManyTakersAsThereIsFor() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    List<Task<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      takers.add(spawnWaiting(() -> queue.take()));
    }
    queue.addAll(List.of(1, 2));
    until(() -> takers.stream().filter(Task::isDone).count() == 2, "two of the takers");
    assertWaits(takers.stream().filter(taker -> !taker.isDone()).findAny().get());
    queue.add(3);
    assertThat(joinAll(takers)).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void shouldServeTakersInTheOrderInWhichTheyCame() throws Exception {
    assumeTrue(isFair(), "this queue promises no order");
    BlockingQueue<Integer> queue = roomy();
    List<Task<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      takers.add(spawnWaiting(() -> queue.take()));
    }
    for (int i = 0; i < 3; i++) {
      queue.put(i);
      untilDone(takers.get(i));
    }
    assertThat(joinAll(takers)).containsExactly(0, 1, 2);
  }

  // ---- putters ----

  @Test
  void shouldKeepAPutterUntilThereIsRoom() throws Exception {
    for (boolean timed : new boolean[] {false, true}) {
      BlockingQueue<Integer> queue = full(1);
      Task<Boolean> putter =
          spawnWaiting(
              () -> {
                if (timed) {
                  return queue.offer(7, LONG, MILLISECONDS);
                }
                queue.put(7);
                return true;
              });
      assertThat(queue.contains(7)).isFalse();
      assertThat(queue.poll()).isZero();
      assertThat(join(putter)).isTrue();
      assertHolds(queue, 7);
    }
  }

  @Test
  void shouldLetPuttersInByWhateverMakesRoom() throws Exception {
    assertMakesRoom(
        List.of(
            queue -> queue.poll(),
            queue -> queue.remove(),
            queue -> assertThat(thrownBy(queue::take)).isNull(),
            queue -> assertThat(thrownBy(() -> queue.poll(LONG, MILLISECONDS))).isNull(),
            queue -> queue.remove((Object) 0),
            queue -> queue.remove((Object) 1),
            queue -> queue.drainTo(new ArrayList<>(), 1),
            queue -> {
              Iterator<Integer> iterator = queue.iterator();
              iterator.next();
              iterator.remove();
            }));
  }

  /** Which may take what is let in meanwhile as well. */
  @Test
  void shouldLetPuttersInByWhateverEmptiesIt() throws Exception {
    for (boolean clear : new boolean[] {true, false}) {
      BlockingQueue<Integer> queue = full(2);
      Task<Void> putter = spawnWaiting(() -> queue.put(7));
      List<Integer> drained = new ArrayList<>();
      if (clear) {
        queue.clear();
      } else {
        queue.drainTo(drained);
      }
      join(putter);
      assertThat(queue.contains(0)).isFalse();
      assertThat(queue.contains(1)).isFalse();
      assertThat(clear || drained.contains(7) || queue.contains(7)).as("it is somewhere").isTrue();
    }
  }

  @Test
  void shouldLetPuttersInByRemovalsInBulk() throws Exception {
    assumeTrue(letsInByBulk(), "this queue tells nobody of removals in bulk");
    assertMakesRoom(
        List.of(
            queue -> queue.removeAll(Set.of(0)),
            queue -> queue.retainAll(Set.of(0)),
            queue -> queue.removeIf(each -> each == 1)));
  }

  private void assertMakesRoom(List<Consumer<BlockingQueue<Integer>>> ways) throws Exception {
    for (int i = 0; i < ways.size(); i++) {
      BlockingQueue<Integer> queue = full(2);
      Task<Void> putter = spawnWaiting(() -> queue.put(7));
      ways.get(i).accept(queue);
      until(putter::isDone, "the end of who waited for room, way " + i);
      assertThat(queue.contains(7)).isTrue();
    }
  }

  @Test
  void shouldLetAsManyPuttersInAsThereIsRoom() throws Exception {
    BlockingQueue<Integer> queue = full(2);
    List<Task<Void>> putters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = 10 + i;
      putters.add(spawnWaiting(() -> queue.put(number)));
    }
    assertThat(queue.remove((Object) 0)).isTrue();
    assertThat(queue.remove((Object) 1)).isTrue();
    until(() -> putters.stream().filter(Task::isDone).count() == 2, "two of the putters");
    assertWaits(putters.stream().filter(putter -> !putter.isDone()).findAny().get());
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      out.add(queue.take());
    }
    joinAll(putters);
    assertThat(out).containsExactlyInAnyOrder(10, 11, 12);
    assertHolds(queue);
  }

  @Test
  void shouldLetPuttersInInTheOrderInWhichTheyCame() throws Exception {
    assumeTrue(isFair(), "this queue promises no order");
    BlockingQueue<Integer> queue = full(1);
    List<Task<Void>> putters = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      int number = i;
      putters.add(spawnWaiting(() -> queue.put(number)));
    }
    for (int i = 0; i <= 3; i++) {
      assertThat(queue.take()).isEqualTo(i);
      if (i < 3) {
        untilDone(putters.get(i));
      }
    }
    joinAll(putters);
  }

  // ---- timeouts ----

  @Test
  void shouldGiveUpWhenTheTimeIsUp() throws Exception {
    BlockingQueue<Integer> empty = roomy();
    assertThat(takes(SHORT, () -> empty.poll(SHORT, MILLISECONDS))).isNull();
    BlockingQueue<Integer> full = full(1);
    assertThat(takes(SHORT, () -> full.offer(7, SHORT, MILLISECONDS))).isFalse();
    assertHolds(full, 0);
    assertThat(full.offer(8)).isTrue();
  }

  @Test
  void shouldNotWaitWithoutTime() throws Exception {
    BlockingQueue<Integer> empty = roomy();
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThat(empty.poll(time, MILLISECONDS)).isNull();
      assertThat(empty.offer(1, time, MILLISECONDS)).as("there is room").isTrue();
      assertThat(empty.poll(time, MILLISECONDS)).as("it is there").isEqualTo(1);
    }
    BlockingQueue<Integer> full = full(1);
    for (long time : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThat(full.offer(7, time, MILLISECONDS)).isFalse();
    }
    assertHolds(full, 0);
  }

  @Test
  void shouldWaitForEverWhenTheTimeIsThatLong() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    Task<Integer> taker = spawnWaiting(() -> queue.poll(Long.MAX_VALUE, MILLISECONDS));
    queue.add(1);
    assertThat(join(taker)).isEqualTo(1);
    BlockingQueue<Integer> full = full(1);
    Task<Boolean> putter = spawnWaiting(() -> full.offer(7, Long.MAX_VALUE, MILLISECONDS));
    assertThat(full.poll()).isZero();
    assertThat(join(putter)).isTrue();
  }

  @Test
  void shouldForgetThoseWhoseTimeIsUp() throws Exception {
    BlockingQueue<Integer> queue = roomy();
    Task<Integer> gone = spawn(() -> queue.poll(SHORT, MILLISECONDS));
    Task<Integer> taker = spawnWaiting(() -> queue.take());
    assertThat(join(gone)).isNull();
    queue.add(1);
    assertThat(join(taker)).isEqualTo(1);
    BlockingQueue<Integer> full = full(1);
    Task<Boolean> tired = spawn(() -> full.offer(7, SHORT, MILLISECONDS));
    Task<Void> putter = spawnWaiting(() -> full.put(8));
    assertThat(join(tired)).isFalse();
    assertThat(full.poll()).isZero();
    join(putter);
    assertHolds(full, 8);
  }
}
