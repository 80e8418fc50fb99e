package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who runs before whom. */
class OrderTest extends HubTest {
  private static final List<Integer> THOUSAND = IntStream.range(0, 1000).boxed().toList();

  private final List<Object> seen = new ArrayList<>();

  /** Notes its name so many times, letting others run in between. */
  private Greenlet<Void> spawnCounting(String name, int times) {
    return Gevent.spawn(
        () -> {
          for (int i = 1; i <= times; i++) {
            seen.add(i + name);
            Gevent.sleep(0);
          }
        });
  }

  @Test
  void shouldTakeTurnsWhenTheySleepForNothing() {
    Gevent.joinAll(spawnCounting("A", 3), spawnCounting("B", 3));
    assertThat(seen).containsExactly("1A", "1B", "2A", "2B", "3A", "3B");
  }

  @Test
  void shouldTakeTurnsWhenMainSleepsForNothingToo() {
    spawnCounting("A", 3);
    spawnCounting("B", 3);
    for (int i = 1; i <= 3; i++) {
      turn();
      seen.add(i + "main");
    }
    assertThat(seen).containsExactly("1A", "1B", "1main", "2A", "2B", "2main", "3A", "3B", "3main");
  }

  @Test
  void shouldRunOneAfterTheOtherWhenNoneLetsOthersRun() {
    List<Greenlet<?>> all = new ArrayList<>();
    for (String name : List.of("A", "B", "C")) {
      all.add(
          Gevent.spawn(
              () -> {
                for (int i = 1; i <= 3; i++) {
                  seen.add(i + name);
                }
              }));
    }
    Gevent.joinAll(all);
    assertThat(seen).containsExactly("1A", "2A", "3A", "1B", "2B", "3B", "1C", "2C", "3C");
  }

