package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One call for each of many, the results one by one. */
class IMapTest extends HubTest {
  private final Random random = new Random(4);

  private static List<Integer> range(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private static List<Integer> squares(int end) {
    return range(end).stream().map(each -> each * each).toList();
  }

  private static int square(int number) {
    return number * number;
  }

  private int squareSometime(int number) {
    Gevent.sleep(Duration.ofMillis(random.nextInt(5)));
    return number * number;
  }

  private static <A, B> IMap<B> imap(
      Group group, boolean ordered, Function<A, B> function, Iterable<A> items) {
    return ordered ? group.imap(function, items) : group.imapUnordered(function, items);
  }

  private static <B> List<B> all(IMap<B> results) {
    List<B> list = new ArrayList<>();
    results.forEachRemaining(list::add);
    return list;
  }

  // ---- results ----

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveResultsInTheOrderOfTheItems(Integer size) {
    Pool pool = Sizes.pool(size);
    assertThat(all(pool.imap(this::squareSometime, range(10)))).isEqualTo(squares(10));
    IMap<Integer> results = pool.imap(IMapTest::square, range(300));
    for (int i = 0; i < 300; i++) {
      assertThat(results.next()).isEqualTo(i * i);
    }
    assertThat(results.hasNext()).isFalse();
    assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
    pool.join();
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveAllResultsWithoutAnOrder(Integer size) {
    Pool pool = Sizes.pool(size);
    for (Function<Integer, Integer> function :
        List.<Function<Integer, Integer>>of(IMapTest::square, this::squareSometime)) {
      List<Integer> results = all(pool.imapUnordered(function, range(100)));
      Collections.sort(results);
      assertThat(results).isEqualTo(squares(100));
    }
    pool.join();
  }

  // gevent: test__pool.py test_imap_unordered_sleep
  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveUnorderedResultsAsTheyCome(Integer size) {
    Pool pool = Sizes.pool(size);
    List<Integer> results = new ArrayList<>();
    for (int result :
        pool.imapUnordered(
            (Integer each) -> {
              Gevent.sleep(SHORT.multipliedBy(each));
              return each;
            },
            List.of(8, 1, 3))) {
      results.add(result);
    }
    assertThat(results).isEqualTo(size != null && size == 1 ? List.of(8, 1, 3) : List.of(1, 3, 8));
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldGiveNothingForNothing(Integer size, boolean ordered) {
    IMap<Integer> results = imap(Sizes.pool(size), ordered, IMapTest::square, List.of());
    assertThat(results.hasNext()).isFalse();
    assertThat(results.hasNext()).isFalse();
    assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldGiveNulls(boolean ordered) {
    assertThat(all(imap(new Group(), ordered, each -> null, range(2)))).containsExactly(null, null);
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldGiveResultsWhileItWaitsForItems(Integer size, boolean ordered) {
    Event asked = new Event();
    Iterator<Integer> items =
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            if (next == 3) {
              asked.await();
            }
            return next < 3;
          }

          @Override
          public Integer next() {
            return next++;
          }
        };
    IMap<Integer> results = imap(Sizes.pool(size), ordered, IMapTest::square, () -> items);
    assertThat(List.of(results.next(), results.next(), results.next())).containsExactly(0, 1, 4);
    assertThat(results.ready()).isFalse();
    asked.set();
    assertThat(results.hasNext()).isFalse();
  }

  @Test
  void shouldGiveEachResultToOneOfSeveralReaders() {
    Pool pool = new Pool(3);
    for (int maxSize : new int[] {0, 1, 2}) {
      IMap<Integer> results = pool.imapUnordered(this::squareSometime, range(30), maxSize);
      List<Integer> seen = new ArrayList<>();
      List<Greenlet<?>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(Gevent.spawn(() -> results.forEachRemaining(seen::add)));
      }
      Gevent.joinAll(readers);
      Collections.sort(seen);
      assertThat(seen).isEqualTo(squares(30));
    }
  }

  @Test
  void shouldLetItBeWaitedForUntilAllAreSpawned() {
    Pool pool = new Pool(2);
    IMap<Integer> results = pool.imap(this::squareSometime, range(5));
    assertThat(Gevent.waitAll(List.of(results))).containsExactly(results);
    assertThat(results.ready()).isTrue();
    assertThat(all(results)).isEqualTo(squares(5));
  }

  // ---- bounds ----

  // gevent: test__pool.py test_imap_unordered_bounded_queue
  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldLookAheadOnlySoFar(Integer size, boolean ordered) {
    Pool pool = Sizes.pool(size);
    for (int maxSize = 1; maxSize <= 3; maxSize++) {
      int[] started = new int[1];
      Function<Integer, Integer> function =
          each -> {
            started[0]++;
            return each;
          };
      IMap<Integer> results =
          ordered
              ? pool.imap(function, range(20), maxSize)
              : pool.imapUnordered(function, range(20), maxSize);
      turns();
      turns();
      assertThat(started[0]).isEqualTo(maxSize);
      List<Integer> seen = new ArrayList<>();
      for (int result : results) {
        seen.add(result);
        turns();
        assertThat(started[0]).isEqualTo(Math.min(20, seen.size() + maxSize));
      }
      Collections.sort(seen);
      assertThat(seen).isEqualTo(range(20));
    }
    pool.join();
  }

  @Test
  void shouldRunAsManyAtATimeAsItMayLookAhead() {
    int[] running = new int[2];
    IMap<Integer> results =
        new Group()
            .imap(
                (Integer each) -> {
                  running[1] = Math.max(running[1], ++running[0]);
                  Gevent.sleep(Duration.ofMillis(1));
                  running[0]--;
                  return each;
                },
                range(20),
                3);
    assertThat(all(results)).isEqualTo(range(20));
    assertThat(running[1]).isEqualTo(4); // and the one that is asked for
  }

  @Test
  void shouldCountEachReaderThatAsks() {
    IMap<Integer> results = new Group().imap(this::squareSometime, range(10), 1);
    List<Greenlet<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      readers.add(Gevent.spawn(results::next));
    }
    Gevent.joinAll(readers);
    assertThat(readers).extracting(Greenlet::value).containsExactlyInAnyOrder(0, 1, 4, 9, 16);
    results.close();
  }

  @Test
  void shouldRefuseWrongArguments() {
    Group group = new Group();
    assertThatThrownBy(() -> group.imap(IMapTest::square, range(1), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> group.imapUnordered(IMapTest::square, range(1), -2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> group.imap(null, range(1))).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.imap(IMapTest::square, null))
        .isInstanceOf(NullPointerException.class);
  }
}
