package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Who comes when: the orders are those that gevent itself has printed for the same programs. */
class QueueOrderTest extends Recorded {
  @Test
  void shouldHandFromOneToOneThroughRoomForOne() {
    for (int i = 0; i < 2; i++) {
      SimpleQueue<String> queue = new SimpleQueue<>(1);
      List<Greenlet<Void>> both = new ArrayList<>();
      Supplier<Greenlet<Void>> put =
          () ->
              spawn(
                  "p",
                  () -> {
                    for (int n = 0; n < 4; n++) {
                      queue.put("" + n);
                      record("p" + n);
                      turn();
                    }
                  });
      Supplier<Greenlet<Void>> get =
          () ->
              spawn(
                  "c",
                  () -> {
                    for (int n = 0; n < 4; n++) {
                      record("c" + queue.get());
                    }
                  });
      both.add(i == 0 ? put.get() : get.get());
      both.add(i == 0 ? get.get() : put.get());
      Gevent.joinAll(both);
      assertHappened("p0 c0 p1 c1 p2 c2 p3 c3");
    }
  }

  @Test
  void shouldGiveTheItemsOfAKilledGetterToTheNext() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    List<Greenlet<Void>> getters =
        each("abc", name -> spawn(name, () -> record(name + queue.get())));
    turn();
    killLater(getters.get(0));
    queue.put(1);
    queue.put(2);
    queue.put(3);
    assertThat(queue).hasSize(3);
    Gevent.joinAll(getters);
    assertHappened("a:killed b1 c2");
    assertThat(queue).containsExactly(3);
  }

  @Test
  void shouldDeliverWhatWasPutBeforeTheKill() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    List<Greenlet<Void>> getters =
        each("ab", name -> spawn(name, () -> record(name + "-" + queue.get())));
    turn();
    queue.put("x");
    killLater(getters.get(0));
    turns();
    assertHappened("a-x");
    queue.put("y");
    Gevent.joinAll(getters);
    assertHappened("b-y");
    assertThat(queue).isEmpty();
  }

  @Test
  void shouldPutForOneWhoseRoomCameBeforeTheKill() {
    SimpleQueue<String> queue = new SimpleQueue<>(1);
    List<Greenlet<Void>> putters =
        each(
            "ab",
            name ->
                spawn(
                    name,
                    () -> {
                      queue.put(name);
                      record("+" + name);
                    }));
    turn();
    record(queue.get());
    killLater(putters.get(1));
    turns();
    assertHappened("+a a +b");
    assertThat(queue).containsExactly("b");
  }

  // gevent: test__queue.py test_issue_45, and more of the sort
  @Test
  void shouldServeThoseWhoAreStillThereWhenOthersAreLate() {
    SimpleQueue<String> queue = new SimpleQueue<>(1);
    List<Greenlet<Void>> all = new ArrayList<>();
    int[] patience = {10, 20, 30_000};
    for (int i = 0; i < 3; i++) {
      String name = "" + "abc".charAt(i);
      Duration limit = Duration.ofMillis(patience[i]);
      all.add(spawn(name, () -> record(name + "-" + queue.get(limit))));
    }
    Gevent.joinAll(all.subList(0, 2));
    assertHappened("a:Empty b:Empty");
    int[] more = {10, 30_000, 20, 30_000};
    for (int i = 0; i < 4; i++) {
      String name = "" + "uvwx".charAt(i);
      Duration limit = Duration.ofMillis(more[i]);
      all.add(
          spawn(
              name,
              () -> {
                queue.put(name, limit);
                record("+" + name);
              }));
    }
    all.get(5).join();
    assertHappened("+u c-u +v w:Full");
    all.add(spawn("d", () -> record("d-" + queue.get(LONG))));
    all.add(spawn("e", () -> record("e-" + queue.get(LONG))));
    Gevent.joinAll(all);
    assertHappened("d-v +x e-x");
    assertThat(queue).isEmpty();
  }

  @Test
  void shouldLetWhoDoesNotWaitBeQuickerThanWhoWasTold() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    Greenlet<Void> getter = spawn("a", () -> record("a" + queue.get()));
    turn();
    queue.putNowait(1);
    record("main" + queue.getNowait());
    turns();
    assertThat(getter.ready()).isFalse();
    queue.put(2);
    assertThat(thrownBy(() -> queue.putNowait(3))).isInstanceOf(Full.class);
    turn();
    assertThat(getter.ready()).isTrue();
    assertHappened("main1 a2");
  }

  @Test
  void shouldLetCallbacksOfTheHubGetAndPut() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    Greenlet<Void> getter = spawn("b", () -> record("b" + queue.get()));
    turn();
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              record(thrownBy(queue::getNowait).getClass().getSimpleName());
              queue.putNowait(4);
              record("put");
            });
    getter.join();
    assertHappened("Empty put b4");
    List<Greenlet<Void>> putters = new ArrayList<>();
    for (int item : new int[] {5, 6}) {
      putters.add(
          spawn(
              "p",
              () -> {
                queue.put(item);
                record("+" + item);
              }));
    }
    turn();
    Hub.get().loop().runCallback(() -> record("got" + queue.getNowait()));
    Gevent.joinAll(putters);
    assertHappened("+5 got5 +6");
    assertThat(queue).containsExactly(6);
  }

  @Test
  void shouldShareWorkAndTellWhenItIsDone() {
    Queue<String> queue = new Queue<>(2);
    List<Greenlet<Void>> workers =
        each(
            "ab",
            name ->
                spawn(
                    name,
                    () -> {
                      for (String item : queue.until("end")) {
                        record(name + item);
                        turn();
                        queue.taskDone();
                      }
                      record(name + " ends");
                    }));
    for (int i = 0; i < 5; i++) {
      queue.put("" + i);
      record("+" + i);
    }
    queue.join();
    record("joined " + queue.unfinishedTasks());
    queue.put("end");
    queue.put("end");
    Gevent.joinAll(workers);
    assertHappened("+0 +1 a0 b1 +2 +3 a2 b3 +4 a4 joined 0 b ends a ends");
  }
}
