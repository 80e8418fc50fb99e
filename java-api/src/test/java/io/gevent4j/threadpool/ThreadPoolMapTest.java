package io.gevent4j.threadpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Linkable;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import io.gevent4j.pool.IMap;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions over many items, in the threads of pools of several sizes. */
class ThreadPoolMapTest extends PoolTest {
  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static List<Integer> squares(int count) {
    return IntStream.range(0, count).mapToObj(i -> i * i).toList();
  }

  private static int square(int number) {
    assertThat(isInPool()).isTrue();
    return number * number;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10})
  void shouldMapInTheOrderOfTheItems(int size) throws Exception {
    try (ThreadPool pool = new ThreadPool(size)) {
      assertThat(pool.map(ThreadPoolMapTest::square, numbers(30))).isEqualTo(squares(30));
      assertThat(pool.mapAsync(ThreadPoolMapTest::square, numbers(30)).get())
          .isEqualTo(squares(30));
      List<Object> told = new ArrayList<>();
      pool.mapCallback(ThreadPoolMapTest::square, numbers(3), told::add);
      pool.mapAsync(ThreadPoolMapTest::square, numbers(4), told::add).get();
      assertThat(told).containsExactly(squares(3), squares(4));
      assertThat(pool.map(ThreadPoolMapTest::square, List.<Integer>of())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10})
  void shouldGiveOneAfterTheOther(int size) throws Exception {
    try (ThreadPool pool = new ThreadPool(size)) {
      List<Integer> ordered = new ArrayList<>();
      pool.imap(ThreadPoolMapTest::square, numbers(30)).forEach(ordered::add);
      assertThat(ordered).isEqualTo(squares(30));
      List<Integer> unordered = new ArrayList<>();
      pool.imapUnordered(ThreadPoolMapTest::square, numbers(30)).forEach(unordered::add);
      assertThat(unordered).containsExactlyInAnyOrderElementsOf(squares(30));
      Iterator<Integer> none = pool.imap(ThreadPoolMapTest::square, List.<Integer>of());
      assertThat(none.hasNext()).isFalse();
      assertThat(thrownBy(none::next)).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void shouldGiveWhatIsReadyFirst() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      Gate gate = new Gate();
      IMap<String> map =
          pool.imapUnordered(
              each -> {
                if (each.equals("slow")) {
                  gate.pass();
                }
                return each;
              },
              List.of("slow", "fast"));
      assertThat(map.next()).isEqualTo("fast");
      gate.open();
      assertThat(map.next()).isEqualTo("slow");
      assertThat(map.hasNext()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void shouldNotTakeMoreItemsAheadThanItMay(int maxSize) throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      for (boolean ordered : new boolean[] {true, false}) {
        AtomicInteger begun = new AtomicInteger();
        IMap<Integer> map =
            ordered
                ? pool.imap(each -> begun.incrementAndGet(), numbers(20), maxSize)
                : pool.imapUnordered(each -> begun.incrementAndGet(), numbers(20), maxSize);
        for (int taken = 0; taken < 20; taken++) {
          Gevent.sleep(0.002);
          assertThat(begun.get()).isLessThanOrEqualTo(taken + maxSize);
          map.next();
        }
        assertThat(map.hasNext()).isFalse();
      }
    }
  }

  @Test
  void shouldThrowWhatItemsFailedWithAndGoOn() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      IllegalStateException cause = new IllegalStateException("of the test");
      IMap<Integer> map =
          pool.imap(
              each -> {
                if (each == 1) {
                  throw cause;
                }
                return each;
              },
              numbers(3));
      assertThat(map.next()).isEqualTo(0);
      assertThat(thrownBy(map::next)).isSameAs(cause);
      assertThat(map.next()).isEqualTo(2);
      assertThat(map.hasNext()).isFalse();
      assertThat(takeThrown()).containsExactly(cause);
      assertThat(thrownBy(() -> pool.map(each -> raise(cause), numbers(1)))).isSameAs(cause);
      assertThat(takeThrown()).containsExactly(cause);
    }
  }

  @Test
  void shouldThrowLastWhatTakingAnItemThrew() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      IllegalStateException cause = new IllegalStateException("of the test");
      Iterable<Integer> items =
          () ->
              numbers(3).stream()
                  .peek(
                      each -> {
                        if (each == 2) {
                          throw cause;
                        }
                      })
                  .iterator();
      IMap<Integer> map = pool.imap(ThreadPoolMapTest::square, items);
      assertThat(List.of(map.next(), map.next())).containsExactly(0, 1);
      assertThat(map.hasNext()).isTrue();
      assertThat(thrownBy(map::next)).isSameAs(cause);
      assertThat(map.hasNext()).isFalse();
      assertThat(takeThrown()).containsExactly(cause);
    }
  }

  @Test
  void shouldTakeNoMoreItemsWhenItIsClosed() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      AtomicInteger begun = new AtomicInteger();
      IMap<Integer> map = pool.imap(each -> begun.incrementAndGet(), numbers(100), 2);
      map.next();
      map.close();
      map.close();
      pool.join();
      int before = begun.get();
      Gevent.sleep(SHORT);
      assertThat(begun.get()).isEqualTo(before).isLessThan(100);
      assertThat(map.hasNext()).isFalse();
    }
  }

  @Test
  void shouldNotKeepItemsOrResultsThatWereTaken() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      for (boolean ordered : new boolean[] {true, false}) {
        List<WeakReference<Object>> references = new ArrayList<>();
        Iterable<Object> items =
            () ->
                IntStream.range(0, 10)
                    .mapToObj(
                        i -> {
                          Object item = new Object();
                          references.add(new WeakReference<>(item));
                          return item;
                        })
                    .iterator();
        IMap<Object> map =
            ordered ? pool.imap(List::of, items) : pool.imapUnordered(List::of, items);
        while (map.hasNext()) {
          references.add(new WeakReference<>(map.next()));
        }
        assertThat(references).hasSize(20);
        untilFreed(references);
        assertThat(map.hasNext()).isFalse();
      }
    }
  }

  // ---- apply ----

  @Test
  void shouldApplyInItsVariants() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      List<Object> told = new ArrayList<>();
      assertThat(pool.applyCallback(() -> "value", told::add)).isEqualTo("value");
      assertThat(pool.applyAsync(() -> "async").get()).isEqualTo("async");
      assertThat(pool.applyAsync(() -> "told", told::add).get()).isEqualTo("told");
      assertThat(told).containsExactly("value", "told");
      IOException cause = new IOException("of the test");
      assertThat(thrownBy(() -> pool.applyCallback(() -> raise(cause), told::add))).isSameAs(cause);
      Greenlet<Object> failing = pool.applyAsync(() -> raise(cause), told::add);
      failing.join();
      assertThat(failing.exception()).isSameAs(cause);
      assertThat(told).hasSize(2);
      assertThat(takeThrown()).as("each task, and the greenlet").containsOnly(cause).hasSize(3);
    }
  }

  @Test
  void shouldNotWaitToApplyAsyncWhenAllAreBusy() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      List<Greenlet<?>> greenlets = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        greenlets.add(
            pool.applyAsync(
                () -> {
                  gate.pass();
                  return null;
                }));
      }
      turns();
      assertThat(greenlets).noneMatch(Greenlet::ready);
      gate.open();
      Gevent.joinAll(greenlets);
    }
  }

  // ---- in company ----

  @Test
  void shouldBeWaitedForTogetherWithOthers() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      Gate gate = new Gate();
      AsyncResult<Void> slow = pool.spawn(gate::pass);
      AsyncResult<String> fast = pool.spawn(() -> "fast");
      Greenlet<Void> greenlet = Gevent.spawn(() -> {});
      Event event = new Event();
      Gevent.spawn(event::set);
      List<Linkable> all = List.of(slow, fast, greenlet, event);
      assertThat(Gevent.waitAll(all, null, 3)).containsExactlyInAnyOrder(fast, greenlet, event);
      gate.open();
      assertThat(Gevent.waitAll(all)).hasSize(4);
    }
  }
}
