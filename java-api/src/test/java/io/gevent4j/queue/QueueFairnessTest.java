package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Who comes when: the orders are those that gevent itself has printed for the same programs. */
class QueueFairnessTest extends Recorded {
  private static final Duration WHILE = Duration.ofMillis(30);

  private Greenlet<Void> putter(SimpleQueue<String> queue, String name, int count, boolean yields) {
    return spawn(
        name,
        () -> {
          for (int i = 0; i < count; i++) {
            queue.put(name + i);
            record("+" + name + i);
            if (yields) {
              turn();
            }
          }
        });
  }

  private Greenlet<Void> getter(SimpleQueue<String> queue, String name, int count, boolean yields) {
    return spawn(
        name,
        () -> {
          for (int i = 0; i < count; i++) {
            record(name + "-" + queue.get());
            if (yields) {
              turn();
            }
          }
        });
  }

  private void run(Supplier<List<Greenlet<Void>>> first, Supplier<List<Greenlet<Void>>> second) {
    List<Greenlet<Void>> all = new ArrayList<>(first.get());
    all.addAll(second.get());
    Gevent.joinAll(all);
  }

  @Test
  void shouldServeManyInTurnWhoYield() {
    SimpleQueue<String> queue = new SimpleQueue<>(2);
    run(
        () -> each("abc", name -> putter(queue, name, 4, true)),
        () -> each("xyz", name -> getter(queue, name, 4, true)));
    assertHappened(
        "+a0 +b0 x-a0 y-b0 +a1 +b1 z-a1 +c0 x-b1 y-c0 +a2 +b2 z-a2 +c1 x-b2 y-c1 +a3 +b3 z-a3 +c2"
            + " x-b3 y-c2 +c3 z-c3");
    run(
        () -> each("xyz", name -> getter(queue, name, 4, true)),
        () -> each("abc", name -> putter(queue, name, 4, true)));
    assertHappened(
        "+a0 +b0 x-a0 +c0 y-b0 z-c0 +a1 +b1 x-a1 +c1 y-b1 z-c1 +a2 +b2 x-a2 +c2 y-b2 z-c2 +a3 +b3"
            + " x-a3 +c3 y-b3 z-c3");
  }

  @Test
  void shouldServeManyInTurnWhoDoNotYield() {
    String[] puttersFirst = {
      "+a0 x-a0 +a1 x-a1 +b0 y-b0 +a2 x-a2 +b1 y-b1 +b2 y-b2",
      "+a0 +a1 x-a0 x-a1 +a2 x-a2 +b0 +b1 y-b0 y-b1 +b2 y-b2",
      "+a0 +a1 +a2 x-a0 x-a1 x-a2 +b0 +b1 +b2 y-b0 y-b1 y-b2"
    };
    String[] gettersFirst = {
      "+a0 x-a0 +a1 y-a1 +b0 x-b0 +a2 y-a2 +b1 x-b1 +b2 y-b2",
      "+a0 +a1 x-a0 x-a1 +a2 y-a2 +b0 +b1 x-b0 +b2 y-b1 y-b2",
      "+a0 +a1 +a2 x-a0 x-a1 x-a2 +b0 +b1 +b2 y-b0 y-b1 y-b2"
    };
    for (int size = 1; size <= 3; size++) {
      SimpleQueue<String> queue = new SimpleQueue<>(size);
      run(
          () -> each("ab", name -> putter(queue, name, 3, false)),
          () -> each("xy", name -> getter(queue, name, 3, false)));
      assertHappened(puttersFirst[size - 1]);
      run(
          () -> each("xy", name -> getter(queue, name, 3, false)),
          () -> each("ab", name -> putter(queue, name, 3, false)));
      assertHappened(gettersFirst[size - 1]);
    }
  }

  @Test
  void shouldGiveTheRoomOfAKilledPutterToTheNext() {
    SimpleQueue<String> queue = new SimpleQueue<>(1);
    List<Greenlet<Void>> putters =
        each(
            "abcd",
            name ->
                spawn(
                    name,
                    () -> {
                      queue.put(name);
                      record("+" + name);
                    }));
    turn();
    killLater(putters.get(1));
    record(queue.get());
    record(queue.size());
    turn();
    record(queue.size());
    record(queue.get());
    record(queue.get(LONG));
    Gevent.joinAll(putters);
    assertHappened("+a a 0 b:killed +c 1 c +d d");
    assertThat(queue).isEmpty();
  }

  @Test
  void shouldShowToThoseWhoPeekWhatOthersThenGet() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    for (boolean yields : new boolean[] {false, true}) {
      List<Greenlet<Void>> all =
          each(
              "abcde",
              name ->
                  "ace".contains(name)
                      ? spawn(name, () -> record(name + " sees " + queue.awaitPeek()))
                      : spawn(name, () -> record(name + " gets " + queue.get())));
      turn();
      for (int i = 0; i < 3; i++) {
        queue.put(i);
        record("put " + i);
        if (yields) {
          turn();
        }
      }
      Gevent.joinAll(all);
      if (!yields) {
        assertHappened("put 0 put 1 put 2 a sees 0 b gets 0 c sees 1 d gets 1 e sees 2");
      } else {
        assertHappened("put 0 a sees 0 b gets 0 put 1 c sees 1 d gets 1 put 2 e sees 2");
      }
      assertThat(queue.getNowait()).isEqualTo(2);
      assertThat(queue).isEmpty();
    }
  }

  @Test
  void shouldKeepTheirTurnsWhateverTheOrderOfTheItems() {
    List<Queue<Integer>> queues = List.of(new LifoQueue<>(2), new PriorityQueue<>(2));
    for (Queue<Integer> queue : queues) {
      List<Greenlet<Void>> all = new ArrayList<>();
      for (int[] items : new int[][] {{5, 1, 4, 3}, {9, 0}}) {
        all.add(
            spawn(
                "p",
                () -> {
                  for (int item : items) {
                    queue.put(item);
                    record("+" + item);
                  }
                }));
      }
      for (String name : List.of("x", "y")) {
        all.add(
            spawn(
                name,
                () -> {
                  for (int i = 0; i < 3; i++) {
                    record(name + queue.get());
                    turn();
                  }
                }));
      }
      Gevent.joinAll(all);
      assertHappened("+5 +1 x1 y5 +4 +3 x3 y4 +9 +0 x0 y9");
    }
  }
}
