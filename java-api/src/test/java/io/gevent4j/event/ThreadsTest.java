package io.gevent4j.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import io.gevent4j.waiting.Others;
import io.gevent4j.waiting.Others.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Set in one thread, waited for in others. gevent: {@code TestEventThreads}. */
class ThreadsTest extends HubTest {
  static Stream<Arguments> pairs() {
    return Stream.of(Kind.values())
        .flatMap(setter -> Stream.of(Kind.values()).map(waiter -> Arguments.of(setter, waiter)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void shouldWakeWhoeverWaits(Kind setter, Kind waiter) {
    for (Duration limit : new Duration[] {null, LONG}) {
      Event event = new Event();
      AsyncResult<String> result = new AsyncResult<>();
      Event back = new Event();
      try (Others others = new Others()) {
        others.start(
            waiter,
            () -> {
              assertThat(event.await(limit)).isTrue();
              back.set();
              assertThat(result.get(limit)).isEqualTo("value");
            });
        others.start(
            setter,
            () -> {
              event.set();
              assertThat(back.await(limit)).isTrue();
              result.set("value");
            });
      }
      assertThat(event.linkCount() + result.linkCount() + back.linkCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldWakeAllOfAllHubsInTheOrderOfEach(Kind setter) {
    Event event = new Event();
    List<List<Integer>> orders = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    try (Others others = new Others()) {
      for (int hub = 0; hub < 3; hub++) {
        List<Integer> order = new ArrayList<>();
        orders.add(order);
        others.start(
            hub == 0 ? Kind.GREENLET : Kind.MAIN,
            () -> {
              List<Greenlet<Void>> waiting = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                int name = i;
                waiting.add(
                    Gevent.spawn(
                        () -> {
                          event.await();
                          order.add(name);
                          told.incrementAndGet();
                        }));
              }
              Gevent.joinAll(waiting);
            });
      }
      Others.until("all wait", () -> event.linkCount() == 60);
      others.start(
          setter,
          () -> {
            event.set();
            event.clear();
          });
    }
    assertThat(told.get()).isEqualTo(60);
    assertThat(orders).allMatch(order -> order.equals(orders.get(0)) && order.get(19) == 19);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldCallALinkWhereItWasMade(Kind setter) throws Exception {
    Event event = new Event();
    CountDownLatch called = new CountDownLatch(1);
    Thread[] caller = new Thread[1];
    Thread[] expected = new Thread[1];
    io.gevent4j.Hub.get()
        .loop()
        .runCallback(() -> expected[0] = Thread.currentThread()); // where callbacks are run
    event.rawLink(
        source -> {
          caller[0] = Thread.currentThread();
          called.countDown();
        });
    turn();
    try (Others others = new Others()) {
      others.start(setter, event::set);
      Others.until("it is called", () -> called.getCount() == 0);
    }
    assertThat(caller[0]).isSameAs(expected[0]);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldCallALinkThatWasMadeWithoutAHub(Kind setter) {
    Event event = new Event();
    CountDownLatch called = new CountDownLatch(1);
    try (Others others = new Others()) {
      others.start(Kind.PLAIN, () -> event.rawLink(source -> called.countDown()));
      others.join();
      others.start(setter, event::set);
      Others.until("it is called", () -> called.getCount() == 0);
    }
  }

  // gevent: a timed wait in another thread
  @ParameterizedTest
  @EnumSource(Kind.class)
  void shouldEndWhenTheTimeIsUp(Kind waiter) {
    Event event = new Event();
    try (Others others = new Others()) {
      others.start(
          waiter,
          () -> {
            long start = System.nanoTime();
            assertThat(event.await(SHORT)).isFalse();
            assertThat(event.await(Duration.ZERO)).isFalse();
            assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos() / 2);
          });
    }
    assertThat(event.linkCount()).isZero();
  }

  /** Each waits for the one before: a lost wake-up is a hang. */
  @ParameterizedTest
  @MethodSource("pairs")
  void shouldLoseNoWakeUpInARelay(Kind first, Kind second) {
    int rounds = 300 * Others.soak();
    List<Event> there = new ArrayList<>();
    List<Event> back = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      there.add(new Event());
      back.add(new Event());
    }
    try (Others others = new Others()) {
      others.start(
          first,
          () -> {
            for (int i = 0; i < rounds; i++) {
              there.get(i).set();
              back.get(i).await();
            }
          });
      others.start(
          second,
          () -> {
            for (int i = 0; i < rounds; i++) {
              assertThat(there.get(i).await(LONG)).isTrue();
              back.get(i).set();
            }
          });
    }
  }

  @Test
  void shouldWakeEachOfManyThreadsAtOnce() {
    for (int round = 0; round < 20; round++) {
      AsyncResult<Integer> result = new AsyncResult<>();
      AtomicInteger sum = new AtomicInteger();
      try (Others others = new Others()) {
        for (Kind kind : Kind.values()) {
          others.start(kind, () -> sum.addAndGet(result.get()));
          others.start(kind, () -> sum.addAndGet(result.await()));
        }
        result.set(1);
      }
      assertThat(sum.get()).isEqualTo(2 * Kind.values().length);
    }
  }
}
