package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;

/**
 * Random programs of puts, gets and deaths, by some greenlets, beside a plain list that says what
 * has to come out: nothing is lost or doubled, the order is kept, and nobody is left waiting while
 * there is something for him.
 *
 * <p>{@code -Dgevent4j.soak=N}: N times as many programs. {@code -Dgevent4j.queue.seed=S}: only
 * this one.
 */
class QueueFuzzTest extends HubTest {
  private static final int PROGRAMS = 400 * Integer.getInteger("gevent4j.soak", 1);
  private static final long SEED = Long.getLong("gevent4j.queue.seed", -1);
  private static final int OPERATIONS = 25; // of each greenlet

  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** One program. */
  private static final class Run {
    final Random random;
    final BlockingQueue<Integer> queue;
    final int room; // 0: a channel
    final List<Greenlet<Void>> greenlets = new ArrayList<>();
    final ArrayDeque<Integer> model = new ArrayDeque<>(); // what is in
    final Set<Integer> beingPut = new HashSet<>();
    final Set<Integer> given = new HashSet<>(); // to somebody, before the putter knew
    final Set<Integer> orphans = new HashSet<>(); // whose putter died; they may come, or not
    int items;
    int blockedGetters;
    int blockedPutters;
    boolean shutDown;

    Run(long seed) {
      random = new Random(seed);
      int size = random.nextInt(5);
      room = size == 4 ? Integer.MAX_VALUE : size;
      queue =
          size == 0
              ? new Channel<>()
              : random.nextBoolean() ? new SimpleQueue<>(room) : new Queue<>(room);
    }

    // ---- what the list says ----

    private void came(Integer item) {
      if (item.equals(model.peek())) {
        model.poll();
      } else if (room == 0 && model.remove(item)) {
        assertThat(item).isNotNull(); // who was offered one may have his turn after others
      } else if (beingPut.contains(item) && (room == 0 || model.isEmpty())) {
        assertThat(given.add(item)).as("item %d came once", item).isTrue();
      } else {
        assertThat(orphans.remove(item)).as("item %d came, but there are %s", item, model).isTrue();
      }
    }

    private void isIn(Integer item) {
      if (!given.remove(item)) {
        model.add(item);
      }
    }

    // ---- operations ----

    private Duration little() {
      return random.nextInt(3) == 0 ? Duration.ZERO : Duration.ofNanos(random.nextInt(200_000));
    }

    private void put() {
      Integer item = items++;
      beingPut.add(item);
      blockedPutters++;
      try {
        switch (random.nextInt(4)) {
          case 0 -> put(item, little());
          case 1 -> put(item, null);
          case 2 -> queue.put(item);
          default -> {
            if (!queue.offer(item)) {
              return;
            }
          }
        }
        beingPut.remove(item);
        isIn(item);
      } catch (Full late) {
        assertThat(given).doesNotContain(item);
      } catch (Death death) {
        if (!given.remove(item) && room == 0) { // it may be on its way
          orphans.add(item);
        }
        throw death;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        beingPut.remove(item);
        blockedPutters--;
      }
    }

    private void put(Integer item, Duration timeout) {
      if (room == 0) {
        ((Channel<Integer>) queue).put(item, timeout);
      } else {
        ((SimpleQueue<Integer>) queue).put(item, timeout);
      }
    }

    private void get() {
      blockedGetters++;
      try {
        Integer item =
            switch (random.nextInt(4)) {
              case 0 -> get(little());
              case 1 -> get(null);
              case 2 -> queue.take();
              default -> queue.poll();
            };
        if (item != null) {
          came(item);
        }
      } catch (Empty late) {
        turnOrNot();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        blockedGetters--;
      }
    }

    private Integer get(Duration timeout) {
      return room == 0
          ? ((Channel<Integer>) queue).get(timeout)
          : ((SimpleQueue<Integer>) queue).get(timeout);
    }

    private void look() {
      if (room == 0) {
        return;
      }
      blockedGetters++;
      try {
        Integer item =
            ((SimpleQueue<Integer>) queue).awaitPeek(random.nextBoolean() ? little() : null);
        if (!model.isEmpty()) {
          assertThat(item).isEqualTo(model.peek());
        }
      } catch (Empty late) {
        turnOrNot();
      } finally {
        blockedGetters--;
      }
    }

    private void turnOrNot() {
      if (random.nextInt(4) == 0) {
        turn();
      }
    }

