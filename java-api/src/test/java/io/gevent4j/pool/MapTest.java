package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.Timeout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One call for each of many, all results at once. */
class MapTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private static List<Integer> range(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private static List<Integer> squares(int end) {
    return range(end).stream().map(each -> each * each).toList();
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveTheResultsInTheOrderOfTheItems(Integer size) {
    Pool pool = Sizes.pool(size);
    assertThat(pool.map(each -> each * each, range(10))).isEqualTo(squares(10));
    assertThat(
            pool.map(
                each -> {
                  Gevent.sleep(Duration.ofMillis(each * 7 % 5));
                  return each * each;
                },
                range(50)))
        .isEqualTo(squares(50));
    pool.join();
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveNothingForNothing(Integer size) {
    assertThat(Sizes.pool(size).map(each -> each, List.of())).isEmpty();
  }

  @Test
  void shouldGiveNulls() {
    assertThat(new Group().map(each -> null, range(2))).containsExactly(null, null);
  }

  @Test
  void shouldThrowTheFirstFailureInTheOrderOfTheItemsAndLetTheOthersGoOn() {
    IOException failure = new IOException("of the test");
    Pool pool = new Pool(2);
    Throwable thrown =
        thrownBy(
            () ->
                pool.map(
                    each -> {
                      Gevent.sleep(Duration.ofMillis(10 - each));
                      seen.add(each);
                      if (each == 1) {
                        throw raise(failure);
                      }
                      if (each == 2) {
                        throw new IllegalStateException("a later one");
                      }
                      return each;
                    },
                    range(4)));
    assertThat(thrown).isSameAs(failure);
    pool.join();
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(takeThrown()).hasSize(2).contains(failure);
  }

  @Test
  void shouldSayThatOneWasKilled() {
    Group group = new Group();
    Gevent.spawn(() -> group.kill());
    assertThatThrownBy(
            () ->
                group.map(
                    each -> {
                      Gevent.sleep(LONG);
                      return each;
                    },
                    range(3)))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void shouldSpawnNoMoreOnceItsCallerIsKilled() {
    Pool pool = new Pool(1);
    Timeout outer = new Timeout(SHORT);
    assertThat(
            thrownBy(
                () ->
                    outer.run(
                        () ->
                            pool.map(
                                each -> {
                                  seen.add(each);
                                  Gevent.sleep(SHORT.multipliedBy(3));
                                  return each;
                                },
                                range(5)))))
        .isSameAs(outer);
    pool.join();
    turns();
    assertThat(seen).containsExactly(0);
  }

  @Test
  void shouldCallBackWithTheResults() {
    Group group = new Group();
    List<Integer> results = group.mapCallback(each -> each * each, range(3), seen::add);
    assertThat(results).containsExactly(0, 1, 4);
    assertThat(seen).containsExactly(results);
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldMapInAGreenletThatIsNoMember(Integer size) throws Exception {
    Pool pool = Sizes.pool(size);
    Greenlet<List<Integer>> results = pool.mapAsync(each -> each * each, range(10));
    assertThat(pool).isEmpty();
    assertThat(results.get()).isEqualTo(squares(10));
    Greenlet<List<Integer>> others = pool.mapAsync(each -> each + 1, range(2), seen::addAll);
    assertThat(others.get()).containsExactly(1, 2);
    assertThat(seen).containsExactly(1, 2);
    pool.join();
  }

  @Test
  void shouldRefuseNull() {
    Group group = new Group();
    assertThatThrownBy(() -> group.map(null, range(1))).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.map(each -> each, null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.mapAsync(null, range(1)))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.mapAsync(each -> each, null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.mapCallback(each -> each, range(1), null))
        .isInstanceOf(NullPointerException.class);
    assertThat(group).isEmpty();
  }
}
