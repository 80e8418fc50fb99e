package io.gevent4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What blocks its kernel thread, while the others go on. */
class BlockingTest extends HubTest {
  private static <T> T blocking(Callable<T> call) throws Exception {
    return Hub.get().blocking(call);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LONG.toSeconds(), SECONDS)).as("the event has come").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A greenlet that is away until the latch opens. */
  private static Greenlet<String> spawnAway(CountDownLatch latch) throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    Greenlet<String> greenlet =
        Gevent.spawn(
            () ->
                blocking(
                    () -> {
                      left.countDown();
                      await(latch);
                      return "value";
                    }));
    turn();
    await(left);
    return greenlet;
  }

  // ---- going and coming back ----

  @Test
  void shouldReturnWhatTheCallReturns() throws Exception {
    assertThat(blocking(() -> "of main")).isEqualTo("of main");
    assertThat(Gevent.spawn(() -> blocking(() -> "of a greenlet")).get())
        .isEqualTo("of a greenlet");
    assertThat(BlockingTest.<Object>blocking(() -> null)).isNull();
  }

  @Test
  void shouldThrowWhatTheCallThrows() {
    IOException thrown = new IOException("of the call");
    Callable<String> failing =
        () -> {
          throw thrown;
        };
    assertThat(thrownBy(() -> blocking(failing))).isSameAs(thrown);
    Greenlet<Object> greenlet = Gevent.spawn(() -> thrownBy(() -> blocking(failing)));
    greenlet.join();
    assertThat(greenlet.value()).isSameAs(thrown);
  }

  @Test
  void shouldLetTheOthersGoOnMeanwhile() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Greenlet<String> away = spawnAway(latch);
    Greenlet<Void> ticker = Gevent.spawn(() -> Gevent.sleep(SHORT));
    ticker.join();
    assertThat(away.ready()).isFalse();
    latch.countDown();
    assertThat(away.get()).isEqualTo("value");
  }

  @Test
  void shouldLetTheOthersGoOnWhileMainBlocks() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Gevent.spawn(latch::countDown);
    assertThat(
            blocking(
                () -> {
                  await(latch);
                  return "value";
                }))
        .isEqualTo("value");
  }

  @Test
  void shouldBeAwaySeveralAtOnce() throws Exception {
    int many = 20;
    CyclicBarrier barrier = new CyclicBarrier(many);
    List<Greenlet<Integer>> greenlets = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      greenlets.add(Gevent.spawn(() -> blocking(() -> barrier.await(30, SECONDS))));
    }
    Gevent.joinAll(greenlets);
    assertThat(greenlets).extracting(Greenlet::value).doesNotHaveDuplicates().doesNotContainNull();
  }

  @Test
  void shouldGoAndComeBackManyTimes() throws Exception {
    List<Greenlet<Integer>> greenlets = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      greenlets.add(
          Gevent.spawn(
              () -> {
                int sum = 0;
                for (int j = 0; j < 200; j++) {
                  sum += blocking(() -> 1);
                  Gevent.sleep(0);
                }
                return sum;
              }));
    }
    Gevent.joinAll(greenlets);
    assertThat(greenlets).extracting(Greenlet::value).containsOnly(200);
  }

  @Test
  void shouldJustCallWhenItIsAwayAlready() throws Exception {
    assertThat(blocking(() -> Hub.get() == null ? "" : "x")).isNotNull();
    Hub hub = Hub.get();
    assertThat(Gevent.spawn(() -> blocking(() -> hub.blocking(() -> "inner"))).get())
        .isEqualTo("inner");
    assertThat(blocking(() -> hub.blocking(() -> hub.blocking(() -> "inner")))).isEqualTo("inner");
  }

  // ---- who it is ----

  @Test
  void shouldStayTheSameThreadWithItsLocalsAndMonitors() throws Exception {
    ThreadLocal<String> local = new ThreadLocal<>();
    Object monitor = new Object();
    Greenlet<Boolean> greenlet =
        Gevent.spawn(
            () -> {
              Thread before = Thread.currentThread();
              local.set("mine");
              synchronized (monitor) {
                boolean same =
                    blocking(
                        () -> {
                          assertThat(Thread.holdsLock(monitor)).isTrue();
                          assertThat(local.get()).isEqualTo("mine");
                          local.set("changed");
                          return Thread.currentThread() == before;
                        });
                assertThat(Thread.holdsLock(monitor)).isTrue();
                assertThat(local.get()).isEqualTo("changed");
                return same && Thread.currentThread() == before;
              }
            });
    assertThat(greenlet.get()).isTrue();
  }

  // ---- what it can't do ----

  @Test
  void shouldRefuseToWaitInTheHubMeanwhile() throws Exception {
    Hub hub = Hub.get();
    Waiter<String> waiter = new Waiter<>();
    List<Body> uses =
        List.of(
            () -> Gevent.sleep(0),
            () -> Gevent.sleep(SHORT),
            Gevent::idle,
            waiter::get,
            hub::join,
            hub::close,
            () -> Gevent.spawn(() -> {}),
            () -> Timeout.startNew(SHORT));
    for (Body use : uses) {
      Greenlet<Object> greenlet = Gevent.spawn(() -> blocking(() -> thrownBy(use)));
      greenlet.join();
      assertThat(greenlet.value())
          .isInstanceOfAny(GreenletException.class, IllegalStateException.class);
    }
    assertThat(hub.join(LONG)).isTrue();
  }

  @Test
  void shouldHandOverToTheHubByItsLoop() throws Exception {
    Hub hub = Hub.get();
    Waiter<String> waiter = new Waiter<>();
    Gevent.spawn(
        () ->
            blocking(
                () -> {
                  hub.loop().runCallbackThreadsafe(() -> waiter.switchTo("value"));
                  return null;
                }));
    assertThat(waiter.get()).isEqualTo("value");
  }

  // ---- what comes meanwhile ----

  @Test
  void shouldThrowWhatKilledItWhenItComesBack() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Greenlet<String> away = spawnAway(latch);
    away.kill(false);
    turns();
    assertThat(away.ready()).as("it is still away").isFalse();
    latch.countDown();
    away.join();
    assertThat(away.exit()).isInstanceOf(GreenletExit.class);
  }

  @Test
  void shouldBeWaitedForByWhoKillsIt() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Greenlet<String> away = spawnAway(latch);
    away.kill(exit(), true, SHORT);
    assertThat(away.ready()).isFalse();
    latch.countDown();
    away.kill();
    assertThat(away.ready()).isTrue();
  }

  @Test
  void shouldThrowATimeoutWhenItComesBack() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Greenlet<Boolean> greenlet =
        Gevent.spawn(
            () -> {
              Timeout timeout = Timeout.startNew(SHORT);
              Throwable thrown =
                  thrownBy(
                      () ->
                          blocking(
                              () -> {
                                await(latch);
                                return null;
                              }));
              return thrown == timeout;
            });
    Gevent.sleep(SHORT.multipliedBy(3));
    assertThat(greenlet.ready()).isFalse();
    latch.countDown();
    assertThat(greenlet.get()).isTrue();
  }

  @Test
  void shouldKeepWhatTheCallThrewWhenItWasKilledMeanwhile() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    IOException thrown = new IOException("of the call");
    Greenlet<Object> greenlet =
        Gevent.spawn(
            () ->
                thrownBy(
                    () ->
                        blocking(
                            () -> {
                              await(latch);
                              throw thrown;
                            })));
    turns();
    GreenletExit exit = exit();
    greenlet.kill(exit, false, null);
    turns();
    latch.countDown();
    greenlet.join();
    assertThat(greenlet.value()).isSameAs(exit);
    assertThat(exit.getSuppressed()).containsExactly(thrown);
  }

  @Test
  void shouldThrowATimeoutInMainAndForgetTheResult() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    Timeout timeout = Timeout.startNew(SHORT);
    assertThat(
            thrownBy(
                () ->
                    blocking(
                        () -> {
                          await(latch);
                          return "late";
                        })))
        .isSameAs(timeout);
    latch.countDown();
    long start = System.nanoTime();
    Gevent.sleep(SHORT);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(Hub.get().join(LONG)).isTrue();
  }

  @RepeatedTest(20)
  void shouldBeEndedWhenItComesBackAndTheThreadHasEnded() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              Gevent.spawn(
                  () -> {
                    try {
                      blocking(
                          () -> {
                            await(latch);
                            return null;
                          });
                    } catch (Throwable t) {
                      thrown.set(t);
                      throw t;
                    } finally {
                      over.countDown();
                    }
                    return null;
                  });
              turns();
            });
    thread.start();
    thread.join();
    latch.countDown();
    await(over);
    assertThat(thrown.get()).isInstanceOf(GreenletExit.class);
  }

  @Test
  void shouldRefuseNull() {
    assertThatThrownBy(() -> blocking(null)).isInstanceOf(NullPointerException.class);
  }
}
