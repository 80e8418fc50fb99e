package io.gevent4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.LoopExit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A channel hands over, in order, from one to the other, and loses nothing where somebody dies. */
class ChannelTest extends Recorded {
  private final Channel<String> channel = new Channel<>();

  private Greenlet<Void> putter(String name, int count) {
    return spawn(
        name,
        () -> {
          for (int i = 0; i < count; i++) {
            channel.put(name + i);
            record("+" + name + i);
          }
        });
  }

  private Greenlet<Void> getter(String name, int count) {
    return spawn(
        name,
        () -> {
          for (int i = 0; i < count; i++) {
            record(name + "-" + channel.get());
          }
        });
  }

  /** In one callback of the hub: first this, then they are killed at once. */
  private static void thenKill(Runnable first, Greenlet<?>... greenlets) {
    Hub.get()
        .loop()
        .runCallback(
            () -> {
              first.run();
              for (Greenlet<?> greenlet : greenlets) {
                greenlet.throwInto(exit());
              }
            });
    turns();
  }

  // ---- the order of gevent ----

  @Test
  void shouldRunTheGetterBeforeThePutter() {
    for (boolean putterFirst : new boolean[] {true, false}) {
      List<Greenlet<Void>> both = new ArrayList<>();
      both.add(putterFirst ? putter("p", 3) : getter("c", 3));
      both.add(putterFirst ? getter("c", 3) : putter("p", 3));
      Gevent.joinAll(both);
      assertHappened("c-p0 +p0 c-p1 +p1 c-p2 +p2");
    }
  }

