package io.gevent4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What a {@link BlockingQueue} promises as a collection that others may change meanwhile. */
abstract class QueueAsCollectionContract extends QueueContract {
  QueueAsCollectionContract(World world) {
    super(world);
  }

  private void assertShows(List<Integer> seen, Integer... elements) {
    if (showsOrder()) {
      assertThat(seen).isEqualTo(outOrder(List.of(elements)));
    } else {
      assertThat(seen).containsExactlyInAnyOrder(elements);
    }
  }

  private static Integer[] without(Integer gone) {
    return Stream.of(1, 2, 3).filter(each -> !each.equals(gone)).toArray(Integer[]::new);
  }

  // ---- removing ----

  @Test
  void shouldRemoveWhatIsThere() {
    for (int gone : List.of(1, 2, 3)) {
      BlockingQueue<Integer> queue = holding(1, 2, 3);
      assertThat(queue.remove((Object) gone)).isTrue();
      assertThat(queue.remove((Object) gone)).isFalse();
      assertThat(queue.contains(gone)).isFalse();
      assertHolds(queue, without(gone));
    }
    BlockingQueue<Integer> queue = holding(1);
    assertThat(queue.remove("1")).as("of another class").isFalse();
    assertHolds(queue, 1);
  }

  @Test
  void shouldRemoveOneOfTheEqual() {
    BlockingQueue<Integer> queue = holding(1, 1, 1);
    assertThat(queue.remove((Object) 1)).isTrue();
    assertHolds(queue, 1, 1);
  }

  @Test
  void shouldKnowWhatIsThere() {
    BlockingQueue<Integer> queue = holding(1, 2);
    assertThat(queue.contains(1)).isTrue();
    assertThat(queue.contains(2)).isTrue();
    assertThat(queue.contains(3)).isFalse();
    assertThat(queue.contains("1")).isFalse();
    assertThat(queue.containsAll(List.of(2, 1))).isTrue();
    assertThat(queue.containsAll(List.of(1, 3))).isFalse();
    assertThat(queue.containsAll(List.of())).isTrue();
    assertThat(queue.containsAll(queue)).isTrue();
  }

  @Test
  void shouldRemoveAllOfTheOthers() {
    BlockingQueue<Integer> queue = holding(1, 2, 1, 3, 4);
    assertThat(queue.removeAll(Set.of(7))).isFalse();
    assertThat(queue.removeAll(Set.of())).isFalse();
    assertThat(queue.removeAll(Set.of(1, 4, 7))).isTrue();
    assertHolds(queue, 2, 3);
  }

  @Test
  void shouldRetainAllOfTheOthers() {
    BlockingQueue<Integer> queue = holding(1, 2, 1, 3, 4);
    assertThat(queue.retainAll(Set.of(1, 2, 3, 4))).isFalse();
    assertThat(queue.retainAll(Set.of(1, 3, 7))).isTrue();
    assertHolds(queue, 1, 1, 3);
    queue.add(5);
    assertThat(queue.retainAll(Set.of())).isTrue();
    assertHolds(queue);
  }

  @Test
  void shouldRemoveThoseThatMatch() {
    BlockingQueue<Integer> queue = holding(1, 2, 3, 4, 5);
    assertThat(queue.removeIf(each -> each > 7)).isFalse();
    assertThat(queue.removeIf(each -> each % 2 == 1)).isTrue();
    assertHolds(queue, 2, 4);
  }

  @Test
  void shouldBeUsableAfterClear() {
    BlockingQueue<Integer> queue = full(3);
    queue.clear();
    assertThat(queue.remainingCapacity()).isEqualTo(3);
    assertThat(queue.isEmpty()).isTrue();
    queue.addAll(List.of(7, 8, 9));
    assertThat(queue.offer(10)).isFalse();
    assertHolds(queue, 7, 8, 9);
  }

  @Test
  void shouldHaveTheRoomOfWhatWasRemoved() {
    BlockingQueue<Integer> queue = full(3);
    assertThat(queue.remove((Object) 1)).isTrue();
    assertThat(queue.remainingCapacity()).isEqualTo(1);
    assertThat(queue.offer(7)).isTrue();
    assertThat(queue.offer(8)).isFalse();
    assertHolds(queue, 0, 2, 7);
  }

  // ---- arrays, strings, streams ----

