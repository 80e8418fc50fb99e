package io.gevent4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.greenlet.GreenletExit;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract of {@link Future}, for whoever asks: main and the greenlets of the same hub, a plain
 * thread, and a thread that has a hub of its own.
 */
class FutureTest extends HubTest {
  private enum Asker {
    MAIN,
    GREENLET,
    PLAIN_THREAD,
    OTHER_HUB,
    GREENLET_OF_OTHER_HUB;

    /** Has it asked, while the greenlets of this hub go on. Returns the answer, or throws. */
    <T> T ask(Callable<T> question) throws Exception {
      return switch (this) {
        case MAIN -> question.call();
        case GREENLET -> inGreenlet(question);
        case PLAIN_THREAD -> inThread(question);
        case OTHER_HUB ->
            inThread(
                () -> {
                  try (Hub hub = Hub.get()) {
                    return question.call();
                  }
                });
        case GREENLET_OF_OTHER_HUB ->
            inThread(
                () -> {
                  try (Hub hub = Hub.get()) {
                    return inGreenlet(question);
                  }
                });
      };
    }

    /** What it throws isn't reported, since the greenlet keeps it as its value. */
    private static <T> T inGreenlet(Callable<T> question) throws Exception {
      CompletableFuture<T> answer = new CompletableFuture<>();
      Gevent.spawn(() -> answer(question, answer)).join();
      return unpack(answer);
    }

    private static <T> T inThread(Callable<T> question) throws Exception {
      CompletableFuture<T> answer = new CompletableFuture<>();
      Thread thread = new Thread(() -> answer(question, answer));
      thread.setDaemon(true);
      thread.start();
      while (!answer.isDone()) {
        Gevent.sleep(0.001);
      }
      return unpack(answer);
    }

    private static <T> void answer(Callable<T> question, CompletableFuture<T> answer) {
      try {
        answer.complete(question.call());
      } catch (Throwable thrown) {
        answer.completeExceptionally(thrown);
      }
    }

    private static <T> T unpack(CompletableFuture<T> answer) {
      if (answer.isCompletedExceptionally()) {
        throw raise(answer.handle((value, thrown) -> thrown).join());
      }
      return answer.join();
    }
  }

  private static Greenlet<String> spawnReturning(String value) {
    return Gevent.spawnLater(
        SHORT,
        () -> {
          Gevent.sleep(SHORT);
          return value;
        });
  }

  private static Greenlet<Void> spawnForEver() {
    return Gevent.spawn(() -> Gevent.sleep(LONG));
  }

  // ---- get ----

