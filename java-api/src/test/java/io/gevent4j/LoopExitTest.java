package io.gevent4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Main is told when it would wait for ever. */
class LoopExitTest extends HubTest {
  private static void waitForNothing() {
    new Waiter<Void>().get();
  }

  /** A greenlet that waits until its waiter gets a value. */
  private static Greenlet<String> spawnWaiting(Waiter<String> waiter) {
    Greenlet<String> greenlet = Gevent.spawn(() -> waiter.get());
    turn();
    return greenlet;
  }

  // gevent: LoopExit goes to main
  @Test
  void shouldBeThrownInMainWhenNothingIsLeft() {
    assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldBeThrownAgainAndAgain() {
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
    }
  }

  @Test
  void shouldComeAfterAllThatCouldHappen() {
    List<String> seen = new ArrayList<>();
    Gevent.spawn(() -> seen.add("spawned"));
    Gevent.spawnLater(SHORT, () -> seen.add("later"));
    Hub.get().loop().runCallback(() -> seen.add("callback"));
    assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
    assertThat(seen).containsExactly("spawned", "callback", "later");
  }

  // gevent: the hub goes on after LoopExit
  @Test
  void shouldLeaveTheHubOfUse() throws Exception {
    assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
    assertThat(Gevent.spawn(() -> 5).get()).isEqualTo(5);
    Gevent.sleep(SHORT);
    assertThat(Hub.get().join(LONG)).isTrue();
    assertThat(Hub.get().blocking(() -> 6)).isEqualTo(6);
  }

  @Test
  void shouldLeaveOtherGreenletsWhereTheyAre() {
    Waiter<String> waiter = new Waiter<>();
    Greenlet<String> greenlet = spawnWaiting(waiter);
    assertThatThrownBy(greenlet::get).isInstanceOf(LoopExit.class);
    assertThatThrownBy(greenlet::join).isInstanceOf(LoopExit.class);
    assertThat(greenlet.ready()).isFalse();
    waiter.switchTo("value");
    greenlet.join();
    assertThat(greenlet.value()).isEqualTo("value");
  }

  @Test
  void shouldLeaveNothingBehindThatWakesTheNextWait() {
    Waiter<String> waiter = new Waiter<>();
    assertThatThrownBy(waiter::get).isInstanceOf(LoopExit.class);
    waiter.switchTo("late");
    long start = System.nanoTime();
    Gevent.sleep(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(waiter.get()).isEqualTo("late");
  }

  @Test
  void shouldRunFinallyBlocksOfMain() {
    List<String> seen = new ArrayList<>();
    try {
      waitForNothing();
    } catch (LoopExit exit) {
      seen.add("caught");
    } finally {
      seen.add("finally");
    }
    assertThat(seen).containsExactly("caught", "finally");
  }

  // ---- what it says ----

  @Test
  void shouldSayWhoWaitsAndWhere() {
    Greenlet<String> first = spawnWaiting(new Waiter<>());
    first.setName("Miner");
    Throwable exit = thrownBy(LoopExitTest::waitForNothing);
    assertThat(exit)
        .isInstanceOf(LoopExit.class)
        .hasMessageContaining("Hub-")
        .hasMessageContaining("main waits")
        .hasMessageContaining("waitForNothing")
        .hasMessageContaining("Miner")
        .hasMessageContaining("spawnWaiting");
  }

  @Test
  void shouldBeRaisedWhereMainWaits() {
    Throwable exit = thrownBy(LoopExitTest::waitForNothing);
    assertThat(exit.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("waitForNothing", "shouldBeRaisedWhereMainWaits");
  }

  @Test
  void shouldBeShortWhenManyWait() {
    for (int i = 0; i < 200; i++) {
      spawnWaiting(new Waiter<>());
    }
    assertThat(thrownBy(LoopExitTest::waitForNothing).getMessage().lines()).hasSizeLessThan(50);
  }

  // ---- what counts ----

  // gevent: issue 392
  @Test
  void shouldComeWhenASignalHandlerIsAllThatIsLeft() {
    try (SignalHandler handler = Gevent.signalHandler("WINCH", () -> {})) {
      assertThat(handler.isRef()).isFalse();
      assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
    }
  }

  @Test
  void shouldComeWhenAllSleepWithoutRef() {
    Greenlet<Void> sleeper = Gevent.spawn(() -> Gevent.sleep(LONG, false));
    assertThatThrownBy(sleeper::join).isInstanceOf(LoopExit.class);
    assertThatThrownBy(() -> Gevent.sleep(LONG, false)).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldNotComeWhileSomebodySleeps() {
    Waiter<String> waiter = new Waiter<>();
    Gevent.spawnLater(SHORT, () -> waiter.switchTo("value"));
    assertThat(waiter.get()).isEqualTo("value");
  }

  @Test
  void shouldNotComeWhileSomebodyIsAway() {
    Waiter<String> waiter = new Waiter<>();
    Gevent.spawn(
        () -> {
          String value =
              Hub.get()
                  .blocking(
                      () -> {
                        Thread.sleep(50);
                        return "value";
                      });
          waiter.switchTo(value);
          return null;
        });
    assertThat(waiter.get()).isEqualTo("value");
  }

  @Test
  void shouldNotComeWhileAnotherThreadHasACallbackUnderWay() throws Exception {
    for (int i = 0; i < 200; i++) {
      Loop loop = Hub.get().loop();
      Waiter<String> waiter = new Waiter<>();
      Thread thread = new Thread(() -> loop.runCallbackThreadsafe(() -> waiter.switchTo("value")));
      thread.start();
      thread.join();
      assertThat(waiter.get()).isEqualTo("value");
    }
  }

  @Test
  void shouldNotComeWhileAnotherThreadIsExpected() throws Exception {
    Loop loop = Hub.get().loop();
    for (int i = 0; i < 20; i++) {
      Waiter<String> waiter = new Waiter<>();
      Thread thread = new Thread(() -> loop.runCallbackThreadsafe(() -> waiter.switchTo("value")));
      loop.ref();
      thread.start();
      assertThat(waiter.get()).isEqualTo("value");
      loop.unref();
      thread.join();
    }
    assertThatThrownBy(LoopExitTest::waitForNothing).isInstanceOf(LoopExit.class);
  }

  @Test
  void shouldNotComeWhileAGreenletOfAnotherHubIsWaitedFor() throws Exception {
    CountDownLatch made = new CountDownLatch(1);
    List<Greenlet<String>> greenlets = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              greenlets.add(
                  Gevent.spawn(
                      () -> {
                        Gevent.sleep(0.05);
                        return "value";
                      }));
              made.countDown();
              Hub.get().join();
              Hub.get().close();
            });
    thread.start();
    assertThat(made.await(30, SECONDS)).isTrue();
    assertThat(greenlets.get(0).get()).isEqualTo("value");
    thread.join();
  }

  @Test
  void shouldBeThrownIntoATryThatWaitsAgain() {
    int exits = 0;
    Waiter<String> waiter = new Waiter<>();
    for (int i = 0; i < 3; i++) {
      try {
        waiter.get();
      } catch (LoopExit exit) {
        exits++;
      }
    }
    assertThat(exits).isEqualTo(3);
  }
}
