package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can't be done is refused, with the JDK's exceptions, and leaves all as it was. */
class QueueBadInputTest extends HubTestOfQueues {
  private static final Duration NEGATIVE = Duration.ofNanos(-1);

  private static void assertRefused(Class<? extends Throwable> type, Body... uses) {
    for (int i = 0; i < uses.length; i++) {
      assertThat(thrownBy(uses[i])).as("use %d", i).isInstanceOf(type);
    }
  }

  @Test
  void shouldRefuseToHaveNoRoom() {
    for (int bad : new int[] {0, -1, Integer.MIN_VALUE}) {
      for (Body body :
          List.<Body>of(
              () -> new SimpleQueue<>(bad),
              () -> new SimpleQueue<>(bad, List.of()),
              () -> new Queue<>(bad),
              () -> new LifoQueue<>(bad),
              () -> new PriorityQueue<Integer>(bad),
              () -> new PriorityQueue<>(bad, Comparator.<Integer>naturalOrder()))) {
        assertThat(thrownBy(body))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("" + bad);
      }
    }
  }

  @Test
  void shouldRefuseMoreItemsThanItHasRoomForFromTheBeginning() {
    assertRefused(
        IllegalStateException.class,
        () -> new SimpleQueue<>(1, List.of(1, 2)),
        () -> new Queue<>(1, List.of(1, 2)),
        () -> new LifoQueue<>(1, List.of(1, 2)),
        () -> new PriorityQueue<>(1, List.of(1, 2)));
  }

