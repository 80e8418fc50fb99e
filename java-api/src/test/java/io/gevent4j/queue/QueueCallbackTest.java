package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.BlockingSwitchOutError;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;

/** Callbacks of the hub use queues without waiting, and are refused where they would have to. */
class QueueCallbackTest extends Recorded {
  private static void inHub(Runnable run) {
    Hub.get().loop().runCallback(run);
  }

  private void recordThrown(String name, Body body) {
    Throwable thrown = thrownBy(body);
    record(name + ":" + (thrown == null ? "ok" : thrown.getClass().getSimpleName()));
  }

  // gevent: test__queue.py test_put_nowait_simple
  @Test
  void shouldPutInCallbacksUntilItIsFull() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    inHub(() -> recordThrown("2", () -> queue.putNowait(2)));
    inHub(() -> recordThrown("3", () -> queue.putNowait(3)));
    turn();
    assertHappened("2:ok 3:Full");
    assertThat(queue).containsExactly(2);
  }

  // gevent: test__queue.py test_get_nowait_simple
  @Test
  void shouldGetInCallbacksUntilItIsEmpty() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    queue.put(4);
    inHub(() -> record(queue.getNowait()));
    inHub(() -> recordThrown("then", queue::getNowait));
    turn();
    assertHappened("4 then:Empty");
  }

  // gevent: test__queue.py test_get_nowait_unlock
  @Test
  void shouldLetAPutterGoOnWhenACallbackGets() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    queue.put(5);
    Greenlet<Void> putter = Gevent.spawn(() -> queue.put(6));
    turn();
    assertThat(putter.ready()).isFalse();
    inHub(() -> record(queue.getNowait()));
    putter.join();
    assertHappened("5");
    assertThat(queue).containsExactly(6);
  }

  // gevent: test__queue.py test_get_nowait_unlock_channel
  @Test
  void shouldLetAPutterOfAChannelGoOnWhenACallbackGets() {
    Channel<Integer> channel = new Channel<>();
    Greenlet<Void> putter = Gevent.spawn(() -> channel.put(5));
    turn();
    inHub(() -> record(channel.getNowait()));
    inHub(() -> recordThrown("then", channel::getNowait));
    putter.join();
    assertHappened("5 then:Empty");
    assertThat(channel.balance()).isZero();
  }

  // gevent: test__queue.py test_put_nowait_unlock
  @Test
  void shouldLetAGetterGoOnWhenACallbackPuts() {
    List<BlockingQueue<Integer>> queues =
        List.of(new SimpleQueue<>(), new SimpleQueue<>(1), new PriorityQueue<>(), new Channel<>());
    for (BlockingQueue<Integer> queue : queues) {
      Greenlet<Integer> getter = Gevent.spawn(queue::take);
      turn();
      inHub(() -> record(queue.offer(10)));
      getter.join();
      assertHappened("true");
      assertThat(getter.value()).isEqualTo(10);
      assertThat(queue).isEmpty();
    }
  }

  @Test
  void shouldFindNobodyInCallbacksWhereNobodyWaits() {
    Channel<Integer> channel = new Channel<>();
    inHub(() -> recordThrown("put", () -> channel.putNowait(1)));
    inHub(() -> recordThrown("get", channel::getNowait));
    turn();
    assertHappened("put:Full get:Empty");
  }

  @Test
  void shouldRefuseToWaitInCallbacksAndForgetThatItWasAsked() {
    SimpleQueue<Integer> full = new SimpleQueue<>(1, List.of(1));
    SimpleQueue<Integer> empty = new SimpleQueue<>();
    Channel<Integer> channel = new Channel<>();
    List<Throwable> thrown = new ArrayList<>();
    inHub(
        () -> {
          thrown.add(thrownBy(() -> full.put(2)));
          thrown.add(thrownBy(() -> full.put(2, LONG)));
          thrown.add(thrownBy(empty::get));
          thrown.add(thrownBy(() -> empty.get(LONG)));
          thrown.add(thrownBy(empty::awaitPeek));
          thrown.add(thrownBy(() -> channel.put(2)));
          thrown.add(thrownBy(() -> channel.get(LONG)));
        });
    turn();
    assertThat(thrown).hasSize(7).hasOnlyElementsOfType(BlockingSwitchOutError.class);
    assertThat(full.get()).isEqualTo(1);
    empty.put(3);
    assertThat(empty.get()).isEqualTo(3);
    turns();
    assertThat(full).isEmpty();
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldPutAndGetWithoutWaitingInCallbacksWhereItNeedNot() {
    SimpleQueue<Integer> queue = new SimpleQueue<>(1);
    inHub(
        () -> {
          queue.put(1, LONG);
          record(queue.awaitPeek());
          record(queue.get());
        });
    turn();
    assertHappened("1 1");
  }

  @Test
  void shouldServeEachOfManyCallbacksInTheirOrder() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    List<Greenlet<Integer>> getters = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      getters.add(Gevent.spawn(() -> queue.get()));
    }
    turn();
    for (int i = 0; i < 50; i++) {
      int item = i;
      inHub(() -> queue.putNowait(item));
    }
    Gevent.joinAll(getters);
    for (int i = 0; i < 50; i++) {
      assertThat(getters.get(i).value()).isEqualTo(i);
    }
  }

  // as a target of links
  @Test
  void shouldTakeGreenletsThatEnd() {
    SimpleQueue<Greenlet<Integer>> queue = new SimpleQueue<>();
    for (int i = 0; i < 3; i++) {
      int value = i;
      Gevent.spawn(() -> value).link(queue::put);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(queue.get().value()).isEqualTo(i);
    }
  }
}
