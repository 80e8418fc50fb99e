package io.gevent4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.event.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One call, in a group or a pool. */
class ApplyTest extends HubTest {
  private final List<Object> seen = new ArrayList<>();

  private static int squareAfter(int number, Duration pause) {
    Gevent.sleep(pause);
    return number * number;
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldReturnWhatTheCallReturns(Integer size) throws Exception {
    Pool pool = Sizes.pool(size);
    for (int i = 0; i < 5; i++) {
      int number = i;
      assertThat(pool.<Integer>apply(() -> squareAfter(number, Duration.ZERO))).isEqualTo(i * i);
    }
    assertThat(pool.<Object>apply(() -> null)).isNull();
    pool.join();
  }

  // gevent: test__pool.py test_apply_raises
  @Test
  void shouldThrowWhatTheCallThrowsAsItWas() {
    IOException failure = new IOException("of the test");
    Pool pool = new Pool(1);
    assertThat(
            thrownBy(
                () ->
                    pool.apply(
                        () -> {
                          throw failure;
                        })))
        .isSameAs(failure);
    assertThat(takeThrown()).containsExactly(failure);
    pool.join();
    assertThat(pool.freeCount()).isEqualTo(1);
  }

  @Test
  void shouldSayThatTheCallWasKilled() {
    Group group = new Group();
    Gevent.spawn(() -> group.kill());
    assertThatThrownBy(() -> group.apply(() -> squareAfter(1, LONG)))
        .isInstanceOf(CancellationException.class)
        .hasRootCauseMessage("killed");
  }

  // gevent: test__pool.py test_reentrant
  @Test
  void shouldCallAtOnceWhenTheCallerIsAMember() throws Exception {
    Pool pool = new Pool(1);
    Object same = pool.apply(() -> pool.apply(Gevent::getCurrent) == Gevent.getCurrent());
    assertThat(same).isEqualTo(true);
    Event event = new Event();
    pool.applyAsync(
        () -> {
          event.set();
          return null;
        });
    assertThat(event.await(LONG)).isTrue();
    pool.join();
  }

  @Test
  void shouldNotCallAtOnceWhenTheCallerIsAMemberOfAnother() throws Exception {
    Group outer = new Group();
    Group inner = new Group();
    assertThat(outer.<Integer>apply(() -> inner.<Integer>apply(inner::size))).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveAGreenletThatCalls(Integer size) throws Exception {
    Pool pool = Sizes.pool(size);
    Greenlet<Integer> result = pool.applyAsync(() -> squareAfter(7, SHORT));
    assertThat(result.ready()).isFalse();
    long start = System.nanoTime();
    assertThat(result.get()).isEqualTo(49);
    assertThat(System.nanoTime() - start).isGreaterThan(SHORT.toNanos() / 2);
    pool.join();
  }

  // gevent: test__pool.py test_async_timeout
  @Test
  void shouldLetWhoeverGetsTheResultHaveATimeoutOfHisOwn() {
    Pool pool = new Pool(1);
    Greenlet<Integer> result = pool.applyAsync(() -> squareAfter(6, SHORT.multipliedBy(5)));
    assertThatThrownBy(() -> result.get(SHORT)).isInstanceOf(TimeoutException.class);
    pool.join();
    assertThat(result.value()).isEqualTo(36);
  }

  // gevent: test__pool.py test_async_callback
  @ParameterizedTest
  @MethodSource("io.gevent4j.pool.Sizes#all")
  void shouldGiveTheResultToTheCallback(Integer size) throws Exception {
    Pool pool = Sizes.pool(size);
    Greenlet<Integer> result = pool.applyAsync(() -> squareAfter(7, SHORT), seen::add);
    assertThat(result.get()).isEqualTo(49);
    turns();
    assertThat(seen).containsExactly(49);
  }

  @Test
  void shouldGiveTheResultToTheCallbackThoughThePoolIsFull() throws Exception {
    Pool pool = new Pool(1);
    pool.spawn(() -> Gevent.sleep(SHORT));
    Greenlet<Integer> result = pool.applyAsync(() -> squareAfter(7, SHORT), seen::add);
    assertThat(pool.contains(result)).isFalse();
    assertThat(result.get()).isEqualTo(49);
    turns();
    assertThat(seen).containsExactly(49);
  }

  @Test
  void shouldNotCallTheCallbackWithoutAResult() {
    Group group = new Group();
    IOException failure = new IOException("of the test");
    group.applyAsync(
        () -> {
          throw failure;
        },
        seen::add);
    Greenlet<Integer> killed = group.applyAsync(() -> squareAfter(1, LONG), seen::add);
    turn();
    killed.kill();
    turns();
    assertThat(seen).isEmpty();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldLetTheCallbackWait() throws Exception {
    Group group = new Group();
    int result =
        group.applyCallback(
            () -> squareAfter(3, SHORT),
            value -> {
              Gevent.sleep(SHORT);
              seen.add(value);
            });
    assertThat(result).isEqualTo(9);
    assertThat(seen).isEmpty();
    assertThat(group).isEmpty();
    Gevent.waitAll();
    assertThat(seen).containsExactly(9);
  }

  @Test
  void shouldReportWhatTheCallbackThrows() throws Exception {
    Group group = new Group();
    IllegalStateException failure = new IllegalStateException("of the test");
    Greenlet<Integer> result =
        group.applyAsync(
            () -> 1,
            value -> {
              throw failure;
            });
    assertThat(result.get()).isEqualTo(1);
    turns();
    assertThat(takeThrown()).containsExactly(failure);
  }

  @Test
  void shouldRefuseNull() {
    Group group = new Group();
    assertThatThrownBy(() -> group.apply(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.applyAsync(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.applyAsync(() -> 1, null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> group.applyCallback(() -> 1, null))
        .isInstanceOf(NullPointerException.class);
    assertThat(group).isEmpty();
  }
}