  @Test
  void shouldStartAllBeforeWhoSleepsForNothingRunsOn() {
    List<Greenlet<Void>> sleepers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sleepers.add(Gevent.spawn(() -> Gevent.sleep(LONG)));
    }
    turn();
    assertThat(sleepers).allMatch(Greenlet::isActive);
  }

  @Test
  void shouldStartInTheOrderOfSpawning() {
    List<Greenlet<?>> all = new ArrayList<>();
    for (Integer i : THOUSAND) {
      all.add(Gevent.spawn(() -> seen.add(i)));
    }
    assertThat(Gevent.joinAll(all)).isEqualTo(all);
    assertThat(seen).isEqualTo(THOUSAND);
  }

  @Test
  void shouldRunOnInTheOrderOfSleepingWhenAllSleepForNothing() {
    List<Greenlet<?>> all = new ArrayList<>();
    for (Integer i : THOUSAND) {
      all.add(
          Gevent.spawn(
              () -> {
                Gevent.sleep(0);
                seen.add(i);
              }));
    }
    Gevent.joinAll(all);
    assertThat(seen).isEqualTo(THOUSAND);
  }

  @Test
  void shouldStartGreenletsAndCallbacksInOneOrder() {
    Gevent.spawn(() -> seen.add("greenlet 1"));
    Gevent.getHub().loop().runCallback(() -> seen.add("callback 1"));
    Gevent.spawnRaw(
        () -> {
          seen.add("raw greenlet");
          Gevent.sleep(0);
        });
    Gevent.getHub().loop().runCallback(() -> seen.add("callback 2"));
    Gevent.spawn(() -> seen.add("greenlet 2"));
    turn();
    assertThat(seen)
        .containsExactly("greenlet 1", "callback 1", "raw greenlet", "callback 2", "greenlet 2");
  }

  @Test
  void shouldNotStartBeforeTheSpawnerWaits() {
    Gevent.spawn(() -> seen.add("spawned"));
    seen.add("spawner");
    turn();
    assertThat(seen).containsExactly("spawner", "spawned");
  }

  @Test
  void shouldStartAfterThoseThatAreReadyWhenSpawnedByAGreenlet() {
    Gevent.spawn(
        () -> {
          seen.add("first");
          Gevent.spawn(() -> seen.add("by the first"));
        });
    Gevent.spawn(() -> seen.add("second"));
    turns();
    assertThat(seen).containsExactly("first", "second", "by the first");
  }

  @Test
  void shouldTellAThousandRawLinksInOrder() {
    Greenlet<Void> greenlet = Gevent.spawn(() -> {});
    THOUSAND.forEach(i -> greenlet.rawLink(ignored -> seen.add(i)));
    turns();
    assertThat(seen).isEqualTo(THOUSAND);
  }

  @Test
  void shouldTellAThousandLinksInOrderWhenEachWaits() {
    Greenlet<Void> greenlet = Gevent.spawn(() -> {});
    for (Integer i : THOUSAND) {
      greenlet.link(
          ignored -> {
            Gevent.sleep(0);
            seen.add(i);
          });
    }
    Gevent.waitAll();
    assertThat(seen).isEqualTo(THOUSAND);
  }

  @Test
  void shouldWakeSleepersInTheOrderOfTheirTimes() {
    List<Integer> millis = new ArrayList<>(List.of(20, 40, 60, 80));
    Collections.reverse(millis);
    List<Greenlet<?>> all = new ArrayList<>();
    for (Integer each : millis) {
      all.add(
          Gevent.spawn(
              () -> {
                turn(); // until all have their stacks
                Gevent.sleep(Duration.ofMillis(each));
                seen.add(each);
              }));
    }
    Gevent.joinAll(all);
    assertThat(seen).containsExactly(20, 40, 60, 80);
  }

  @Test
  void shouldStartLaterOnesInTheOrderOfTheirTimes() {
    Gevent.spawnLater(Duration.ofMillis(80), () -> seen.add("80 ms"));
    Gevent.spawnLater(Duration.ofMillis(40), () -> seen.add("40 ms"));
    Gevent.spawnLater(Duration.ZERO, () -> seen.add("0 ms"));
    Gevent.spawn(() -> seen.add("at once"));
    Gevent.waitAll();
    assertThat(seen).containsExactly("at once", "0 ms", "40 ms", "80 ms");
  }

  @Test
  void shouldRunInTheSameOrderWhenRunAgain() {
    List<Object> before = null;
    for (int round = 0; round < 20; round++) {
      seen.clear();
      List<Greenlet<?>> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(spawnCounting("." + i, 1 + i % 3));
      }
      Gevent.joinAll(all);
      if (before != null) {
        assertThat(seen).isEqualTo(before);
      }
      before = List.copyOf(seen);
    }
  }

  @Test
  void shouldRunCallbacksThatAreAddedMeanwhileAfterThoseThatAreReady() {
    Gevent.getHub()
        .loop()
        .runCallback(
            () -> {
              seen.add("callback");
              Gevent.getHub().loop().runCallback(() -> seen.add("its callback"));
            });
    Gevent.spawn(() -> seen.add("greenlet"));
    turns();
    assertThat(seen).containsExactly("callback", "greenlet", "its callback");
  }

  @Test
  void shouldThrowATimeoutIntoOneWhoSleepsForNothingForEver() {
    Timeout timeout = new Timeout(SHORT);
    Throwable thrown =
        thrownBy(
            () ->
                timeout.run(
                    () -> {
                      for (; ; ) {
                        Gevent.sleep(0);
                      }
                    }));
    assertThat(thrown).isSameAs(timeout);
  }

  @Test
  void shouldWakeSleepersWhileOthersSleepForNothing() {
    boolean[] over = new boolean[1];
    for (int i = 0; i < 10; i++) {
      Gevent.spawn(
          () -> {
            while (!over[0]) {
              Gevent.sleep(0);
            }
          });
    }
    Gevent.sleep(SHORT);
    over[0] = true;
    Gevent.waitAll();
  }
}
