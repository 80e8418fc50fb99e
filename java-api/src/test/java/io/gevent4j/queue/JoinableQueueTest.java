package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that is put, done and waited for. */
class JoinableQueueTest extends Recorded {
  private Greenlet<Void> joiner(Queue<?> queue, String name) {
    return spawn(
        name,
        () -> {
          queue.join();
          record(name);
        });
  }

  // gevent: test__queue.py test_task_done
  @Test
  void shouldBeDoneWhenAllWasReported() {
    Queue<Integer> queue = new Queue<>();
    assertThat(queue.join(LONG)).isTrue();
    queue.put(1);
    Greenlet<Void> joiner = joiner(queue, "j");
    turn();
    assertThat(queue.join(SHORT)).isFalse();
    queue.get();
    turns();
    assertThat(joiner.ready()).as("got, but not done").isFalse();
    queue.taskDone();
    joiner.join();
    assertHappened("j");
    queue.join();
  }

  // gevent: test__queue.py test_queue_join
  @Test
  void shouldWaitForAllItemsOfManyWorkers() {
    Queue<Integer> queue = new Queue<>();
    int[] sum = new int[1];
    List<Greenlet<Void>> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      workers.add(
          Gevent.spawn(
              () -> {
                for (int item : queue.until(-1)) {
                  turn();
                  sum[0] += item;
                  queue.taskDone();
                }
              }));
    }
    int expected = 0;
    for (int i = 0; i < 100; i++) {
      queue.put(i);
      expected += i;
    }
    queue.join();
    assertThat(sum[0]).isEqualTo(expected);
    workers.forEach(each -> queue.put(-1));
    Gevent.joinAll(workers);
  }

  // gevent: test__queue.py test_queue_task_done
  @Test
  void shouldRefuseMoreReportsThanItems() {
    Queue<Integer> queue = new Queue<>();
    assertThat(thrownBy(queue::taskDone))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(queue.name());
    queue.put(1);
    queue.taskDone();
    assertThat(thrownBy(queue::taskDone)).isInstanceOf(IllegalStateException.class);
    assertThat(queue.unfinishedTasks()).isZero();
  }

  @Test
  void shouldLetGoAllWhoWaitedEvenIfMoreIsPutAtOnce() {
    Queue<Integer> queue = new Queue<>(1, List.of(1));
    List<Greenlet<Void>> joiners = each("abc", name -> joiner(queue, name));
    turn();
    queue.get();
    queue.taskDone();
    queue.put(2);
    assertThat(queue.join(SHORT)).isFalse();
    Gevent.joinAll(joiners);
    assertHappened("a b c");
  }

  @Test
  void shouldCountAPutThatHadToWaitWhenItIsIn() {
    Queue<Integer> queue = new Queue<>(1, List.of(1));
    Greenlet<Void> putter = Gevent.spawn(() -> queue.put(2));
    turn();
    assertThat(queue.unfinishedTasks()).isEqualTo(1);
    queue.get();
    putter.join();
    assertThat(queue.unfinishedTasks()).isEqualTo(2);
  }

  @Test
  void shouldNotCountAPutThatGaveUp() {
    Queue<Integer> queue = new Queue<>(1, List.of(1));
    assertThat(thrownBy(() -> queue.put(2, SHORT))).isInstanceOf(Full.class);
    Greenlet<Void> killed = spawn("k", () -> queue.put(3));
    turn();
    killed.kill();
    assertHappened("k:killed");
    assertThat(queue.unfinishedTasks()).isEqualTo(1);
    queue.get();
    queue.taskDone();
    assertThat(queue.join(SHORT)).isTrue();
  }

  // as in gevent, where taking out is a get
  @Test
  void shouldWantAReportForWhateverWasTakenOut() {
    Queue<Integer> queue = new Queue<>(9, List.of(1, 2, 3, 4, 5));
    queue.poll();
    queue.remove((Object) 2);
    queue.drainTo(new ArrayList<>(), 1);
    queue.removeIf(item -> item == 4);
    queue.clear();
    assertThat(queue.unfinishedTasks()).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(queue.join(0)).isFalse();
      queue.taskDone();
    }
    assertThat(queue.join(0)).isTrue();
  }

  @Test
  void shouldNotWantAReportForLooking() {
    Queue<Integer> queue = new Queue<>(9, List.of(1));
    queue.awaitPeek();
    queue.peek();
    queue.peekNowait();
    assertThat(queue.unfinishedTasks()).isEqualTo(1);
  }

  @Test
  void shouldLetThoseGiveUpWhoWaitForTheWork() {
    Queue<Integer> queue = new Queue<>(9, List.of(1));
    Greenlet<Void> killed = joiner(queue, "k");
    Greenlet<Void> other = joiner(queue, "o");
    turn();
    killed.kill();
    queue.taskDone();
    other.join();
    assertHappened("k:killed o");
  }
}