  @Test
  void shouldRefuseNegativeTimes() {
    for (SimpleQueue<Integer> queue : emptyOnes()) {
      assertRefused(
          IllegalArgumentException.class,
          () -> queue.get(NEGATIVE),
          () -> queue.get(-0.5),
          () -> queue.get(Double.NaN),
          () -> queue.awaitPeek(NEGATIVE),
          () -> queue.put(1, NEGATIVE),
          () -> queue.put(1, -1e9));
      assertThat(queue).isEmpty();
      queue.put(1);
      assertRefused(IllegalArgumentException.class, () -> queue.get(NEGATIVE));
      assertThat(queue).containsExactly(1);
    }
    Channel<Integer> channel = new Channel<>();
    assertRefused(
        IllegalArgumentException.class,
        () -> channel.get(NEGATIVE),
        () -> channel.get(-1),
        () -> channel.put(1, NEGATIVE),
        () -> channel.put(1, Double.NaN));
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldRefuseNothingAsAnItem() {
    for (SimpleQueue<Integer> queue : emptyOnes()) {
      assertRefused(
          NullPointerException.class,
          () -> queue.put(null),
          () -> queue.put(null, LONG),
          () -> queue.put(null, 1.0),
          () -> queue.putNowait(null),
          () -> queue.until(null));
      assertThat(queue).isEmpty();
    }
    Channel<Integer> channel = new Channel<>();
    assertRefused(
        NullPointerException.class,
        () -> channel.put(null),
        () -> channel.put(null, LONG),
        () -> channel.putNowait(null),
        () -> channel.transfer(null),
        () -> channel.tryTransfer(null),
        () -> channel.until(null));
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldNameTheQueueThatRefuses() {
    SimpleQueue<Integer> full = fill(SimpleQueue.class);
    SimpleQueue<Integer> empty = new SimpleQueue<>();
    Channel<Integer> channel = new Channel<>();
    assertThatThrownBy(() -> full.putNowait(2)).hasMessageContaining("SimpleQueue@");
    assertThatThrownBy(() -> full.put(2, SHORT)).hasMessageContaining("SimpleQueue@");
    assertThatThrownBy(empty::getNowait).hasMessageContaining("SimpleQueue@");
    assertThatThrownBy(empty::peekNowait).hasMessageContaining("SimpleQueue@");
    assertThatThrownBy(() -> empty.get(SHORT)).hasMessageContaining("SimpleQueue@");
    assertThatThrownBy(() -> channel.get(SHORT)).hasMessageContaining("Channel@");
    assertThatThrownBy(() -> channel.put(1, SHORT)).hasMessageContaining("Channel@");
    assertThatThrownBy(new Queue<>()::taskDone).hasMessageContaining("Queue@");
  }

  @Test
  void shouldRefuseToRemoveWhatAnIteratorHasNotGiven() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(2, List.of(1, 2));
    Iterator<Integer> all = queue.iterator();
    assertRefused(IllegalStateException.class, all::remove);
    all.next();
    all.remove();
    assertRefused(IllegalStateException.class, all::remove);
    assertThat(queue).containsExactly(2);
  }

  // ---- comparisons that fail ----

  private static final class Spite extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Compares, but never with the number 13. */
  private static int spitefully(int one, int other) {
    if (one == 13 || other == 13) {
      throw new Spite();
    }
    return Integer.compare(one, other);
  }

  @Test
  void shouldThrowToThePutterWhatTheComparisonThrows() {
    PriorityQueue<Integer> queue = new PriorityQueue<>(3, QueueBadInputTest::spitefully);
    queue.put(5);
    assertRefused(
        Spite.class, () -> queue.put(13), () -> queue.offer(13), () -> queue.put(13, LONG));
    queue.put(4);
    assertThat(queue.unfinishedTasks()).isEqualTo(2);
    assertThat(queue).containsExactly(4, 5);
  }

  @Test
  void shouldLetTheNextPutWhenTheComparisonThrowsToOneWhoWaited() {
    PriorityQueue<Integer> queue = new PriorityQueue<>(2, QueueBadInputTest::spitefully);
    queue.addAll(List.of(1, 2));
    List<Throwable> thrown = new ArrayList<>();
    Greenlet<?> spiteful = Gevent.spawn(() -> thrown.add(thrownBy(() -> queue.put(13))));
    Greenlet<Void> next = Gevent.spawn(() -> queue.put(3));
    turn();
    assertThat(queue.get()).isEqualTo(1);
    spiteful.join();
    next.join();
    assertThat(thrown).hasSize(1).hasOnlyElementsOfType(Spite.class);
    assertThat(queue).containsExactly(2, 3);
    assertThat(queue.unfinishedTasks()).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatHasNoNaturalOrder() {
    PriorityQueue<Object> queue = new PriorityQueue<>();
    assertRefused(ClassCastException.class, () -> queue.put(new Object()));
    assertThat(queue).isEmpty();
    queue.put("in order");
    assertThat(queue.get()).isEqualTo("in order");
  }

  @Test
  void shouldGiveTheSmallestFirst() {
    PriorityQueue<Integer> natural = new PriorityQueue<>(9, List.of(3, 1, 2));
    PriorityQueue<Integer> reversed = new PriorityQueue<>(9, Comparator.reverseOrder());
    reversed.addAll(List.of(3, 1, 2));
    assertThat(natural).containsExactly(1, 2, 3);
    assertThat(reversed).containsExactly(3, 2, 1);
    assertThat(natural.awaitPeek()).isEqualTo(1);
    for (int i = 1; i <= 3; i++) {
      assertThat(natural.get()).isEqualTo(i);
      assertThat(reversed.get()).isEqualTo(4 - i);
    }
  }

  @Test
  void shouldGiveTheLatestFirst() {
    LifoQueue<Integer> queue = new LifoQueue<>(9, List.of(1, 2, 3));
    assertThat(queue).containsExactly(3, 2, 1);
    assertThat(queue.awaitPeek()).isEqualTo(3);
    queue.remove((Object) 2);
    assertThat(queue.get()).isEqualTo(3);
    assertThat(queue.get()).isEqualTo(1);
  }

  @Test
  void shouldRemoveTheVeryItemThatAnIteratorGave() {
    String twice = "a";
    SimpleQueue<String> queue = new SimpleQueue<>(3, List.of(twice, "b", twice));
    Iterator<String> all = queue.iterator();
    all.next();
    all.next();
    all.next();
    all.remove();
    assertThat(queue).containsExactly("a", "b");
  }

  @Test
  void shouldNameTheQueueThatHasNoRoomAndTheOneThatIsEmpty() {
    SimpleQueue<String> queue = new SimpleQueue<>(1, List.of("a"));
    assertThatThrownBy(() -> queue.add("b")).isInstanceOf(Full.class).hasMessageContaining("for 1");
    queue.remove();
    assertThatThrownBy(queue::remove).isInstanceOf(Empty.class).hasMessageContaining("for 1");
    assertThatThrownBy(queue::element).isInstanceOf(Empty.class).hasMessageContaining("for 1");
  }
}
