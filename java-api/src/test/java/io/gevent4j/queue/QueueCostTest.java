package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubTest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an item costs: once all has been used, nothing is allocated for it. */
class QueueCostTest extends HubTest {
  private static final int WARM_UP = 30_000;
  private static final int ITEMS = 20_000;
  private static final long FEW_BYTES = ITEMS / 4; // for all together: what the VM does of its own

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Once for each item. */
  private interface Step {
    void go() throws Throwable;
  }

  /** Of the calling greenlet's thread. */
  private static long bytes(Step step) throws Throwable {
    for (int i = 0; i < WARM_UP; i++) {
      step.go();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ITEMS; i++) {
      step.go();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Beside each other, in two greenlets: for as many items the one as the other. */
  private static void assertFree(Step put, Step get) {
    List<Long> bytes = new ArrayList<>();
    List<Greenlet<Void>> both = new ArrayList<>();
    for (Step step : List.of(put, get)) {
      both.add(
          Gevent.spawn(
              () -> {
                try {
                  bytes.add(bytes(step));
                } catch (Throwable thrown) {
                  throw raise(thrown);
                }
              }));
    }
    Gevent.joinAll(both);
    assertThat(bytes).hasSize(2).allMatch(each -> each < FEW_BYTES);
  }

  @Test
  void shouldPassThroughRoomForOne() {
    SimpleQueue<String> queue = new SimpleQueue<>(1);
    assertFree(() -> queue.put("item"), queue::get);
  }

  @Test
  void shouldPassThroughRoomForSome() {
    Queue<String> queue = new Queue<>(10);
    assertFree(
        () -> queue.put("item"),
        () -> {
          queue.get();
          queue.taskDone();
        });
  }

  @Test
  void shouldPassWithoutALimit() {
    SimpleQueue<String> queue = new SimpleQueue<>();
    assertFree(
        () -> {
          queue.put("item");
          turn();
        },
        queue::get);
  }

  @Test
  void shouldPassThroughAChannel() {
    Channel<String> channel = new Channel<>();
    assertFree(() -> channel.put("item"), channel::get);
  }

  @Test
  void shouldPassWithTimeoutsThatDoNotCome() {
    SimpleQueue<String> queue = new SimpleQueue<>(1);
    assertFree(() -> queue.put("item", LONG), () -> queue.get(LONG));
    Channel<String> channel = new Channel<>();
    assertFree(() -> channel.put("item", LONG), () -> channel.get(LONG));
  }

  @Test
  void shouldPutAndGetWithoutWaiting() throws Throwable {
    SimpleQueue<String> queue = new SimpleQueue<>(4);
    long bytes =
        bytes(
            () -> {
              queue.offer("item");
              queue.peek();
              queue.poll();
              queue.poll();
            });
    assertThat(bytes).isLessThan(FEW_BYTES);
  }

  @Test
  void shouldServeThousandsWhoWait() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    List<Greenlet<Integer>> getters = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      getters.add(Gevent.spawn(() -> queue.get()));
    }
    turn();
    for (int i = 0; i < 2000; i++) {
      queue.put(i);
    }
    Gevent.joinAll(getters);
    for (int i = 0; i < 2000; i++) {
      assertThat(getters.get(i).value()).isEqualTo(i);
    }
  }
}
