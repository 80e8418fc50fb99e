package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Those who wait: some give up or die, and nothing is lost for the others. */
class QueueWaitersTest extends Recorded {
  private Greenlet<Void> getter(SimpleQueue<?> queue, String name) {
    return spawn(name, () -> record(name + "-" + queue.get()));
  }

  private <E> Greenlet<Void> putter(SimpleQueue<E> queue, String name, E item) {
    return spawn(
        name,
        () -> {
          queue.put(item);
          record("+" + item);
        });
  }

  // gevent: test__queue.py test_send_first
  @Test
  void shouldGiveWhatWasPutBefore() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    queue.put("hi");
    assertThat(queue.awaitPeek()).isEqualTo("hi");
    assertThat(queue.get()).isEqualTo("hi");
  }

  // gevent: test__queue.py test_send_last
  @Test
  void shouldGiveToWhoWaited() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    Greenlet<String> waiter =
        Gevent.spawn(
            () -> {
              assertThat(queue.get()).isEqualTo("hi2");
              return "OK";
            });
    Gevent.sleep(SHORT);
    queue.put("hi2");
    waiter.join();
    assertThat(waiter.value()).isEqualTo("OK");
  }

  // gevent: test__queue.py test_max_size
  @Test
  void shouldKeepPuttersWaitingWhileItIsFull() {
    SimpleQueue<String> queue = new SimpleQueue<>(2);
    Greenlet<String> putter =
        Gevent.spawn(
            () -> {
              for (String item : List.of("a", "b", "c")) {
                queue.put(item);
                record(item);
              }
              return "OK";
            });
    turn();
    assertHappened("a b");
    assertThat(queue.isFull()).isTrue();
    assertThat(queue.get()).isEqualTo("a");
    turn();
    assertHappened("c");
    assertThat(queue.get()).isEqualTo("b");
    assertThat(queue.get()).isEqualTo("c");
    assertThat(putter.ready()).isTrue();
    assertThat(putter.value()).isEqualTo("OK");
  }

  // gevent: test__queue.py test_multiple_waiters
  @Test
  void shouldGiveEachOfManyWaitersOne() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    List<Greenlet<Void>> getters = each("abcd", name -> getter(queue, name));
    turn();
    for (String item : List.of("1", "2", "3", "4")) {
      queue.put(item);
    }
    Gevent.joinAll(getters);
    assertHappened("a-1 b-2 c-3 d-4");
    assertThat(queue).isEmpty();
  }

  // gevent: test__queue.py test_waiters_that_cancel
  @Test
  void shouldNotGiveToWhoHasGivenUp() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    Greenlet<Void> waiter =
        spawn(
            "w",
            () -> {
              Timeout timeout = Timeout.startNew(SHORT);
              assertThat(thrownBy(queue::get)).isSameAs(timeout);
              record("timed out");
            });
    waiter.join();
    assertHappened("timed out");
    queue.put("hi");
    assertThat(queue.get()).isEqualTo("hi");
  }

  // gevent: test__queue.py test_senders_that_die
  @Test
  void shouldKeepTheItemsOfDeadPutters() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    Gevent.spawn(() -> queue.put("sent"));
    assertThat(queue.get()).isEqualTo("sent");
  }

  // gevent: test__queue.py test_two_waiters_one_dies
  @Test
  void shouldServeTheOtherOfTwoWhereTheFirstIsLate() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    Greenlet<Void> dying = spawn("d", () -> queue.get(SHORT));
    Greenlet<Void> waiting = getter(queue, "w");
    turn();
    dying.join();
    queue.put("hi");
    waiting.join();
    assertHappened("d:Empty w-hi");
  }

  // gevent: test__queue.py test_two_bogus_waiters
  @Test
  void shouldKeepTheItemWhereAllWaitersWereLate() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    List<Greenlet<Void>> late = each("ab", name -> spawn(name, () -> queue.get(SHORT)));
    Gevent.joinAll(late);
    queue.put("sent");
    turns();
    assertHappened("a:Empty b:Empty");
    assertThat(queue.get()).isEqualTo("sent");
  }

  @Test
  void shouldEndALoopOfWaitsAtTheSentinel() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    Gevent.spawn(
        () -> {
          for (int i = 1; i <= 4; i++) {
            queue.put(i);
          }
        });
    for (int item : queue.until(3)) {
      record(item);
    }
    assertHappened("1 2");
    assertThat(queue.get()).isEqualTo(4);
  }

  @Test
  void shouldTellThatNobodyWillEverPut() {
    SimpleQueue<Integer> empty = new SimpleQueue<>();
    SimpleQueue<Integer> full = new SimpleQueue<>(1, List.of(1));
    assertThat(thrownBy(empty::get)).isInstanceOf(LoopExit.class);
    assertThat(thrownBy(empty::awaitPeek)).isInstanceOf(LoopExit.class);
    assertThat(thrownBy(() -> full.put(2))).isInstanceOf(LoopExit.class);
    empty.put(3);
    assertThat(empty.get()).isEqualTo(3);
    assertThat(full.get()).isEqualTo(1);
    turns();
    assertThat(full).isEmpty();
  }

  // ---- who was told, and dies before his turn ----

  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** In one callback of the hub, after this, they die, before anybody else has had his turn. */
  private static void thenDie(Runnable first, List<Greenlet<Void>> mortals) {
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              first.run();
              mortals.forEach(each -> each.throwInto(new Death()));
            });
    turns();
  }

  private Greenlet<Void> mortal(String name, Body body) {
    return spawn(
        name,
        () -> {
          try {
            body.run();
          } catch (Death death) {
            record(name + " dies");
          }
        });
  }

  @Test
  void shouldPassOnTheItemOfAGetterWhoWasToldAndDies() {
    for (SimpleQueue<Integer> queue : List.of(new SimpleQueue<Integer>(), new Queue<Integer>(1))) {
      List<Greenlet<Void>> getters =
          each("abc", name -> mortal(name, () -> record(name + "-" + queue.get())));
      turn();
      thenDie(() -> queue.put(1), getters.subList(0, 2));
      assertHappened("a dies b dies c-1");
    }
  }

  @Test
  void shouldPassOnTheItemOfAToldGetterToOneWhoPeeksAndTheNext() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    Greenlet<Void> getter = mortal("a", queue::get);
    List<Greenlet<Void>> peekers =
        each("pq", name -> mortal(name, () -> record(name + " sees " + queue.awaitPeek())));
    Greenlet<Void> last = getter(queue, "z");
    turn();
    thenDie(() -> queue.put(1), List.of(getter, peekers.get(0)));
    last.join();
    assertHappened("a dies p dies q sees 1 z-1");
  }

  @Test
  void shouldPassOnTheRoomOfAPutterWhoWasToldAndDies() {
    SimpleQueue<String> queue = new SimpleQueue<>(1, List.of("x"));
    List<Greenlet<Void>> putters =
        each(
            "abc",
            name ->
                mortal(
                    name,
                    () -> {
                      queue.put(name);
                      record("+" + name);
                    }));
    turn();
    thenDie(() -> record(queue.poll()), putters.subList(0, 2));
    assertHappened("x a dies b dies +c");
    assertThat(queue).containsExactly("c");
  }

  @Test
  void shouldLoseNothingWhereTimeoutsAndPutsMeet() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    int[] sums = new int[2];
    int[] lateness = new int[1];
    List<Greenlet<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      all.add(
          spawn(
              "p" + i,
              () -> {
                for (int n = 1; n <= 60; n++) {
                  try {
                    queue.put(n, Duration.ofNanos((n * 7919L + number * 104729L) % 400_000));
                    sums[0] += n;
                  } catch (Full late) {
                    lateness[0]++;
                  }
                }
              }));
      all.add(
          spawn(
              "g" + i,
              () -> {
                for (int n = 1; n <= 60; n++) {
                  try {
                    int got = queue.get(Duration.ofNanos((n * 6007L + number * 15485L) % 400_000));
                    sums[1] += got;
                  } catch (Empty late) {
                    lateness[0]++;
                  }
                }
              }));
    }
    Gevent.joinAll(all);
    while (!queue.isEmpty()) {
      sums[1] += queue.get();
    }
    assertThat(sums[1]).isEqualTo(sums[0]).isPositive();
  }

  @Test
  void shouldPutTheWaitingOnesOfAManyAtOnce() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(3);
    List<Greenlet<Void>> putters = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      putters.add(putter(queue, "p", i));
    }
    turn();
    assertThat(queue).containsExactly(0, 1, 2);
    queue.clear();
    turn();
    assertThat(queue).containsExactly(3, 4, 5);
    List<Integer> drained = new ArrayList<>();
    queue.drainTo(drained, 2);
    turn();
    assertThat(queue).containsExactly(5, 6, 7);
    assertThat(queue.remove((Object) 6)).isTrue();
    turn();
    assertThat(queue).containsExactly(5, 7, 8);
    queue.removeIf(item -> item != 7);
    turn();
    assertThat(queue).containsExactly(7, 9, 10);
    queue.retainAll(List.of(10));
    turn();
    assertThat(queue).containsExactly(10, 11);
    assertThat(putters).allMatch(Greenlet::ready);
  }
}