  @ParameterizedTest
  @EnumSource
  void shouldGiveTheValue(Asker asker) throws Exception {
    Future<String> future = spawnReturning("value");
    String value = asker.ask(future::get);
    assertThat(value).isEqualTo("value");
    String again = asker.ask(() -> future.get(0, TimeUnit.SECONDS));
    assertThat(again).isSameAs(value);
    assertThat(future.isDone()).isTrue();
    assertThat(future.isCancelled()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveTheValueWithinTheTime(Asker asker) throws Exception {
    Greenlet<String> greenlet = spawnReturning("value");
    String value = asker.ask(() -> greenlet.get(30, TimeUnit.SECONDS));
    assertThat(value).isEqualTo("value");
    String again = asker.ask(() -> greenlet.get(LONG));
    assertThat(again).isSameAs(value);
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveTheValueWhenTheTimeIsTheLongestThereIs(Asker asker) throws Exception {
    for (TimeUnit unit : new TimeUnit[] {TimeUnit.NANOSECONDS, TimeUnit.SECONDS, TimeUnit.DAYS}) {
      Future<String> future = spawnReturning("value");
      String value = asker.ask(() -> future.get(Long.MAX_VALUE, unit));
      assertThat(value).isEqualTo("value");
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldThrowWithTheErrorAsTheCause(Asker asker) {
    IOException failure = new IOException("of the test");
    Greenlet<Object> greenlet = spawnFailing(failure);
    Throwable thrown = thrownBy(() -> asker.ask(greenlet::get));
    assertThat(thrown).isExactlyInstanceOf(ExecutionException.class).hasCause(failure);
    assertThat(thrownBy(() -> asker.ask(greenlet::get))).as("again").hasCause(failure);
    assertThat(takeThrown()).containsExactly(failure);
  }

  @ParameterizedTest
  @EnumSource
  void shouldThrowThatItIsCancelledWhenItEndsByAnExit(Asker asker) {
    GreenletExit exit = exit();
    Greenlet<Object> greenlet = spawnFailing(exit);
    assertThat(thrownBy(() -> asker.ask(greenlet::get)))
        .isInstanceOf(CancellationException.class)
        .hasCause(exit);
    assertThat(greenlet.isCancelled()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldThrowWhenTheTimeIsUp(Asker asker) {
    Greenlet<Void> greenlet = spawnForEver();
    for (long millis : new long[] {5, 0, -1}) {
      assertThat(thrownBy(() -> asker.ask(() -> greenlet.get(millis, TimeUnit.MILLISECONDS))))
          .isExactlyInstanceOf(TimeoutException.class);
    }
    assertThat(thrownBy(() -> asker.ask(() -> greenlet.get(SHORT))))
        .isExactlyInstanceOf(TimeoutException.class);
    assertThat(greenlet.hasLinks()).as("who asked is forgotten").isFalse();
    assertThat(greenlet.isDone()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void shouldTellWhetherItHasEndedWhenItIsJoined(Asker asker) throws Exception {
    Greenlet<Void> sleeper = spawnForEver();
    assertThat(asker.ask(() -> sleeper.join(SHORT))).isFalse();
    Greenlet<String> greenlet = spawnReturning("value");
    assertThat(asker.ask(() -> greenlet.join())).isTrue();
    assertThat(asker.ask(() -> greenlet.join(SHORT))).isTrue();
  }

  // ---- interruption ----

  @ParameterizedTest
  @EnumSource
  void shouldThrowWhenTheAskerIsInterruptedBefore(Asker asker) {
    Greenlet<Void> greenlet = spawnForEver();
    Callable<Object> interrupted =
        () -> {
          Thread.currentThread().interrupt();
          try {
            return greenlet.get(LONG);
          } finally {
            assertThat(Thread.interrupted()).as("the flag is taken back").isFalse();
          }
        };
    assertThat(thrownBy(() -> asker.ask(interrupted))).isInstanceOf(InterruptedException.class);
    assertThat(greenlet.isDone()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = "PLAIN_THREAD")
  void shouldThrowWhenTheAskerIsInterruptedWhileItWaits(Asker asker) {
    Greenlet<Void> greenlet = spawnForEver();
    for (Callable<?> get : new Callable<?>[] {greenlet::get, () -> greenlet.get(LONG)}) {
      Callable<Object> interrupted =
          () -> {
            Thread self = Thread.currentThread();
            new Thread(
                    () -> {
                      while (self.getState() == Thread.State.RUNNABLE) {
                        Thread.yield();
                      }
                      self.interrupt();
                    })
                .start();
            return get.call();
          };
      assertThat(thrownBy(() -> asker.ask(interrupted))).isInstanceOf(InterruptedException.class);
    }
    assertThat(greenlet.isDone()).isFalse();
  }

  // ---- cancel ----

  @ParameterizedTest
  @EnumSource
  void shouldEndByAnExitWhenItIsCancelled(Asker asker) throws Exception {
    Greenlet<Void> greenlet = spawnSleeping();
    assertThat(asker.ask(() -> greenlet.cancel(true))).isTrue();
    assertThat(greenlet.join(LONG)).isTrue();
    assertThat(greenlet.isDone()).isTrue();
    assertThat(greenlet.isCancelled()).isTrue();
    assertThat(asker.ask(() -> greenlet.cancel(true))).as("again").isFalse();
    assertThat(thrownBy(() -> asker.ask(greenlet::get))).isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @EnumSource
  void shouldNeverRunWhenItIsCancelledBeforeTheStart(Asker asker) throws Exception {
    AtomicInteger ran = new AtomicInteger();
    Greenlet<Void> unstarted = new Greenlet<>(() -> ran.set(1));
    Greenlet<Void> later = Gevent.spawnLater(LONG, () -> ran.set(1));
    assertThat(asker.ask(() -> unstarted.cancel(false))).isTrue();
    assertThat(asker.ask(() -> later.cancel(false))).isTrue();
    Gevent.joinAll(unstarted, later);
    unstarted.start();
    Gevent.waitAll();
    assertThat(unstarted.isCancelled()).isTrue();
    assertThat(later.isCancelled()).isTrue();
    assertThat(ran).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseToCancelWhatHasEnded(Asker asker) throws Exception {
    Greenlet<String> greenlet = spawnReturning("value");
    greenlet.join();
    assertThat(asker.ask(() -> greenlet.cancel(true))).isFalse();
    assertThat(greenlet.isCancelled()).isFalse();
    assertThat(greenlet.get()).isEqualTo("value");
  }

  // ---- others go on ----

  @ParameterizedTest
  @EnumSource(names = "OTHER_HUB")
  void shouldLetTheGreenletsOfTheAskersHubGoOn(Asker asker) throws Exception {
    Greenlet<String> greenlet = spawnReturning("value");
    Callable<Integer> question =
        () -> {
          AtomicInteger ticks = new AtomicInteger();
          Gevent.spawn(
              () -> {
                while (!greenlet.isDone()) {
                  ticks.incrementAndGet();
                  Gevent.sleep(Duration.ofNanos(100_000));
                }
              });
          greenlet.get();
          return ticks.get();
        };
    assertThat(asker.ask(question)).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GREENLET") // which is as good as main
  void shouldReleaseTheAskerWhenTheHubOfTheGreenletIsClosed(Asker asker) throws Exception {
    CompletableFuture<Greenlet<Void>> made = new CompletableFuture<>();
    CountDownLatch close = new CountDownLatch(1);
    Thread owner =
        new Thread(
            () -> {
              try (Hub hub = Hub.get()) {
                made.complete(spawnSleeping());
                while (close.getCount() > 0) {
                  Gevent.sleep(0.001);
                }
                Gevent.sleep(SHORT);
              }
            });
    owner.start();
    Greenlet<Void> greenlet = made.get();
    Callable<Object> question =
        () -> {
          close.countDown();
          return greenlet.get(Duration.ofSeconds(5));
        };
    assertThat(thrownBy(() -> asker.ask(question))).isInstanceOf(CancellationException.class);
    owner.join();
    assertThat(greenlet.isDone()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GREENLET")
  void shouldReleaseTheAskerWhenTheThreadOfTheGreenletEnds(Asker asker) throws Exception {
    CompletableFuture<Greenlet<Void>> made = new CompletableFuture<>();
    CountDownLatch end = new CountDownLatch(1);
    Thread owner =
        new Thread(
            () -> {
              made.complete(spawnSleeping());
              while (end.getCount() > 0) {
                Gevent.sleep(0.001);
              }
              Gevent.sleep(SHORT);
            });
    owner.start();
    Greenlet<Void> greenlet = made.get();
    Callable<Object> question =
        () -> {
          end.countDown();
          return greenlet.get(Duration.ofSeconds(5));
        };
    assertThat(thrownBy(() -> asker.ask(question))).isInstanceOf(CancellationException.class);
    owner.join();
  }
}
