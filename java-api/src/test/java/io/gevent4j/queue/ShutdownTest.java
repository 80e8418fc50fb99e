package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A queue that was shut down gives what it has, and refuses the rest. */
class ShutdownTest extends Recorded {
  private static List<Queue<Integer>> kinds(int maxSize) {
    return List.of(new Queue<>(maxSize), new LifoQueue<>(maxSize), new PriorityQueue<>(maxSize));
  }

  private Greenlet<Void> getter(Queue<Integer> queue, String name) {
    return spawn(name, () -> record(name + "-" + queue.get()));
  }

  private static void assertRefused(Queue<Integer> queue, Body... uses) {
    for (Body use : uses) {
      assertThat(thrownBy(use)).isInstanceOf(ShutDown.class).hasMessageContaining(queue.name());
    }
  }

  // gevent: test__queue.py test_shutdown_all_methods_in_one_thread
  @Test
  void shouldRefuseEveryPut() {
    for (Queue<Integer> queue : kinds(4)) {
      queue.put(1);
      queue.shutdown();
      assertRefused(
          queue,
          () -> queue.put(2),
          () -> queue.put(2, LONG),
          () -> queue.put(2, 1.0),
          () -> queue.putNowait(2),
          () -> queue.offer(2),
          () -> queue.add(2),
          () -> queue.addAll(List.of(2)),
          () -> queue.offer(2, 1, TimeUnit.HOURS));
      assertThat(queue).containsExactly(1);
    }
  }

  @Test
  void shouldRefusePutsEvenWhenFull() {
    Queue<Integer> queue = new Queue<>(1, List.of(1));
    queue.shutdown();
    assertRefused(queue, () -> queue.put(2), () -> queue.offer(2), () -> queue.put(2, LONG));
  }

  @Test
  void shouldGiveWhatItHasAndThenRefuse() throws Exception {
    for (Queue<Integer> queue : kinds(4)) {
      queue.addAll(List.of(1, 1, 1));
      queue.shutdown();
      assertThat(queue.awaitPeek()).isEqualTo(1);
      assertThat(queue.get()).isEqualTo(1);
      assertThat(queue.take()).isEqualTo(1);
      assertThat(queue.poll(1, TimeUnit.HOURS)).isEqualTo(1);
      assertRefused(
          queue,
          queue::get,
          () -> queue.get(LONG),
          queue::getNowait,
          queue::take,
          queue::awaitPeek,
          () -> queue.poll(1, TimeUnit.HOURS));
      assertThat(queue.poll()).isNull();
      assertThat(queue.peek()).isNull();
    }
  }

  // gevent: test__queue.py test_shutdown_immediate_all_methods_in_one_thread
  @Test
  void shouldForgetWhatItHasWhenShutDownAtOnce() {
    for (Queue<Integer> queue : kinds(4)) {
      queue.addAll(List.of(1, 2));
      queue.shutdown(true);
      assertThat(queue).isEmpty();
      assertThat(queue.unfinishedTasks()).isZero();
      assertRefused(queue, queue::get, queue::getNowait, () -> queue.put(1));
      assertThat(queue.join(SHORT)).isTrue();
    }
  }

  // gevent: test__queue.py test_shutdown_get, test_shutdown_put
  @Test
  void shouldEndTheWaitOfAll() {
    for (boolean immediate : new boolean[] {false, true}) {
      Queue<Integer> empty = new Queue<>(1);
      Queue<Integer> full = new Queue<>(1, List.of(7));
      List<Greenlet<Void>> all = each("ab", name -> getter(empty, name));
      all.add(spawn("c", empty::awaitPeek));
      all.addAll(each("de", name -> spawn(name, () -> full.put(8))));
      turn();
      empty.shutdown(immediate);
      full.shutdown(immediate);
      Gevent.joinAll(all);
      assertHappened("a:ShutDown b:ShutDown c:ShutDown d:ShutDown e:ShutDown");
      assertThat(full.size()).isEqualTo(immediate ? 0 : 1);
    }
  }

