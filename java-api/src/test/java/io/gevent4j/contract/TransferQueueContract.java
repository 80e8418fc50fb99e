package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a {@link TransferQueue} promises to those that hand over, and to those that receive. */
abstract class TransferQueueContract extends WorldTest {
  TransferQueueContract(World world) {
    super(world);
  }

  abstract TransferQueue<Integer> queue();

  private static void assertEmpty(TransferQueue<Integer> queue) {
    assertThat(queue.poll()).isNull();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
    assertThat(queue.hasWaitingConsumer()).isFalse();
    assertThat(queue.getWaitingConsumerCount()).isZero();
  }

  @Test
  void shouldRefuseNulls() {
    TransferQueue<Integer> queue = queue();
    assertThrows(
        NullPointerException.class,
        () -> queue.transfer(null),
        () -> queue.tryTransfer(null),
        () -> queue.tryTransfer(null, LONG, MILLISECONDS),
        () -> queue.tryTransfer(null, 0, MILLISECONDS),
        () -> queue.tryTransfer(1, 1, null));
    assertEmpty(queue);
  }

  // ---- without a taker ----

  @Test
  void shouldNotKeepWhatNobodyWaitsFor() throws Exception {
    TransferQueue<Integer> queue = queue();
    assertThat(queue.tryTransfer(1)).isFalse();
    assertThat(queue.tryTransfer(1, 0, MILLISECONDS)).isFalse();
    assertThat(queue.tryTransfer(1, -1, MILLISECONDS)).isFalse();
    assertThat(takes(SHORT, () -> queue.tryTransfer(1, SHORT, MILLISECONDS))).isFalse();
    assertEmpty(queue);
  }

  @Test
  void shouldWaitUntilItIsTaken() throws Exception {
    for (int way = 0; way < 4; way++) {
      TransferQueue<Integer> queue = queue();
      Task<Void> giver = spawnWaiting(() -> queue.transfer(7));
      assertThat(receive(queue, way)).as("way %d", way).isEqualTo(7);
      join(giver);
      Task<Boolean> timed = spawnWaiting(() -> queue.tryTransfer(8, LONG, MILLISECONDS));
      assertThat(receive(queue, way)).as("way %d", way).isEqualTo(8);
      assertThat(join(timed)).isTrue();
      assertEmpty(queue);
    }
  }

  private static Integer receive(TransferQueue<Integer> queue, int way) throws Exception {
    List<Integer> drained = new ArrayList<>();
    return switch (way) {
      case 0 -> queue.take();
      case 1 -> queue.poll();
      case 2 -> queue.poll(LONG, MILLISECONDS);
      default -> {
        assertThat(queue.drainTo(drained)).isEqualTo(1);
        yield drained.get(0);
      }
    };
  }

