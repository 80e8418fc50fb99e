package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Timeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whatever waits ends by its own timeout in its own way, and never eats another's. */
class QueueTimingTest extends HubTestOfQueues {
  /** Late by no more than a busy machine may be. */
  private static final long MOST_NANOS = 5_000_000_000L;

  /** Each waits, in vain, for at most so long. */
  private static Map<String, Function<Duration, Body>> waits() {
    Map<String, Function<Duration, Body>> waits = new LinkedHashMap<>();
    for (SimpleQueue<Integer> queue : emptyOnes()) {
      String name = queue.name();
      waits.put("get " + name, time -> () -> queue.get(time));
      waits.put("awaitPeek " + name, time -> () -> queue.awaitPeek(time));
      if (queue.maxSize() == 1) {
        SimpleQueue<Integer> full = fill(queue.getClass());
        waits.put("put " + full.name(), time -> () -> full.put(2, time));
      }
    }
    Channel<Integer> unput = new Channel<>();
    Channel<Integer> ungot = new Channel<>();
    waits.put("get of a channel", time -> () -> unput.get(time));
    waits.put("put of a channel", time -> () -> ungot.put(1, time));
    return waits;
  }

  private static boolean isPut(String name) {
    return name.startsWith("put");
  }

  // gevent: testing/timing.py, AbstractGenericGetTestCase
  @Test
  void shouldThrowItsOwnWhenItsTimeIsUp() {
    waits()
        .forEach(
            (name, wait) -> {
              long start = System.nanoTime();
              assertThat(thrownBy(wait.apply(SHORT)))
                  .as(name)
                  .isInstanceOf(isPut(name) ? Full.class : Empty.class);
              assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), MOST_NANOS);
            });
  }

  @Test
  void shouldThrowItsOwnAtOnceWhenItHasNoTime() {
    waits()
        .forEach(
            (name, wait) ->
                assertThat(thrownBy(wait.apply(Duration.ZERO)))
                    .as(name)
                    .isInstanceOf(isPut(name) ? Full.class : Empty.class));
  }

  // gevent: test_raises_timeout_Timeout
  @Test
  void shouldLetATimeoutAroundItThrough() {
    waits()
        .forEach(
            (name, wait) -> {
              for (Duration own : new Duration[] {null, LONG}) {
                try (Timeout outer = Timeout.startNew(SHORT)) {
                  assertThat(thrownBy(wait.apply(own))).as(name).isSameAs(outer);
                }
              }
            });
  }

  // gevent: test_raises_timeout_Timeout_exc_customized
  @Test
  void shouldLetWhatATimeoutAroundItThrowsThrough() {
    waits()
        .forEach(
            (name, wait) -> {
              Error custom = new Error("of the test");
              try (Timeout outer = Timeout.startNew(SHORT, custom)) {
                assertThat(thrownBy(wait.apply(LONG))).as(name).isSameAs(custom);
              }
            });
  }

  @Test
  void shouldNotHaveATimeoutAroundItThrownTooSoon() {
    waits()
        .forEach(
            (name, wait) -> {
              try (Timeout outer = Timeout.startNew(LONG)) {
                assertThat(thrownBy(wait.apply(Duration.ofMillis(1))))
                    .as(name)
                    .isInstanceOf(isPut(name) ? Full.class : Empty.class);
                assertThat(outer.isPending()).isTrue();
              }
            });
  }

  @Test
  void shouldLetOthersRunWhenItHasNoTime() {
    waits()
        .forEach(
            (name, wait) -> {
              Greenlet<Void> other = Gevent.spawn(() -> {});
              thrownBy(wait.apply(Duration.ZERO));
              other.join();
            });
  }

  @Test
  void shouldNotOverflowForCenturies() throws Exception {
    Duration centuries = Duration.ofSeconds(Long.MAX_VALUE);
    List<Greenlet<?>> waiting = new ArrayList<>();
    waits()
        .forEach(
            (name, wait) -> {
              Body body = wait.apply(centuries);
              waiting.add(
                  Gevent.spawn(
                      () -> {
                        Throwable thrown = thrownBy(body);
                        throw raise(thrown);
                      }));
            });
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    Greenlet<Integer> polling =
        Gevent.spawn(() -> queue.poll(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    waiting.add(Gevent.spawn(() -> queue.poll(Long.MAX_VALUE, TimeUnit.DAYS)));
    Gevent.sleep(SHORT);
    assertThat(waiting).noneMatch(Greenlet::ready);
    queue.put(1);
    assertThat(polling.get()).isEqualTo(1);
    Gevent.killAll(waiting);
    assertThat(errors()).isEmpty();
  }

  @Test
  void shouldReturnNothingWhereTheJdkSaysSo() throws Exception {
    for (SimpleQueue<Integer> queue : emptyOnes()) {
      assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
      assertThat(queue.poll(-1, TimeUnit.MILLISECONDS)).isNull();
      if (queue.maxSize() == 1) {
        SimpleQueue<Integer> full = fill(queue.getClass());
        assertThat(full.offer(2, 1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(full.offer(2, -1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(full).containsExactly(1);
      }
    }
    Channel<Integer> channel = new Channel<>();
    assertThat(channel.poll(1, TimeUnit.MILLISECONDS)).isNull();
    assertThat(channel.offer(1, 1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(channel.tryTransfer(1, 1, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldTakeWhatCameWithTheEndOfItsTime() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    Greenlet<Integer> late = Gevent.spawn(() -> queue.get(SHORT));
    turn();
    long end = System.nanoTime() + 2 * SHORT.toNanos();
    while (System.nanoTime() < end) { // its time is up, but the loop hasn't seen it
      Thread.onSpinWait();
    }
    queue.put(1);
    late.join();
    assertThat(late.value()).isEqualTo(1);
  }

  @Test
  void shouldKeepItsPlaceAndItsTimeWhenItWasToldInVain() {
    SimpleQueue<Integer> queue = new SimpleQueue<>();
    Duration time = Duration.ofMillis(60);
    long start = System.nanoTime();
    Greenlet<Integer> waiting = Gevent.spawn(() -> queue.get(time));
    for (int i = 0; i < 5; i++) {
      Gevent.sleep(0.004);
      queue.put(i);
      assertThat(queue.poll()).isEqualTo(i);
    }
    waiting.join();
    assertThat(waiting.exception()).isInstanceOf(Empty.class);
    assertThat(takeThrown()).hasSize(1);
    assertThat(System.nanoTime() - start).isBetween(time.toNanos(), MOST_NANOS);
  }

  @Test
  void shouldNotKeepTheLoopBusyOnceItIsOver() {
    waits().forEach((name, wait) -> thrownBy(wait.apply(Duration.ofMillis(1))));
    assertThat(Hub.get().join(SHORT)).as("nothing is left").isTrue();
  }
}
