package io.gevent4j.threadpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.LoopExit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many threads a pool has, and may have, changed while it works. */
class ThreadPoolSizeTest extends PoolTest {
  @Test
  void shouldHaveSoManyThreadsAsItsSizeIsSetTo() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      assertThat(pool.size()).isZero();
      for (int size : new int[] {1, 2, 1, 0, 2, 0}) {
        pool.setSize(size);
        assertThat(pool.size()).isEqualTo(size);
      }
      assertThat(thrownBy(() -> pool.setSize(3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3");
      assertThat(pool.apply(() -> "value")).isEqualTo("value");
    }
  }

  @Test
  void shouldNotChangeItsSizeByTasksThatFindAThread() throws Exception {
    try (ThreadPool pool = new ThreadPool(3)) {
      pool.setSize(2);
      pool.apply(() -> null);
      pool.map(each -> each, List.of(1, 2));
      assertThat(pool.size()).isEqualTo(2);
    }
  }

  @Test
  void shouldStartWhatWaitsWhenMaxSizeIsRaisedFromZero() throws Exception {
    try (ThreadPool pool = new ThreadPool(0)) {
      List<Integer> done = Collections.synchronizedList(new ArrayList<>());
      List<Greenlet<?>> spawners = new ArrayList<>();
      for (int number : new int[] {1, 2, 3}) {
        spawners.add(Gevent.spawn(() -> pool.spawn(() -> done.add(number))));
      }
      Gevent.sleep(SHORT);
      assertThat(done).isEmpty();
      assertThat(pool.size()).isZero();
      pool.setMaxSize(1);
      Gevent.joinAll(spawners);
      pool.join();
      assertThat(done).containsExactly(1, 2, 3);
      assertThat(pool.size()).isEqualTo(1);
    }
  }

  @Test
  void shouldFindThatATaskNoThreadMayRunIsNotUnderWay() throws Exception {
    try (ThreadPool pool = new ThreadPool(0)) {
      assertThat(thrownBy(() -> pool.spawn(() -> "never").get())).isInstanceOf(LoopExit.class);
      assertThat(thrownBy(() -> pool.spawn(() -> "never"))).isInstanceOf(LoopExit.class);
      assertThat(pool.taskCount()).isEqualTo(1);
      pool.setMaxSize(1);
      pool.join();
    }
  }

  @Test
  void shouldRunMoreAtTheSameTimeWhenMaxSizeIsRaised() throws Exception {
    try (ThreadPool pool = new ThreadPool(1)) {
      Gate gate = new Gate();
      AtomicInteger inside = new AtomicInteger();
      Runnable enter =
          () -> {
            inside.incrementAndGet();
            gate.pass();
          };
      for (int i = 0; i < 4; i++) {
        Gevent.spawn(() -> pool.spawn(enter));
      }
      until(() -> inside.get() == 1, "the first task to begin");
      Gevent.sleep(SHORT);
      assertThat(inside.get()).isEqualTo(1);
      pool.setMaxSize(3);
      until(() -> inside.get() == 3, "two more to begin");
      Gevent.sleep(SHORT);
      assertThat(inside.get()).isEqualTo(3);
      assertThat(pool.size()).isEqualTo(3);
      gate.open();
      pool.join();
      assertThat(inside.get()).isEqualTo(4);
    }
  }

  @Test
  void shouldEndThreadsThatAreTooManyWhenMaxSizeIsLowered() throws Exception {
    try (ThreadPool pool = new ThreadPool(3)) {
      Gate first = new Gate();
      Gate others = new Gate();
      pool.spawn(first::pass);
      pool.spawn(others::pass);
      pool.spawn(others::pass);
      assertThat(pool.size()).isEqualTo(3);
      pool.setMaxSize(1);
      assertThat(pool.maxSize()).isEqualTo(1);
      assertThat(pool.size()).as("they are busy").isEqualTo(3);
      others.open();
      until(() -> pool.size() == 1, "two of them to end");
      first.open();
      pool.join();
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      pool.map(
          each -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            return inside.decrementAndGet();
          },
          List.of(1, 2, 3, 4, 5, 6));
      assertThat(most.get()).isEqualTo(1);
      assertThat(pool.size()).isEqualTo(1);
    }
  }

  @Test
  void shouldHaveNoThreadsLeftWhenMaxSizeIsSetToZero() throws Exception {
    try (ThreadPool pool = new ThreadPool(3)) {
      Gate gate = new Gate();
      for (int i = 0; i < 4; i++) {
        pool.spawn(gate::pass);
      }
      pool.setMaxSize(0);
      gate.open();
      pool.join();
      until(() -> pool.size() == 0, "the threads to end");
      pool.setMaxSize(2);
      assertThat(pool.apply(() -> "value")).isEqualTo("value");
    }
  }

  @Test
  void shouldHoldBackSpawnersUntilThePlacesTakenAwayAreFree() throws Exception {
    try (ThreadPool pool = new ThreadPool(3)) {
      Gate gate = new Gate();
      for (int i = 0; i < 4; i++) {
        pool.spawn(gate::pass);
      }
      pool.setMaxSize(1);
      Greenlet<Object> spawner = Gevent.spawn(() -> pool.spawn(() -> "value").get());
      Gevent.sleep(SHORT);
      assertThat(spawner.ready()).isFalse();
      gate.open();
      assertThat(spawner.join(LONG)).isTrue();
      for (int i = 0; i < 10; i++) {
        assertThat(pool.apply(() -> "value")).isEqualTo("value");
      }
    }
  }

  @Test
  void shouldStayConsistentWhateverIsSetWhileItWorks() throws Exception {
    try (ThreadPool pool = new ThreadPool(2)) {
      AtomicInteger done = new AtomicInteger();
      List<Greenlet<?>> spawners = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        spawners.add(Gevent.spawn(() -> pool.spawn(done::incrementAndGet).await()));
      }
      int[] sizes = {5, 1, 0, 3, 0, 2, 4, 1, 7, 0, 1};
      for (int size : sizes) {
        pool.setMaxSize(size);
        Gevent.sleep(0.001);
      }
      Gevent.joinAll(spawners);
      pool.join();
      assertThat(done.get()).isEqualTo(60);
      until(() -> pool.size() <= 1, "the others to end");
      Gate gate = new Gate();
      pool.spawn(gate::pass);
      pool.spawn(gate::pass);
      Greenlet<Object> third = Gevent.spawn(() -> pool.spawn(gate::pass));
      turns();
      assertThat(third.ready()).as("there are as many places as at first").isFalse();
      gate.open();
    }
  }

  @Test
  void shouldBeMadeAtOnceHoweverLarge() throws Exception {
    try (ThreadPool pool = new ThreadPool(Integer.MAX_VALUE)) {
      assertThat(pool.spawn(() -> 1).get()).isEqualTo(1);
    }
  }
}