  @Test
  void shouldPassBetweenThoseWhoAreStillThere() {
    List<Greenlet<Void>> all = each("xy", name -> putter(name, 1));
    all.add(spawn("z", () -> channel.put("z0", SHORT)));
    turn();
    all.get(0).kill();
    assertHappened("x:killed");
    assertThat(channel.balance()).isEqualTo(2);
    all.add(getter("c", 1));
    Gevent.joinAll(all);
    assertHappened("c-y0 +y0 z:Full");
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldCountThoseWhoWait() {
    assertThat(channel.hasWaitingConsumer()).isFalse();
    List<Greenlet<Void>> getters = each("abc", name -> getter(name, 1));
    turn();
    assertThat(channel.balance()).isEqualTo(-3);
    assertThat(channel.getWaitingConsumerCount()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(channel.offer("" + i)).isTrue();
    }
    assertThat(channel.offer("more")).as("each has got one").isFalse();
    assertThat(channel.getWaitingConsumerCount()).isZero();
    Gevent.joinAll(getters);
    assertHappened("a-0 b-1 c-2");
  }

  // ---- nobody there ----

  @Test
  void shouldRefuseAtOnceWhereNobodyWaits() {
    assertThat(thrownBy(() -> channel.putNowait("x"))).isInstanceOf(Full.class);
    assertThat(thrownBy(channel::getNowait)).isInstanceOf(Empty.class);
    assertThat(channel.tryTransfer("x")).isFalse();
    assertThat(channel.poll()).isNull();
    assertThat(thrownBy(channel::get)).isInstanceOf(LoopExit.class);
    assertThat(thrownBy(() -> channel.put("x"))).isInstanceOf(LoopExit.class);
    assertThat(channel.balance()).isZero();
  }

  @Test
  void shouldBeEmptyAndFullForEver() {
    Greenlet<Void> putter = putter("p", 1);
    turn();
    assertThat(channel.isEmpty()).isTrue();
    assertThat(channel.size()).isZero();
    assertThat(channel.remainingCapacity()).isZero();
    assertThat(channel.peek()).isNull();
    assertThat(channel.iterator().hasNext()).isFalse();
    channel.clear();
    assertThat(channel.poll()).isEqualTo("p0");
    putter.join();
    assertHappened("+p0");
  }

  @Test
  void shouldDrainThoseWhoWaitToPut() {
    List<Greenlet<Void>> putters = each("abc", name -> putter(name, 2));
    turn();
    List<String> drained = new ArrayList<>();
    assertThat(channel.drainTo(drained, 2)).isEqualTo(2);
    assertThat(channel.drainTo(drained)).isEqualTo(1);
    assertThat(drained).containsExactly("a0", "b0", "c0");
    turn();
    assertThat(channel.drainTo(drained)).isEqualTo(3);
    Gevent.joinAll(putters);
    assertHappened("+a0 +b0 +c0 +a1 +b1 +c1");
  }

  @Test
  void shouldEndALoopAtTheSentinel() {
    Greenlet<Void> putter = putter("p", 3);
    for (String item : channel.until("p2")) {
      record(item);
    }
    putter.join();
    assertHappened("p0 +p0 p1 +p1 +p2");
  }

  // ---- who dies, and when ----

  @Test
  void shouldTakeBackTheItemOfAPutterWhoDiesWaiting() {
    Greenlet<Void> putter = putter("p", 1);
    turn();
    putter.kill();
    assertThat(channel.poll()).isNull();
    assertHappened("p:killed");
  }

  @Test
  void shouldTakeBackTheItemOfAPutterWhoDiesBeforeTheGettersTurn() {
    Greenlet<Void> getter = getter("c", 1);
    turn();
    Greenlet<Void> putter = putter("p", 1);
    Greenlet<Void> next = putter("q", 1);
    turn();
    Gevent.joinAll(getter, putter);
    assertHappened("c-p0 +p0");
    Greenlet<Void> waiting = getter("d", 2);
    turns();
    assertHappened("d-q0 +q0");
    assertThat(channel.offer("x")).isTrue();
    Gevent.joinAll(next, waiting);
    assertHappened("d-x");
  }

  @Test
  void shouldLetAGetterWaitOnWhosePutterDied() {
    Greenlet<Void> getter = getter("c", 1);
    turn();
    Greenlet<Void> putter = putter("p", 1);
    Hub.get().loop().runCallback(() -> putter.throwInto(exit())); // when it has put, and waits
    turns();
    assertHappened("p:killed");
    assertThat(channel.getWaitingConsumerCount()).isEqualTo(1);
    assertThat(channel.offer("x")).isTrue();
    getter.join();
    assertHappened("c-x");
  }

  @Test
  void shouldLetAGetterWaitOnWhoseItemAnotherTook() {
    Greenlet<Void> getter = getter("c", 1);
    turn();
    Greenlet<Void> putter = putter("p", 1);
    Hub.get().loop().runCallback(() -> record("taken " + channel.poll()));
    turns();
    assertThat(putter.ready()).isTrue();
    assertThat(getter.ready()).isFalse();
    channel.put("x", LONG);
    getter.join();
    assertHappened("taken p0 +p0 c-x");
  }

  @Test
  void shouldGiveWhatADyingGetterWasGivenToTheNextWhoWaits() {
    List<Greenlet<Void>> getters = each("abc", name -> getter(name, 1));
    turn();
    thenKill(() -> assertThat(channel.offer("x")).isTrue(), getters.get(0), getters.get(1));
    assertHappened("a:killed b:killed c-x");
  }

  @Test
  void shouldKeepWhatADyingGetterWasGivenForTheNextWhoComes() {
    Greenlet<Void> getter = getter("a", 1);
    turn();
    thenKill(() -> assertThat(channel.tryTransfer("x")).isTrue(), getter);
    assertHappened("a:killed");
    Greenlet<Void> putter = putter("p", 1);
    turn();
    assertThat(channel.get()).as("given before").isEqualTo("x");
    assertThat(channel.get()).isEqualTo("p0");
    putter.join();
  }

  @Test
  void shouldServeAllWhereOffersAndPutsMix() {
    List<Greenlet<Void>> getters = each("abcd", name -> getter(name, 1));
    turn();
    assertThat(channel.offer("1")).isTrue();
    List<Greenlet<Void>> putters = each("pq", name -> putter(name, 1));
    turn();
    turns();
    assertThat(channel.offer("2")).isTrue();
    Gevent.joinAll(getters);
    Gevent.joinAll(putters);
    assertHappened("a-1 b-p0 +p0 c-q0 +q0 d-2");
  }

  @Test
  void shouldLoseNothingWhereTimeoutsAndPutsMeet() {
    Channel<Integer> numbers = new Channel<>();
    int[] sums = new int[2];
    List<Greenlet<Void>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      all.add(
          Gevent.spawn(
              () -> {
                for (int n = 1; n <= 80; n++) {
                  try {
                    numbers.put(n, Duration.ofNanos((n * 7919L + number * 104729L) % 300_000));
                    sums[0] += n;
                  } catch (Full late) {
                    turn();
                  }
                }
              }));
      all.add(
          Gevent.spawn(
              () -> {
                for (int n = 1; n <= 80; n++) {
                  try {
                    int got =
                        numbers.get(Duration.ofNanos((n * 6007L + number * 15485L) % 300_000));
                    sums[1] += got;
                  } catch (Empty late) {
                    turn();
                  }
                }
              }));
    }
    Gevent.joinAll(all);
    assertThat(sums[1]).isEqualTo(sums[0]).isPositive();
    assertThat(numbers.balance()).isZero();
  }

  @Test
  void shouldServeManyInTurn() {
    for (String order : List.of("abxy", "xyab", "axby")) {
      Gevent.joinAll(each(order, name -> "ab".contains(name) ? putter(name, 3) : getter(name, 3)));
      assertHappened("x-a0 +a0 y-b0 +b0 x-a1 +a1 y-b1 +b1 x-a2 +a2 y-b2 +b2");
    }
  }

  @Test
  void shouldKeepTheOrderOfWhatDyingGettersWereGiven() {
    for (boolean backwards : new boolean[] {false, true}) {
      List<Greenlet<Void>> getters = each("ab", name -> getter(name, 1));
      turn();
      thenKill(
          () -> {
            assertThat(channel.offer("1")).isTrue();
            assertThat(channel.offer("2")).isTrue();
          },
          getters.get(backwards ? 1 : 0),
          getters.get(backwards ? 0 : 1));
      assertThat(channel.poll()).isEqualTo("1");
      assertThat(channel.poll()).isEqualTo("2");
      assertThat(channel.poll()).isNull();
    }
  }
}
