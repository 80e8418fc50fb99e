package io.gevent4j.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the tests of loops share: each runs over libev and over libuv, in a thread of its own with a
 * loop of its own; and whatever a callback throws without the test expecting it fails the test.
 */
@ParameterizedClass
@ValueSource(strings = {"libev", "libuv"})
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
abstract class OnEachLoop {
  /** How long an event may take before it counts as missing. */
  static final double DEADLINE_SECONDS = 30;

  /** A body that may throw anything. */
  @FunctionalInterface
  interface Body {
    void run() throws Throwable;
  }

  @Parameter String name;

  private final List<Throwable> errors = new ArrayList<>();
  private Loop loop;
  private Thread user;

  /** The loop of this test, made in the test's own thread. */
  final Loop loop() {
    if (loop == null) {
      loop = new Loop(name);
      user = Thread.currentThread();
      loop.setErrorHandler((context, thrown) -> errors.add(thrown));
    }
    return loop;
  }

  @AfterEach
  final void closeTheLoop() throws InterruptedException {
    if (loop != null) {
      user.join((long) (DEADLINE_SECONDS * 1000));
      loop.close();
    }
    assertThat(errors).as("thrown by callbacks").isEmpty();
  }

  /** What callbacks have thrown; from now on it is forgotten. */
  final List<Throwable> takeErrors() {
    List<Throwable> taken = List.copyOf(errors);
    errors.clear();
    return taken;
  }

  /** Runs the loop until nothing is left; what takes too long fails. */
  final void run() {
    TimerWatcher deadline = loop().timer(DEADLINE_SECONDS);
    deadline.setRef(false);
    deadline.start(loop::breakLoop);
    boolean finished = loop.run();
    deadline.close();
    assertThat(finished).as("the loop had nothing left to do in time").isTrue();
  }

  /** What the body throws, or null. */
  static Throwable thrownBy(Body body) {
    try {
      body.run();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  /** Runs the body in a new thread, to its end. Returns what it throws, or null. */
  static Throwable thrownInAnotherThread(Body body) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(thrownBy(body)));
    thread.start();
    join(thread);
    return thrown.get();
  }

  static Thread startThread(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static void join(Thread thread) {
    try {
      thread.join((long) (DEADLINE_SECONDS * 1000));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(thread.isAlive()).as("the thread has ended").isFalse();
  }
}