  @Test
  void shouldGiveArraysOfItsOwn() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    Object[] array = queue.toArray();
    assertThat(array.getClass()).isEqualTo(Object[].class);
    assertShows(List.of((Integer) array[0], (Integer) array[1], (Integer) array[2]), 1, 2, 3);
    array[0] = 7;
    assertHolds(queue, 1, 2, 3);
  }

  @Test
  void shouldFillTheArraysGiven() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    Integer[] exact = new Integer[3];
    assertThat(queue.toArray(exact)).isSameAs(exact);
    assertShows(List.of(exact), 1, 2, 3);
    Integer[] roomy = {7, 7, 7, 7, 7};
    assertThat(queue.toArray(roomy)).isSameAs(roomy);
    assertShows(Arrays.asList(roomy).subList(0, 3), 1, 2, 3);
    assertThat(roomy[3]).as("the end").isNull();
    assertThat(roomy[4]).as("beyond the end").isEqualTo(7);
    Integer[] small = new Integer[1];
    Integer[] made = queue.toArray(small);
    assertThat(made).isNotSameAs(small).hasSize(3);
    assertShows(List.of(made), 1, 2, 3);
    assertShows(List.of(queue.toArray(Integer[]::new)), 1, 2, 3);
    assertThrows(ArrayStoreException.class, () -> queue.toArray(new String[5]));
    assertHolds(queue, 1, 2, 3);
  }

  @Test
  void shouldSayWhatItHolds() {
    assertThat(holding(123, 456).toString()).contains("123", "456");
  }

  @Test
  void shouldGiveAllToStreams() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    assertShows(queue.stream().toList(), 1, 2, 3);
    assertThat(queue.parallelStream().mapToInt(Integer::intValue).sum()).isEqualTo(6);
    assertThat(StreamSupport.stream(queue.spliterator(), false).count()).isEqualTo(3);
    List<Integer> each = new ArrayList<>();
    queue.forEach(each::add);
    assertShows(each, 1, 2, 3);
    assertHolds(queue, 1, 2, 3);
  }

  // ---- iterators ----

  @Test
  void shouldIterateOverAll() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    Iterator<Integer> iterator = queue.iterator();
    List<Integer> seen = new ArrayList<>();
    while (iterator.hasNext()) {
      assertThat(iterator.hasNext()).isTrue();
      seen.add(iterator.next());
    }
    assertShows(seen, 1, 2, 3);
    assertThrows(NoSuchElementException.class, iterator::next);
    assertHolds(queue, 1, 2, 3);
  }

  @Test
  void shouldRemoveByTheIterator() {
    for (int gone : List.of(1, 2, 3)) {
      BlockingQueue<Integer> queue = holding(1, 2, 3);
      Iterator<Integer> iterator = queue.iterator();
      List<Integer> seen = new ArrayList<>();
      while (iterator.hasNext()) {
        Integer next = iterator.next();
        seen.add(next);
        if (next == gone) {
          iterator.remove();
        }
      }
      assertShows(seen, 1, 2, 3);
      assertHolds(queue, without(gone));
    }
  }

  @Test
  void shouldRemoveAllByTheIterator() {
    BlockingQueue<Integer> queue = full(3);
    for (Iterator<Integer> iterator = queue.iterator(); iterator.hasNext(); ) {
      iterator.next();
      iterator.remove();
    }
    assertThat(queue.remainingCapacity()).isEqualTo(3);
    assertHolds(queue);
  }

  @Test
  void shouldRemoveByTheIteratorOnlyOnce() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    Iterator<Integer> iterator = queue.iterator();
    assertThrows(IllegalStateException.class, iterator::remove);
    iterator.next();
    iterator.remove();
    assertThrows(IllegalStateException.class, iterator::remove);
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void shouldIterateWhileOthersChangeIt() {
    BlockingQueue<Integer> queue = holding(1, 2, 3, 4);
    Iterator<Integer> iterator = queue.iterator();
    List<Integer> seen = new ArrayList<>();
    seen.add(iterator.next());
    Integer gone = seen.get(0) == 3 ? 2 : 3;
    queue.remove((Object) gone);
    queue.add(5);
    iterator.forEachRemaining(seen::add);
    seen.remove(gone); // may or may not be shown
    seen.remove((Object) 5);
    List<Integer> stayed = new ArrayList<>(List.of(1, 2, 3, 4));
    stayed.remove(gone);
    assertShows(seen, stayed.toArray(Integer[]::new));
  }

  @Test
  void shouldGiveTheNextThatWasAnnounced() {
    BlockingQueue<Integer> queue = holding(1);
    Iterator<Integer> iterator = queue.iterator();
    assertThat(iterator.hasNext()).isTrue();
    queue.clear();
    assertThat(iterator.hasNext()).isTrue();
    assertThat(iterator.next()).isEqualTo(1);
  }

  @Test
  void shouldRemoveNothingElseWhenTheElementHasGone() {
    BlockingQueue<Integer> queue = holding(1, 2, 3);
    Iterator<Integer> iterator = queue.iterator();
    Integer gone = iterator.next();
    assertThat(queue.remove((Object) gone)).isTrue();
    iterator.remove();
    assertHolds(queue, without(gone));
  }
}
