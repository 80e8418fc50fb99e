package io.gevent4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.loop.Watcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Hubs and threads: each has its own, and what is left when a thread ends. */
class HubThreadsTest extends HubTest {
  /** Starts a thread whose failure {@link #join} throws. */
  private static Thread start(Body body, AtomicReference<Throwable> thrown) {
    Thread thread = new Thread(() -> thrown.set(thrownBy(body)));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void inThread(Body body) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    join(start(body, thrown));
    if (thrown.get() != null) {
      throw raise(thrown.get());
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(LONG.toMillis());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(thread.isAlive()).as("the thread still runs").isFalse();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LONG.toSeconds(), SECONDS)).as("the event has come").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- side by side ----

  @Test
  void shouldRunIndependentlyInTwoThreads() throws Exception {
    AtomicInteger sum = new AtomicInteger();
    Body work =
        () -> {
          try (Hub hub = Hub.get()) {
            List<Greenlet<Void>> greenlets = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
              greenlets.add(
                  Gevent.spawn(
                      () -> {
                        for (int j = 0; j < 50; j++) {
                          Gevent.sleep(j % 10 == 0 ? 0.0005 : 0);
                          sum.incrementAndGet();
                          assertThat(Hub.get()).isSameAs(hub);
                        }
                      }));
            }
            Gevent.joinAll(greenlets);
            assertThat(greenlets).allMatch(Greenlet::successful);
          }
        };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread other = start(work, thrown);
    inThread(work);
    join(other);
    assertThat(thrown.get()).isNull();
    assertThat(sum.get()).isEqualTo(2 * 20 * 50);
  }

  @Test
  void shouldNotLetOneHubsDeadlockOrErrorsReachTheOther() throws Exception {
    inThread(
        () -> {
          try (Hub hub = Hub.get()) {
            hub.setExceptionStream(null);
            spawnFailing(new SystemExit(1));
            assertThat(thrownBy(() -> Gevent.sleep(LONG))).isInstanceOf(SystemExit.class);
            assertThat(thrownBy(() -> new Waiter<Void>().get())).isInstanceOf(LoopExit.class);
          }
        });
    Gevent.sleep(SHORT);
    assertThat(errors()).isEmpty();
  }

  @Test
  void shouldRefuseEveryUseFromAnotherThread() {
    Hub hub = Hub.get();
    Waiter<String> waiter = new Waiter<>();
    Timeout timeout = Timeout.startNew(LONG);
    Watcher watcher = hub.loop().timer(LONG);
    Greenlet<Void> sleeping = spawnSleeping();
    Map<String, Body> uses = new LinkedHashMap<>();
    uses.put("join", hub::join);
    uses.put("join with a limit", () -> hub.join(SHORT));
    uses.put("close", hub::close);
    uses.put("blocking", () -> hub.blocking(() -> "value"));
    uses.put("waitFor", () -> hub.waitFor(watcher));
    uses.put("switchOut", hub::switchOut);
    uses.put("switchOut with a limit", () -> hub.switchOut(1_000_000, true));
    uses.put("switchOutReady", hub::switchOutReady);
    uses.put("makeReady", () -> makeReady(hub, sleeping));
    uses.put("runCallback", () -> hub.loop().runCallback(() -> {}));
    uses.put("timer", () -> hub.loop().timer(LONG));
    uses.put("Waiter.get", waiter::get);
    uses.put("Greenlet.switchTo", sleeping::switchTo);
    uses.put("Greenlet.throwInto", () -> sleeping.throwInto(exit()));
    uses.put("Timeout.cancel", timeout::cancel);
    inThread(
        () ->
            uses.forEach(
                (name, use) ->
                    assertThat(thrownBy(use))
                        .as(name)
                        .isInstanceOfAny(GreenletException.class, IllegalStateException.class)
                        .extracting(thrown -> thrown.getMessage())
                        .asString()
                        .containsAnyOf("thread", "main")));
    Gevent.sleep(SHORT);
    assertThat(sleeping.ready()).isFalse();
    watcher.close();
    sleeping.kill();
  }

  private static void makeReady(Hub hub, Greenlet<Void> greenlet) {
    if (!hub.makeReady(greenlet)) {
      throw new GreenletException("it belongs to another thread");
    }
  }

  // ---- the end of a thread ----

  @Test
  void shouldRunTheFinallyBlocksOneAfterTheOtherWhenItsThreadEnds() {
    int many = 20;
    CountDownLatch over = new CountDownLatch(many);
    AtomicInteger inside = new AtomicInteger();
    List<String> trouble = Collections.synchronizedList(new ArrayList<>());
    inThread(
        () -> {
          for (int i = 0; i < many; i++) {
            Gevent.spawn(
                () -> {
                  try {
                    Gevent.sleep(LONG);
                  } catch (GreenletExit exit) {
                    if (inside.incrementAndGet() != 1) {
                      trouble.add("two at a time");
                    }
                    Thread.yield();
                    inside.decrementAndGet();
                    throw exit;
                  } finally {
                    over.countDown();
                  }
                });
          }
          turns();
        });
    await(over);
    assertThat(trouble).isEmpty();
  }

  @Test
  void shouldEndEachKindOfWaitWhenItsThreadEnds() {
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch over = new CountDownLatch(6);
    CountDownLatch latch = new CountDownLatch(1);
    inThread(
        () -> {
          Greenlet<Void> sleeping = spawnSleeping();
          List<Body> waits =
              List.of(
                  () -> Gevent.sleep(LONG),
                  () -> sleeping.join(),
                  () -> new Waiter<Void>().get(),
                  () -> Gevent.joinAll(sleeping),
                  () -> Hub.get().waitFor(Hub.get().loop().timer(LONG)),
                  () ->
                      Hub.get()
                          .blocking(
                              () -> {
                                await(latch);
                                return null;
                              }));
          for (Body wait : waits) {
            Gevent.spawn(
                () -> {
                  seen.add(thrownBy(wait));
                  over.countDown();
                });
          }
          turns();
        });
    latch.countDown();
    await(over);
    assertThat(seen).hasSize(6).hasOnlyElementsOfType(GreenletExit.class);
  }

  @Test
  void shouldCloseTheLoopWhenItsThreadEnds() throws Exception {
    List<Hub> hubs = new ArrayList<>();
    inThread(
        () -> {
          hubs.add(Hub.get());
          spawnSleeping();
        });
    for (long start = System.nanoTime(); !hubs.get(0).isClosed(); Thread.sleep(1)) {
      assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
    }
  }

  @Test
  void shouldStayUsableWhenAThreadHasEndedThatWaitedForIt() throws Exception {
    Greenlet<Void> sleeping = spawnSleeping();
    inThread(() -> assertThat(sleeping.join(SHORT)).isFalse());
    sleeping.kill();
    Gevent.sleep(SHORT);
    assertThat(sleeping.ready()).isTrue();
  }

  // gevent: hubs of many threads
  @Test
  void shouldNotGrowWithManyShortLivedThreads() {
    int many = "baton".equals(System.getenv("GEVENT4J_SWITCH")) ? 1_000 : 10_000;
    runThreads(many / 10);
    Usage before = Usage.now();
    runThreads(many);
    before.assertSame(40_000);
  }

  private static void runThreads(int count) {
    for (int i = 0; i < count; i++) {
      boolean closed = i % 3 != 0;
      inThread(
          () -> {
            Gevent.spawn(() -> Gevent.sleep(LONG));
            Gevent.spawn(() -> {});
            Gevent.sleep(0);
            if (closed) {
              Hub.get().close();
            }
          });
    }
  }
}