  @Test
  void shouldHandOverInTheOrderInWhichTheyCame() throws Exception {
    TransferQueue<Integer> queue = queue();
    List<Task<Void>> givers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      givers.add(spawnWaiting(() -> queue.transfer(number)));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(queue.take()).isEqualTo(i);
      untilDone(givers.get(i));
      if (i < 2) {
        assertWaits(givers.get(2));
      }
    }
    joinAll(givers);
    assertEmpty(queue);
  }

  @Test
  void shouldTakeBackWhatHasNotBeenTakenInTime() throws Exception {
    TransferQueue<Integer> queue = queue();
    Task<Boolean> tired = spawn(() -> queue.tryTransfer(1, SHORT, MILLISECONDS));
    Task<Void> giver = spawnWaiting(() -> queue.transfer(2));
    assertThat(join(tired)).isFalse();
    assertThat(queue.take()).isEqualTo(2);
    join(giver);
    assertEmpty(queue);
  }

  // ---- with a taker ----

  @Test
  void shouldHandOverAtOnceToWhoWaits() throws Exception {
    TransferQueue<Integer> queue = queue();
    List<World.Body> gives =
        List.of(
            () -> assertThat(queue.tryTransfer(7)).isTrue(),
            () -> assertThat(queue.tryTransfer(7, LONG, MILLISECONDS)).isTrue(),
            () -> assertThat(queue.tryTransfer(7, 0, MILLISECONDS)).isTrue(),
            () -> queue.transfer(7),
            () -> queue.put(7),
            () -> assertThat(queue.offer(7)).isTrue(),
            () -> assertThat(queue.offer(7, LONG, MILLISECONDS)).isTrue(),
            () -> assertThat(queue.add(7)).isTrue());
    for (int i = 0; i < gives.size(); i++) {
      boolean timed = i % 2 == 0;
      Task<Integer> taker =
          spawnWaiting(() -> timed ? queue.poll(LONG, MILLISECONDS) : queue.take());
      assertThat(thrownBy(gives.get(i))).as("way %d", i).isNull();
      assertThat(join(taker)).isEqualTo(7);
      assertEmpty(queue);
    }
  }

  @Test
  void shouldCountThoseWhoWait() throws Exception {
    TransferQueue<Integer> queue = queue();
    assertEmpty(queue);
    Task<Integer> taker = spawnWaiting(() -> queue.take());
    until(() -> queue.hasWaitingConsumer(), "the taker");
    assertThat(queue.getWaitingConsumerCount()).isEqualTo(1);
    Task<Integer> poller = spawnWaiting(() -> queue.poll(LONG, MILLISECONDS));
    until(() -> queue.getWaitingConsumerCount() == 2, "the other taker");
    queue.put(1);
    until(() -> queue.getWaitingConsumerCount() == 1, "the end of the first");
    assertThat(queue.hasWaitingConsumer()).isTrue();
    assertThat(join(taker)).isEqualTo(1);
    queue.put(2);
    assertThat(join(poller)).isEqualTo(2);
    assertEmpty(queue);
  }

  @Test
  void shouldServeTakersInTheOrderInWhichTheyCame() throws Exception {
    TransferQueue<Integer> queue = queue();
    List<Task<Integer>> takers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      takers.add(spawnWaiting(() -> queue.take()));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(queue.tryTransfer(i)).isTrue();
    }
    assertThat(joinAll(takers)).containsExactly(0, 1, 2);
  }

  @Test
  void shouldForgetTakersThatHaveGone() throws Exception {
    TransferQueue<Integer> queue = queue();
    assertThat(join(spawn(() -> queue.poll(SHORT, MILLISECONDS)))).isNull();
    assertStopsInterrupted(() -> queue.take());
    assertThat(queue.tryTransfer(1)).isFalse();
    assertEmpty(queue);
  }

  // ---- interruption ----

  @Test
  void shouldRefuseToWaitWhenInterrupted() throws Exception {
    TransferQueue<Integer> queue = queue();
    assertRefusesInterrupted(() -> queue.transfer(1));
    assertRefusesInterrupted(() -> queue.tryTransfer(1, LONG, MILLISECONDS));
    assertEmpty(queue);
  }

  @Test
  void shouldTakeBackWhatItHandsOverWhenInterrupted() throws Exception {
    TransferQueue<Integer> queue = queue();
    assertStopsInterrupted(() -> queue.transfer(1));
    assertStopsInterrupted(() -> queue.tryTransfer(1, LONG, MILLISECONDS));
    assertEmpty(queue);
  }

  /** Whichever of the two comes first: who throws has handed nothing over. */
  @Test
  void shouldHandOverOrThrowWhenInterruptAndTakerComeTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      TransferQueue<Integer> queue = queue();
      Task<Void> giver = spawnWaiting(() -> queue.transfer(1));
      if (i % 2 == 0) {
        giver.interrupt();
      }
      Integer taken = queue.poll();
      if (i % 2 == 1) {
        giver.interrupt();
      }
      untilDone(giver);
      assertThat(taken).isEqualTo(giver.thrown() == null ? 1 : null);
      assertEmpty(queue);
    }
  }

  // ---- many ----

  @Test
  void shouldHandOverAllThatManyGive() throws Exception {
    int many = 4;
    int each = 300;
    TransferQueue<Integer> queue = queue();
    AtomicLong sum = new AtomicLong();
    List<Task<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      int start = i * each;
      tasks.add(
          spawn(
              () -> {
                for (int j = start; j < start + each; j++) {
                  give(queue, j);
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
    assertEmpty(queue);
  }

  private void give(TransferQueue<Integer> queue, int element) throws InterruptedException {
    switch (element % 4) {
      case 0 -> queue.put(element);
      case 1 -> queue.transfer(element);
      case 2 -> assertThat(queue.tryTransfer(element, LONG, MILLISECONDS)).isTrue();
      default -> {
        while (!queue.tryTransfer(element)) {
          world.pause();
        }
      }
    }
  }
}
