package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results one by one: what becomes of failures and kills, and closing it early. */
class IMapEndTest extends HubTest {
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

  // ---- failures ----

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldThrowWhatTheFunctionThrowsInItsPlaceAndGoOn(Integer size, boolean ordered) {
    Pool pool = Sizes.pool(size);
    IOException failure = new IOException("of the test");
    IMap<Integer> results =
        imap(
            pool,
            ordered,
            each -> {
              if (each == 1) {
                throw raise(failure);
              }
              return each;
            },
            range(4));
    List<Object> seen = new ArrayList<>();
    while (results.hasNext()) {
      Throwable thrown = thrownBy(() -> seen.add(results.next()));
      if (thrown != null) {
        seen.add(thrown);
      }
    }
    assertThat(seen).containsExactly(0, failure, 2, 3);
    assertThat(takeThrown()).containsExactly(failure);
    pool.join();
  }

  @Test
  void shouldSayWhichWasKilled() {
    Pool pool = new Pool(3);
    Event[] gates = {new Event(), new Event(), new Event()};
    IMap<Integer> results =
        pool.imap(
            (Integer each) -> {
              gates[each].await();
              return each;
            },
            range(3));
    turns();
    Greenlet<?> second = (Greenlet<?>) List.copyOf(all(pool)).get(1);
    second.kill();
    gates[0].set();
    gates[2].set();
    assertThat(results.next()).isZero();
    assertThatThrownBy(results::next).isInstanceOf(CancellationException.class);
    assertThat(results.next()).isEqualTo(2);
    assertThat(results.hasNext()).isFalse();
  }

  private static <T> List<T> all(Iterable<T> items) {
    List<T> list = new ArrayList<>();
    items.forEach(list::add);
    return list;
  }

  /** Items that fail after so many; before the first, in iterator() itself. */
  private static Iterable<Integer> failingAfter(int count, Throwable failure) {
    return () -> {
      if (count == 0) {
        throw raise(failure);
      }
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return true;
        }

        @Override
        public Integer next() {
          if (next == count) {
            throw raise(failure);
          }
          return next++;
        }
      };
    };
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldThrowWhatTheItemsThrowAtTheStart(Integer size, boolean ordered) {
    IOException failure = new IOException("of the test");
    IMap<Integer> results =
        imap(Sizes.pool(size), ordered, IMapEndTest::square, failingAfter(0, failure));
    assertThat(results.hasNext()).isTrue();
    assertThat(thrownBy(results::next)).isSameAs(failure);
    assertThat(results.hasNext()).isFalse();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldThrowWhatTheItemsThrowBehindTheResultsOfThoseBefore(Integer size) {
    IOException failure = new IOException("of the test");
    IMap<Integer> results = Sizes.pool(size).imap(this::squareSometime, failingAfter(3, failure));
    assertThat(List.of(results.next(), results.next(), results.next())).containsExactly(0, 1, 4);
    assertThat(thrownBy(results::next)).isSameAs(failure);
    assertThat(results.hasNext()).isFalse();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldLoseNoUnorderedResultWhenTheItemsFail(Integer size) {
    IOException failure = new IOException("of the test");
    IMap<Integer> results =
        Sizes.pool(size).imapUnordered(this::squareSometime, failingAfter(3, failure));
    List<Object> seen = new ArrayList<>();
    while (results.hasNext()) {
      Throwable thrown = thrownBy(() -> seen.add(results.next()));
      if (thrown != null) {
        seen.add(thrown);
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 4, failure);
    assertThat(takeThrown()).containsExactly(failure);
  }

  // ---- ending it ----

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldSpawnNoMoreOnceItIsClosed(boolean ordered) {
    Pool pool = new Pool(1);
    List<Integer> started = new ArrayList<>();
    Function<Integer, Integer> function =
        each -> {
          started.add(each);
          Gevent.sleep(SHORT);
          return each;
        };
    try (IMap<Integer> results = imap(pool, ordered, function, range(10))) {
      assertThat(results.next()).isZero();
      results.close();
      assertThat(results.hasNext()).isFalse();
      assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
    }
    int before = started.size();
    pool.join();
    turns();
    assertThat(started).hasSizeLessThanOrEqualTo(Math.max(before, 2));
    assertThat(pool.freeCount()).isEqualTo(1);
  }

  @Test
  void shouldSpawnNothingWhenItIsClosedAtOnce() {
    List<Integer> started = new ArrayList<>();
    IMap<Boolean> results = new Group().imap(started::add, range(3));
    results.close();
    turns();
    assertThat(started).isEmpty();
    assertThat(results.hasNext()).isFalse();
    assertThat(results.isCancelled()).isTrue();
  }

  @Test
  void shouldLetWhoWaitsGoWhenItIsClosed() {
    Group group = new Group();
    IMap<Integer> results =
        group.imap(
            (Integer each) -> {
              Gevent.sleep(LONG);
              return each;
            },
            range(1));
    Greenlet<Boolean> reader = Gevent.spawn(results::hasNext);
    turns();
    results.close();
    assertThat(reader.join(LONG)).isTrue();
    assertThat(reader.value()).isFalse();
    assertThat(group.size()).isEqualTo(1);
    group.kill();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldSayThatItWasKilled(boolean before) {
    Pool pool = new Pool(1);
    IMap<Integer> results = pool.imap(this::squareSometime, range(5));
    if (before) {
      results.kill();
    } else {
      assertThat(results.next()).isZero();
      results.kill();
      assertThat(results.next()).isEqualTo(1);
    }
    assertThatThrownBy(results::next).isInstanceOf(CancellationException.class);
    assertThat(results.hasNext()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#ordered")
  void shouldLoseNoResultToATimeoutOfTheReader(Integer size, boolean ordered) {
    Pool pool = Sizes.pool(size);
    IMap<Integer> results = imap(pool, ordered, this::squareSometime, range(20));
    List<Integer> seen = new ArrayList<>();
    int timeouts = 0;
    for (boolean more = true; more; ) {
      Timeout timeout = Timeout.startNew(Duration.ofNanos(300_000));
      try {
        more = results.hasNext();
        if (more) {
          seen.add(results.next());
        }
      } catch (Timeout thrown) {
        assertThat((Throwable) thrown).isSameAs(timeout);
        timeouts++;
      } finally {
        timeout.close();
      }
    }
    Collections.sort(seen);
    assertThat(seen).isEqualTo(squares(20));
    assertThat(timeouts).isPositive();
  }
}
