package io.gevent4j.contract;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a {@link BlockingQueue} promises where nobody has to wait: as a queue and a collection. */
abstract class QueueContract extends WorldTest {
  QueueContract(World world) {
    super(world);
  }

  // ---- what a subclass says ----

  /** Holds so many; null if there is no such queue. */
  abstract BlockingQueue<Integer> bounded(int capacity);

  /** Holds as many as one likes; null if there is no such queue. */
  abstract BlockingQueue<Integer> unbounded();

  /** The order in which these come out, when they have been put in the order given. */
  List<Integer> outOrder(List<Integer> in) {
    return in;
  }

  /** Whether iterators, arrays and the like show the order in which elements will come out. */
  boolean showsOrder() {
    return true;
  }

  List<Integer> badCapacities() {
    return List.of(-1, Integer.MIN_VALUE);
  }

  // ---- what the tests use ----

  final BlockingQueue<Integer> boundedOrSkip(int capacity) {
    BlockingQueue<Integer> queue = bounded(capacity);
    assumeTrue(queue != null, "this queue has no bound");
    return queue;
  }

  final BlockingQueue<Integer> unboundedOrSkip() {
    BlockingQueue<Integer> queue = unbounded();
    assumeTrue(queue != null, "this queue has a bound");
    return queue;
  }

  final BlockingQueue<Integer> roomy() {
    BlockingQueue<Integer> queue = bounded(20);
    return queue == null ? unbounded() : queue;
  }

  final BlockingQueue<Integer> holding(Integer... elements) {
    BlockingQueue<Integer> queue = roomy();
    queue.addAll(List.of(elements));
    return queue;
  }

  /** A bounded one of this capacity, with 0, 1, 2 ... in it. */
  final BlockingQueue<Integer> full(int capacity) {
    BlockingQueue<Integer> queue = boundedOrSkip(capacity);
    for (int i = 0; i < capacity; i++) {
      assertThat(queue.offer(i)).isTrue();
    }
    return queue;
  }

