package io.gevent4j.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Greenlets that look like threads, and how far that goes. */
class GreenletThreadFactoryTest extends HubTest {
  /** The test's constructor runs in another thread, with another hub. */
  private static GreenletAsThread newThread(Runnable run) {
    return new GreenletThreadFactory().newThread(run);
  }

  @Test
  void shouldRunItsTaskAsAGreenletOfTheHubOnceStarted() throws Exception {
    List<Object> seen = new ArrayList<>();
    GreenletAsThread thread =
        newThread(
            () -> {
              seen.add(RawGreenlet.getCurrent());
              seen.add(Thread.currentThread().getName());
            });
    turns();
    assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
    assertThat(seen).isEmpty();
    thread.start();
    assertThat(thread.getState()).isEqualTo(Thread.State.RUNNABLE);
    assertThat(thread.awaitEnd(null)).isTrue();
    assertThat(thread.getState()).isEqualTo(Thread.State.TERMINATED);
    assertThat(seen).containsExactly(thread.greenlet(), thread.getName());
    assertThat(thrownBy(thread::start)).isInstanceOf(IllegalThreadStateException.class);
    assertThat(thrownBy(() -> newThread(null))).isInstanceOf(NullPointerException.class);
  }

  @Test
  void shouldBeStartedByOtherThreads() throws Exception {
    AtomicReference<Hub> hub = new AtomicReference<>();
    GreenletAsThread thread = newThread(() -> hub.set(Hub.get()));
    Thread starter = new Thread(thread::start);
    starter.start();
    starter.join();
    assertThat(thread.awaitEnd(LONG)).isTrue();
    assertThat(hub.get()).isSameAs(Hub.get());
  }

  @Test
  void shouldEndTheWaitOfItsGreenletWhenInterrupted() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable wait = () -> thrown.set(thrownBy(() -> new AsyncResult<String>().get()));
    GreenletAsThread thread = newThread(wait);
    thread.start();
    turns();
    assertThat(thread.getState()).isEqualTo(Thread.State.WAITING);
    thread.interrupt();
    assertThat(thread.awaitEnd(LONG)).isTrue();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    GreenletAsThread before = newThread(wait);
    thrown.set(null);
    before.interrupt();
    assertThat(before.isInterrupted()).isTrue();
    before.start();
    assertThat(before.awaitEnd(LONG)).isTrue();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(before.isInterrupted()).isFalse();
  }

  @Test
  void shouldTellItsHandlerWhatTheTaskThrowsOrElseTheHub() throws Exception {
    IllegalStateException cause = new IllegalStateException("of the test");
    List<Object> told = new ArrayList<>();
    GreenletAsThread thread = newThread(() -> raise(cause));
    thread.setUncaughtExceptionHandler(
        (of, thrown) -> {
          told.add(of);
          told.add(thrown);
        });
    thread.start();
    thread.awaitEnd(LONG);
    assertThat(told).containsExactly(thread, cause);
    GreenletAsThread other = newThread(() -> raise(cause));
    other.start();
    other.awaitEnd(LONG);
    assertThat(takeThrown()).containsExactly(cause);
  }

  @Test
  void shouldTellWhereItIs() {
    Event event = new Event();
    GreenletAsThread thread = newThread(event::await);
    assertThat(thread.getStackTrace()).isEmpty();
    thread.start();
    turns();
    assertThat(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(Event.class.getName()));
    assertThat(thread.toString()).contains(thread.getName(), "WAITING");
    event.set();
    turns();
    assertThat(thread.getState()).isEqualTo(Thread.State.TERMINATED);
  }

  @Test
  void shouldGiveUpWaitingForItsEndAfterTheTime() throws Exception {
    GreenletAsThread thread = newThread(() -> Gevent.sleep(LONG));
    thread.start();
    assertThat(thread.awaitEnd(SHORT)).isFalse();
    thread.greenlet().kill();
    assertThat(thread.awaitEnd(LONG)).isTrue();
  }

  @Test
  void shouldRunTheTaskItselfWhenOnlyItsRunMethodIsCalled() throws Exception {
    AtomicReference<Thread> current = new AtomicReference<>();
    Thread plain = new Thread(newThread(() -> current.set(Thread.currentThread()))::run);
    plain.start();
    plain.join();
    assertThat(current.get()).isSameAs(plain);
  }

  /** It starts threads by other ways than their start(); since Java 21. */
  @Test
  void shouldServeTheJdksThreadPerTaskExecutor() throws Exception {
    Method make = threadPerTask();
    assumeTrue(make != null, "this JDK has none");
    Hub hub = Hub.get();
    ExecutorService executor = (ExecutorService) make.invoke(null, new GreenletThreadFactory());
    Future<Boolean> future =
        executor.submit(
            () -> {
              Gevent.sleep(0.001);
              return Hub.get() == hub;
            });
    while (!future.isDone()) {
      Gevent.sleep(0.001);
    }
    assertThat(future.get()).isTrue();
    executor.shutdown();
    while (!executor.isTerminated()) {
      Gevent.sleep(0.001);
    }
  }

  private static Method threadPerTask() {
    try {
      return Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
