package io.gevent4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.TimerWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** From the first use of a hub to its end. gevent: test__destroy.py, test__nondefaultloop.py. */
class HubLifeTest extends HubTest {
  /** Runs the body in a thread of its own, which has no hub yet. */
  private static void inThread(Body body) throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(thrownBy(body)));
    thread.start();
    thread.join();
    if (thrown.get() != null) {
      throw raise(thrown.get());
    }
  }

  // ---- making ----

  @Test
  void shouldBeMadeAtTheFirstUse() throws Exception {
    inThread(
        () -> {
          assertThat(Hub.getIfExists()).isNull();
          Gevent.sleep(0);
          Hub hub = Hub.getIfExists();
          assertThat(hub).isNotNull().isSameAs(Hub.get()).isSameAs(Gevent.getHub());
          hub.close();
          assertThat(Hub.getIfExists()).isNull();
        });
  }

  @Test
  void shouldBeTheSameInAllGreenletsOfAThread() throws Exception {
    Hub hub = Hub.get();
    assertThat(Gevent.spawn(() -> Hub.get()).get()).isSameAs(hub);
    assertThat(Gevent.spawn(() -> Hub.getIfExists()).get()).isSameAs(hub);
    assertThat(hub.main()).isSameAs(RawGreenlet.getCurrent());
    assertThat(hub.isHere()).isTrue();
  }

  @Test
  void shouldRefuseASecondOneInAThread() {
    try (Loop loop = new Loop("libev")) {
      assertThatThrownBy(() -> Hub.create(loop))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("already");
    }
    assertThatThrownBy(() -> Hub.create(null)).isInstanceOf(RuntimeException.class);
    Gevent.sleep(0);
  }

  @Test
  void shouldHaveTheLoopThatTheSettingsName() {
    assertThat(Hub.get().loop().name()).isEqualTo(Config.LOOP.value());
  }

  // gevent: two kinds of loops in one process
  @Test
  void shouldRunOverEitherLoopAtTheSameTime() throws Exception {
    Exchanger<Loop> exchanger = new Exchanger<>();
    Exchanger<Waiter<String>> waiters = new Exchanger<>();
    Body[] bodies = new Body[2];
    List<String> names = List.of("libev", "libuv");
    for (int i = 0; i < 2; i++) {
      Loop[] mine = new Loop[1];
      String name = names.get(i);
      bodies[i] =
          () -> {
            mine[0] = new Loop(name);
            try (Hub hub = Hub.create(mine[0])) {
              assertThat(hub.loop()).isSameAs(mine[0]);
              assertThat(hub.loop().name()).isEqualTo(name);
              Loop other = exchanger.exchange(mine[0], 30, SECONDS);
              mine[0].ref();
              Waiter<String> called = new Waiter<>();
              Waiter<String> theirs = waiters.exchange(called, 30, SECONDS);
              other.runCallbackThreadsafe(() -> theirs.switchTo(name));
              assertThat(called.get()).isIn(names).isNotEqualTo(name);
              Gevent.sleep(SHORT);
              mine[0].unref();
              exchanger.exchange(mine[0], 30, SECONDS); // none closes while the other calls
            }
            assertThat(mine[0].isClosed()).isTrue();
          };
    }
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread first = new Thread(() -> thrown.set(thrownBy(bodies[0])));
    first.start();
    inThread(bodies[1]);
    first.join();
    assertThat(thrown.get()).isNull();
  }

  // ---- closing ----

  @Test
  void shouldCloseItsLoopAndBeClosedTwice() {
    Hub hub = Hub.get();
    assertThat(hub.isClosed()).isFalse();
    hub.close();
    hub.close();
    assertThat(hub.isClosed()).isTrue();
    assertThat(hub.loop().isClosed()).isTrue();
    assertThatThrownBy(() -> hub.loop().runCallback(() -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(hub.toString()).contains("closed");
  }

  @Test
  void shouldBeReplacedByAnotherAtTheNextUse() throws Exception {
    Hub first = Hub.get();
    first.close();
    try (Hub second = Hub.get()) {
      assertThat(second).isNotSameAs(first);
      assertThat(Gevent.spawn(() -> 5).get()).isEqualTo(5);
      Gevent.sleep(SHORT);
    }
  }

  @Test
  void shouldBeClosedByMainOnly() throws Exception {
    Hub hub = Hub.get();
    Throwable thrown = Gevent.spawn(() -> thrownBy(hub::close)).get();
    assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("only main");
    inThread(() -> assertThatThrownBy(hub::close).isInstanceOf(IllegalStateException.class));
    assertThat(hub.isClosed()).isFalse();
    Gevent.sleep(0);
  }

  @Test
  void shouldThrowInThoseThatWaitAndRunTheirFinallyBlocks() {
    List<Object> seen = new ArrayList<>();
    Waiter<Void> waiter = new Waiter<>();
    TimerWatcher timer = Hub.get().loop().timer(LONG);
    Greenlet<Void> target = spawnSleeping();
    List<Body> waits =
        List.of(
            () -> Gevent.sleep(LONG),
            waiter::get,
            target::join,
            () -> Hub.get().waitFor(timer),
            () -> Gevent.joinAll(target));
    List<Greenlet<Void>> greenlets = new ArrayList<>();
    for (Body wait : waits) {
      greenlets.add(
          Gevent.spawn(
              () -> {
                try {
                  seen.add(thrownBy(wait));
                } finally {
                  seen.add("finally");
                }
              }));
    }
    turns();
    Hub.get().close();
    assertThat(seen).hasSize(2 * waits.size());
    assertThat(seen.stream().filter(each -> each instanceof HubDestroyed)).hasSize(waits.size());
    assertThat(greenlets).allMatch(Greenlet::ready);
    assertThat(target.exit()).isInstanceOf(HubDestroyed.class).isInstanceOf(GreenletExit.class);
    assertThat(target.successful()).isTrue();
  }

  // gevent: test__issue1686.py
  @Test
  void shouldNeverStartThoseThatHaveNotStarted() {
    List<String> seen = new ArrayList<>();
    Gevent.spawn(() -> seen.add("spawned"));
    Gevent.spawnRaw(() -> seen.add("spawned raw"));
    Gevent.spawnLater(SHORT, () -> seen.add("spawned for later"));
    Hub.get().close();
    try (Hub next = Hub.get()) {
      assertThat(next.join(LONG)).isTrue();
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void shouldEndThoseThatSwallowTheEnd() {
    List<Throwable> caught = new ArrayList<>();
    Greenlet<Void> stubborn =
        Gevent.spawn(
            () -> {
              for (int i = 0; i < 100; i++) {
                caught.add(thrownBy(() -> Gevent.sleep(LONG)));
              }
            });
    turn();
    Hub.get().close();
    assertThat(caught).hasSize(100).hasOnlyElementsOfType(HubDestroyed.class);
    assertThat(stubborn.ready()).isTrue();
  }

  @Test
  void shouldRefuseToWaitInFinallyBlocksWithoutStoppingTheEnd() {
    List<Throwable> caught = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Gevent.spawn(
          () -> {
            try {
              Gevent.sleep(LONG);
            } finally {
              caught.add(thrownBy(() -> Gevent.sleep(SHORT)));
            }
          });
    }
    turn();
    Hub.get().close();
    assertThat(caught).hasSize(3).hasOnlyElementsOfType(HubDestroyed.class);
  }

  @Test
  void shouldWaitForThoseThatAreAway() {
    CountDownLatch latch = new CountDownLatch(1);
    List<Greenlet<String>> away = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      away.add(
          Gevent.spawn(
              () ->
                  Hub.get()
                      .blocking(
                          () -> {
                            latch.await();
                            return "value";
                          })));
    }
    turns();
    Thread opener =
        new Thread(
            () -> {
              try {
                Thread.sleep(50);
              } catch (InterruptedException ignored) {
                // opens at once
              }
              latch.countDown();
            });
    opener.start();
    Hub.get().close();
    assertThat(latch.getCount()).isZero();
    assertThat(away).allMatch(Greenlet::ready);
  }

  // gevent: test__destroy_default_loop.py
  @Test
  void shouldTakeTheDefaultLoopWithIt() {
    Hub hub = Hub.get();
    hub.loop().install();
    assertThat(hub.loop().isDefault()).isTrue();
    hub.close();
    assertThat(Loop.getDefault()).isNotSameAs(hub.loop());
    try (Hub second = Hub.get()) {
      assertThat(Loop.getDefault()).isNotNull();
      assertThat(second.loop().isClosed()).isFalse();
    }
  }

  // ---- again and again ----

  private static void live(boolean waiting) {
    try (Hub hub = Hub.get()) {
      Gevent.spawn(() -> Gevent.sleep(waiting ? 30 : 0));
      hub.loop().timer(LONG).start(() -> {});
      hub.loop().async().start(() -> {});
      Gevent.sleep(0);
    }
  }

  // gevent: destroying and making a hub many times
  @Test
  void shouldNotGrowWhenItIsMadeAndClosedManyTimes() {
    Hub.get().close();
    for (int i = 0; i < 300; i++) {
      live(i % 2 == 0);
    }
    Usage before = Usage.now();
    for (int i = 0; i < 1_000; i++) {
      live(i % 2 == 0);
    }
    before.assertSame(12_000);
  }

  // ---- names ----

  @Test
  void shouldHaveANumberThatIsGivenAgain() {
    Hub first = Hub.get();
    int number = first.minimalIdent();
    assertThat(first.name()).isEqualTo("Hub-" + number);
    assertThat(first.toString()).contains(first.name(), Thread.currentThread().getName());
    first.close();
    try (Hub second = Hub.get()) {
      assertThat(second.minimalIdent()).isLessThanOrEqualTo(number);
    }
  }
}