  static List<Integer> range(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  /** Takes all out, one by one. */
  static List<Integer> emptied(BlockingQueue<Integer> queue) {
    List<Integer> out = new ArrayList<>();
    for (Integer each = queue.poll(); each != null; each = queue.poll()) {
      out.add(each);
    }
    return out;
  }

  final void assertHolds(BlockingQueue<Integer> queue, Integer... elements) {
    List<Integer> expected = outOrder(List.of(elements));
    assertThat(queue.size()).isEqualTo(expected.size());
    assertThat(queue.isEmpty()).isEqualTo(expected.isEmpty());
    if (showsOrder()) {
      assertThat(new ArrayList<>(queue)).isEqualTo(expected);
    } else {
      assertThat(new ArrayList<>(queue)).containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(emptied(queue)).isEqualTo(expected);
  }

  // ---- bad arguments ----

  @Test
  void shouldRefuseNullElements() {
    for (BlockingQueue<Integer> queue : new BlockingQueue[] {bounded(2), unbounded()}) {
      if (queue != null) {
        assertThrows(
            NullPointerException.class,
            () -> queue.offer(null),
            () -> queue.add(null),
            () -> queue.put(null),
            () -> queue.offer(null, LONG, MILLISECONDS),
            () -> queue.offer(null, 0, MILLISECONDS),
            () -> queue.addAll(Collections.singletonList(null)));
        assertHolds(queue);
      }
    }
  }

  @Test
  void shouldRefuseNullElementsEvenWhenFull() {
    BlockingQueue<Integer> queue = full(1);
    assertThrows(
        NullPointerException.class,
        () -> queue.offer(null),
        () -> queue.add(null),
        () -> queue.put(null),
        () -> queue.offer(null, LONG, MILLISECONDS));
    assertHolds(queue, 0);
  }

  @Test
  void shouldRefuseOtherNulls() {
    BlockingQueue<Integer> queue = holding(1);
    assertThrows(
        NullPointerException.class,
        () -> queue.addAll(null),
        () -> queue.drainTo(null),
        () -> queue.drainTo(null, 0),
        () -> queue.drainTo(null, 1),
        () -> queue.removeAll(null),
        () -> queue.retainAll(null),
        () -> queue.containsAll(null),
        () -> queue.removeIf(null),
        () -> queue.forEach(null),
        () -> queue.iterator().forEachRemaining(null),
        () -> queue.toArray((Object[]) null));
    assertHolds(queue, 1);
  }

  @Test
  void shouldRefuseToWaitForANullUnit() {
    BlockingQueue<Integer> queue = roomy();
    assertThrows(NullPointerException.class, () -> queue.poll(1, null));
    if (bounded(1) != null) {
      assertThrows(NullPointerException.class, () -> full(1).offer(7, 1, null));
    }
  }

  @Test
  void shouldNeverContainNull() {
    BlockingQueue<Integer> queue = holding(1);
    assertThat(queue.contains(null)).isFalse();
    assertThat(queue.remove(null)).isFalse();
    assertHolds(queue, 1);
  }

  @Test
  void shouldRefuseBadCapacities() {
    boundedOrSkip(1);
    for (int bad : badCapacities()) {
      assertThat(thrownBy(() -> bounded(bad)))
          .as("%d", bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldRefuseItselfAsTheOther() {
    BlockingQueue<Integer> queue = holding(1, 2);
    assertThrows(
        IllegalArgumentException.class,
        () -> queue.drainTo(queue),
        () -> queue.drainTo(queue, 1),
        () -> queue.addAll(queue));
    assertHolds(queue, 1, 2);
  }

  // ---- empty and full ----

  @Test
  void shouldHaveNothingToGiveWhenEmpty() {
    BlockingQueue<Integer> queue = roomy();
    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
    assertThrows(
        NoSuchElementException.class,
        queue::element,
        () -> queue.remove(),
        () -> queue.iterator().next());
    assertThat(queue.iterator().hasNext()).isFalse();
    assertThat(queue.toArray()).isEmpty();
    assertThat(queue.contains(1)).isFalse();
    assertThat(queue.remove((Object) 1)).isFalse();
    assertThat(queue.drainTo(new ArrayList<>())).isZero();
    queue.clear();
    assertHolds(queue);
  }

  @Test
  void shouldTakeNothingWhenFull() {
    BlockingQueue<Integer> queue = full(2);
    assertThat(queue.offer(7)).isFalse();
    assertThrows(
        IllegalStateException.class, () -> queue.add(7), () -> queue.addAll(List.of(7, 8)));
    assertHolds(queue, 0, 1);
  }

  @Test
  void shouldAddAllThatFit() {
    BlockingQueue<Integer> queue = full(2);
    queue.clear();
    queue.add(5);
    assertThrows(IllegalStateException.class, () -> queue.addAll(List.of(6, 7, 8)));
    assertHolds(queue, 5, 6);
  }

  @Test
  void shouldCountTheRoomLeft() {
    BlockingQueue<Integer> queue = boundedOrSkip(3);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.remainingCapacity()).isEqualTo(3 - i);
      assertThat(queue.size()).isEqualTo(i);
      queue.add(i);
    }
    assertThat(queue.remainingCapacity()).isZero();
    queue.poll();
    assertThat(queue.remainingCapacity()).isEqualTo(1);
  }

  @Test
  void shouldHaveRoomWithoutEndWhenUnbounded() {
    BlockingQueue<Integer> queue = unboundedOrSkip();
    for (int i = 0; i < 1000; i++) {
      assertThat(queue.offer(i)).isTrue();
    }
    assertThat(queue.remainingCapacity()).isGreaterThanOrEqualTo(Integer.MAX_VALUE - 1000);
    assertHolds(queue, range(1000).toArray(Integer[]::new));
  }

  // ---- order ----

  @Test
  void shouldGiveThemInOrder() throws Exception {
    List<Integer> in = List.of(3, 1, 4, 0, 5, 9, 2, 6);
    BlockingQueue<Integer> queue = roomy();
    assertThat(queue.add(3)).isTrue();
    assertThat(queue.offer(1)).isTrue();
    queue.put(4);
    assertThat(queue.offer(0, LONG, MILLISECONDS)).isTrue();
    assertThat(queue.addAll(List.of(5, 9, 2, 6))).isTrue();
    assertThat(queue.addAll(List.of())).isFalse();
    Iterator<Integer> expected = outOrder(in).iterator();
    Integer first = expected.next();
    assertThat(queue.peek()).isEqualTo(first);
    assertThat(queue.element()).isEqualTo(first);
    assertThat(queue.remove()).isEqualTo(first);
    assertThat(queue.take()).isEqualTo(expected.next());
    assertThat(queue.poll(LONG, MILLISECONDS)).isEqualTo(expected.next());
    assertThat(queue.poll(0, MILLISECONDS)).isEqualTo(expected.next());
    for (Integer rest : emptied(queue)) {
      assertThat(rest).isEqualTo(expected.next());
    }
    assertThat(expected.hasNext()).isFalse();
  }

  @Test
  void shouldGiveThemInOrderWhileOthersCome() {
    BlockingQueue<Integer> queue = boundedOrSkip(3);
    List<Integer> model = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      int next = i * 7 % 30;
      if (queue.offer(next)) {
        model.add(next);
      }
      if (i % 3 != 0) {
        Integer first = outOrder(model).get(0);
        assertThat(queue.poll()).isEqualTo(first);
        model.remove(first);
      }
    }
    assertHolds(queue, model.toArray(Integer[]::new));
  }

  @Test
  void shouldDrainInOrder() {
    BlockingQueue<Integer> queue = holding(3, 1, 2);
    List<Integer> target = new ArrayList<>(List.of(0));
    assertThat(queue.drainTo(target)).isEqualTo(3);
    assertThat(target.subList(1, 4)).isEqualTo(outOrder(List.of(3, 1, 2)));
    assertHolds(queue);
  }

  @Test
  void shouldDrainNoMoreThanAsked() {
    BlockingQueue<Integer> queue = holding(3, 1, 2);
    List<Integer> target = new ArrayList<>();
    assertThat(queue.drainTo(target, 0)).isZero();
    assertThat(queue.drainTo(target, -1)).isZero();
    assertThat(target).isEmpty();
    assertThat(queue.drainTo(target, 2)).isEqualTo(2);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.drainTo(target, 9)).isEqualTo(1);
    assertThat(target).isEqualTo(outOrder(List.of(3, 1, 2)));
    assertHolds(queue);
  }
}
