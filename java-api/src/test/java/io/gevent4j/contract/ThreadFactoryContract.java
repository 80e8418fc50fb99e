package io.gevent4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a {@link ThreadFactory} promises, and its threads as far as one can tell from outside. */
abstract class ThreadFactoryContract extends WorldTest {
  ThreadFactoryContract(World world) {
    super(world);
  }

  abstract ThreadFactory factory();

  /** Whether its threads are alive, can be joined and are the current thread of what they run. */
  boolean isOfTheKernel() {
    return true;
  }

  private void untilEnded(Thread thread) throws InterruptedException {
    until(() -> thread.getState() == Thread.State.TERMINATED, "the end of the thread");
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void shouldMakeThreadsThatHaveNotStarted() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Thread thread = factory().newThread(runs::incrementAndGet);
    assertThat(thread).isNotNull();
    assertThat(thread.isAlive()).isFalse();
    assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
    world.pause();
    assertThat(runs.get()).isZero();
  }

  @Test
  void shouldMakeANewOneEachTime() {
    ThreadFactory factory = factory();
    Runnable nothing = () -> {};
    assertThat(factory.newThread(nothing)).isNotSameAs(factory.newThread(nothing));
  }

  @Test
  void shouldRunWhatItIsGivenOnceItStarts() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Thread thread = factory().newThread(runs::incrementAndGet);
    thread.start();
    untilEnded(thread);
    assertThat(runs.get()).isEqualTo(1);
  }

  @Test
  void shouldBeAliveWhileItRuns() throws Exception {
    assumeTrue(isOfTheKernel(), "these threads stand for greenlets");
    Gate gate = new Gate();
    AtomicInteger runs = new AtomicInteger();
    Thread thread =
        factory()
            .newThread(
                () -> {
                  runs.incrementAndGet();
                  assertThat(thrownBy(gate::await)).isNull();
                });
    thread.start();
    until(() -> runs.get() == 1, "the start");
    assertThat(thread.isAlive()).isTrue();
    gate.open();
    untilEnded(thread);
  }

  @Test
  void shouldStartOnlyOnce() throws Exception {
    Thread thread = factory().newThread(() -> {});
    thread.start();
    assertThrows(IllegalThreadStateException.class, thread::start);
    untilEnded(thread);
    assertThrows(IllegalThreadStateException.class, thread::start);
  }

  @Test
  void shouldRunManyAtTheSameTime() throws Exception {
    ThreadFactory factory = factory();
    AtomicInteger inside = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          factory.newThread(
              () -> {
                inside.incrementAndGet();
                assertThat(thrownBy(() -> until(() -> inside.get() == 4, "the others"))).isNull();
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      untilEnded(thread);
    }
    assertThat(inside.get()).isEqualTo(4);
  }

  @Test
  void shouldBeJoined() throws Exception {
    assumeTrue(isOfTheKernel(), "these threads stand for greenlets");
    Gate gate = new Gate();
    Thread thread = factory().newThread(() -> assertThat(thrownBy(gate::await)).isNull());
    thread.start();
    Task<Void> joiner = spawnWaiting(() -> thread.join());
    gate.open();
    join(joiner);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void shouldStopWaitingWhenItIsInterrupted() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicInteger runs = new AtomicInteger();
    Gate gate = new Gate();
    Thread thread =
        factory()
            .newThread(
                () -> {
                  runs.incrementAndGet();
                  thrown.set(thrownBy(gate::await));
                });
    thread.start();
    until(() -> runs.get() == 1, "the start");
    thread.interrupt();
    untilEnded(thread);
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void shouldTellItsHandlerWhatItThrows() throws Exception {
    world.expectUncaught();
    IllegalStateException cause = new IllegalStateException("of the test");
    AtomicReference<Throwable> told = new AtomicReference<>();
    Thread thread =
        factory()
            .newThread(
                () -> {
                  throw cause;
                });
    thread.setUncaughtExceptionHandler((of, thrown) -> told.set(thrown));
    thread.start();
    untilEnded(thread);
    assertThat(told.get()).isSameAs(cause);
  }

  @Test
  void shouldBeTheCurrentThreadOfWhatItRuns() throws Exception {
    assumeTrue(isOfTheKernel(), "these threads stand for greenlets");
    AtomicReference<Thread> current = new AtomicReference<>();
    Thread thread = factory().newThread(() -> current.set(Thread.currentThread()));
    thread.start();
    untilEnded(thread);
    assertThat(current.get()).isSameAs(thread);
  }
}