    /** Somebody dies, soon or at once, wherever he is; he goes on with his next operation. */
    private void kill() {
      Greenlet<Void> victim = greenlets.get(random.nextInt(greenlets.size()));
      boolean puts = random.nextBoolean();
      Hub.get()
          .loop()
          .runCallback(
              () -> {
                if (puts) {
                  putAndKill(victim);
                } else if (victim.isActive()) {
                  victim.throwInto(new Death());
                }
              });
    }

    private void putAndKill(Greenlet<Void> victim) {
      Integer item = items++;
      try {
        if (queue.offer(item)) {
          isIn(item);
        }
      } catch (ShutDown refused) {
        assertThat(shutDown).isTrue();
      }
      if (victim.isActive()) {
        victim.throwInto(new Death());
      }
    }

    private void callback() {
      boolean puts = random.nextBoolean();
      Hub.get()
          .loop()
          .runCallback(
              () -> {
                if (puts && !shutDown) {
                  Integer item = items++;
                  if (queue.offer(item)) {
                    isIn(item);
                  }
                } else {
                  Integer item = queue.poll();
                  if (item != null) {
                    came(item);
                  }
                }
              });
    }

    private void operate() {
      try {
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> put();
          case 4, 5, 6, 7 -> get();
          case 8 -> look();
          case 9 -> kill();
          case 10 -> callback();
          default -> turn();
        }
      } catch (Death | ShutDown expected) {
        assertThat(shutDown || expected instanceof Death).isTrue();
      }
    }

    // ---- all of it ----

    void run() {
      int count = 2 + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        greenlets.add(
            Gevent.spawn(
                () -> {
                  for (int n = 0; n < OPERATIONS; n++) {
                    safely(this::operate);
                  }
                }));
      }
      int rounds = 0;
      while (!greenlets.stream().allMatch(Greenlet::ready)) {
        settle();
        checkNobodyWaitsForNothing();
        if (++rounds > 20 && room > 0 && queue instanceof Queue && random.nextInt(10) == 0) {
          shutDown = true;
          ((Queue<Integer>) queue).shutdown();
        }
        help();
      }
      settle();
      drain();
    }

    /** Death may come between two operations too. */
    private void safely(Runnable operation) {
      for (; ; ) {
        try {
          operation.run();
          return;
        } catch (Death late) {
          continue;
        }
      }
    }

    private void settle() {
      for (int i = 0; i < 8; i++) {
        Gevent.sleep(0.00005);
        turns();
      }
    }

    private void checkNobodyWaitsForNothing() {
      for (int i = 0; i < 1000 && somebodyWaitsForNothing(); i++) {
        turn(); // two of them are about to meet, or one was told and has his turn after ours
      }
      if (room == 0) {
        assertThat(Math.min(blockedGetters, blockedPutters)).as("both sides wait").isZero();
        return;
      }
      if (!model.isEmpty() || shutDown) {
        assertThat(blockedGetters).as("who wait to get, with %s there", model).isZero();
      }
      if (model.size() < room || shutDown) {
        assertThat(blockedPutters).as("who wait to put, with %s there", model).isZero();
      }
      assertThat(queue).hasSameSizeAs(model);
    }

    private boolean somebodyWaitsForNothing() {
      return room == 0
          ? Math.min(blockedGetters, blockedPutters) > 0
          : blockedGetters > 0 && (!model.isEmpty() || shutDown)
              || blockedPutters > 0 && (model.size() < room || shutDown);
    }

    /** Whoever waits is given what he waits for. */
    private void help() {
      if (blockedGetters > 0 && !shutDown) {
        Integer item = items++;
        if (queue.offer(item)) {
          isIn(item);
        }
      } else if (blockedPutters > 0) {
        Integer item = queue.poll();
        if (item != null) {
          came(item);
        }
      }
    }

    private void drain() {
      for (Integer item = queue.poll(); item != null; item = queue.poll()) {
        came(item);
      }
      assertThat(model).as("lost").isEmpty();
      assertThat(given).as("came although they were never put").isEmpty();
    }
  }

  private void check(long seed) {
    Run run = new Run(seed);
    try {
      run.run();
      assertThat(errors()).isEmpty();
      assertThat(run.greenlets).allMatch(Greenlet::successful);
    } catch (Throwable thrown) {
      throw new AssertionError("-Dgevent4j.queue.seed=" + seed, thrown);
    }
  }

  @Test
  void shouldKeepItsPromisesInRandomPrograms() {
    if (SEED >= 0) {
      check(SEED);
      return;
    }
    long first = PROGRAMS > 400 ? System.nanoTime() >>> 1 : 0;
    for (int i = 0; i < PROGRAMS; i++) {
      check(first + i);
    }
  }
}