  @Test
  void shouldGiveTheLastItemToWhoWasToldAndRefuseThoseBehind() {
    Queue<Integer> queue = new Queue<>();
    List<Greenlet<Void>> getters = each("abc", name -> getter(queue, name));
    turn();
    queue.put(1);
    queue.shutdown();
    Gevent.joinAll(getters);
    assertHappened("a-1 b:ShutDown c:ShutDown");
  }

  @Test
  void shouldRefuseAllWhoWaitWhenSomebodyElseTakesTheLastItem() {
    Queue<Integer> queue = new Queue<>();
    List<Greenlet<Void>> getters = each("ab", name -> getter(queue, name));
    getters.add(spawn("p", () -> record("p sees " + queue.awaitPeek())));
    turn();
    queue.put(1);
    queue.shutdown();
    assertThat(queue.poll()).isEqualTo(1);
    Gevent.joinAll(getters);
    assertHappened("a:ShutDown b:ShutDown p:ShutDown");
  }

  @Test
  void shouldShowTheLastItemToWhoPeeks() {
    Queue<Integer> queue = new Queue<>();
    List<Greenlet<Void>> all =
        each("pq", name -> spawn(name, () -> record(name + " sees " + queue.awaitPeek())));
    all.add(getter(queue, "a"));
    all.add(spawn("r", () -> record("r sees " + queue.awaitPeek())));
    turn();
    queue.put(1);
    queue.shutdown();
    Gevent.joinAll(all);
    assertHappened("p sees 1 q sees 1 a-1 r:ShutDown");
  }

  @Test
  void shouldNotPutForAPutterWhoWasToldBefore() {
    Queue<Integer> queue = new Queue<>(1, List.of(1));
    Greenlet<Void> putter = spawn("p", () -> queue.put(2));
    turn();
    assertThat(queue.get()).isEqualTo(1);
    queue.shutdown();
    putter.join();
    assertHappened("p:ShutDown");
    assertThat(queue).isEmpty();
    assertThat(queue.unfinishedTasks()).isEqualTo(1);
  }

  // gevent: test__queue.py test_shutdown_join
  @Test
  void shouldLetThoseGoWhoWaitForTheWorkWhenShutDownAtOnce() {
    Queue<Integer> queue = new Queue<>(2, List.of(1, 2));
    List<Greenlet<Void>> joiners =
        each(
            "ab",
            name ->
                spawn(
                    name,
                    () -> {
                      queue.join();
                      record(name);
                    }));
    turn();
    queue.shutdown(true);
    Gevent.joinAll(joiners);
    assertHappened("a b");
  }

  @Test
  void shouldKeepWaitingForWorkThatWasTakenBefore() {
    Queue<Integer> queue = new Queue<>(3, List.of(1, 2, 3));
    queue.get();
    queue.shutdown(true);
    assertThat(queue.unfinishedTasks()).isEqualTo(1);
    assertThat(queue.join(SHORT)).isFalse();
    queue.taskDone();
    assertThat(queue.join(SHORT)).isTrue();
  }

  @Test
  void shouldNotOweNegativeWorkWhenItWasReportedTooSoon() {
    Queue<Integer> queue = new Queue<>(2, List.of(1, 2));
    queue.taskDone();
    queue.taskDone();
    queue.shutdown(true);
    assertThat(queue.unfinishedTasks()).isZero();
    assertThat(thrownBy(queue::taskDone)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldBeHarmlessTheSecondTime() {
    Queue<Integer> queue = new Queue<>(2, List.of(1));
    queue.shutdown();
    queue.shutdown();
    assertThat(queue.get()).isEqualTo(1);
    queue.shutdown(true);
    assertRefused(queue, queue::get);
  }

  @Test
  void shouldEndALoopWithAnExceptionWhereNoSentinelComes() {
    Queue<Integer> queue = new Queue<>(3, List.of(1, 2));
    queue.shutdown();
    List<Integer> seen = new ArrayList<>();
    assertRefused(queue, () -> queue.until(9).forEach(seen::add));
    assertThat(seen).containsExactly(1, 2);
  }
}
