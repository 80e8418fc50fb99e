package io.gevent4j.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.HubTest.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** Those beside a test who use what it tests: on threads of their own, of every kind. */
public final class Others implements AutoCloseable {
  private static final long PATIENCE_NANOS = 40_000_000_000L;

  /** What somebody is to the test's hub. */
  public enum Kind {
    /** A greenlet of it. */
    GREENLET,
    /** The main greenlet of another hub. */
    MAIN,
    /** A greenlet of another hub. */
    FOREIGN,
    /** A thread without a hub. */
    PLAIN,
    /** A greenlet of the test's hub that is away on its own kernel thread. */
    AWAY,
    /** A virtual thread; on a VM that has none, a plain one. */
    VIRTUAL
  }

  private static final class Other {
    final Kind kind;
    volatile boolean ended;
    volatile Thread thread;

    Other(Kind kind) {
      this.kind = kind;
    }

    /** Where all waits are. */
    boolean isInNative() {
      StackTraceElement[] stack = thread.getStackTrace();
      return stack.length > 0 && stack[0].isNativeMethod();
    }

    @Override
    public String toString() {
      Thread at = thread;
      StringBuilder text = new StringBuilder("\n").append(kind).append(" on ").append(at);
      if (at != null) {
        Arrays.stream(at.getStackTrace()).forEach(frame -> text.append("\n  at ").append(frame));
      }
      return text.toString();
    }
  }

  private final List<Other> others = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** Nobody. The test's hub knows that other threads may wake it. */
  public Others() {
    Hub.get().setWaitsForThreads(true);
  }

  /** One more. */
  public Others start(Kind kind, Body body) {
    Other other = new Other(kind);
    others.add(other);
    Runnable run = () -> run(other, body);
    switch (kind) {
      case GREENLET -> Gevent.spawn(run);
      case AWAY -> Gevent.spawn(() -> Hub.get().blocking(() -> callVoid(run)));
      case VIRTUAL -> startVirtual(other, run);
      default -> startThread(other, run);
    }
    return this;
  }

  /** One more, which has come to its wait when this returns. */
  public Others startWaiting(Kind kind, Body wait) {
    CountDownLatch about = new CountDownLatch(1);
    start(
        kind,
        () -> {
          about.countDown();
          wait.run();
        });
    Other other = others.get(others.size() - 1);
    until("it waits", () -> about.getCount() == 0 && (other.ended || other.isInNative()));
    return this;
  }

  private void run(Other other, Body body) {
    other.thread = Thread.currentThread();
    try {
      body.run();
    } catch (Throwable thrown) {
      failures.add(thrown);
    } finally {
      other.ended = other.kind != Kind.MAIN && other.kind != Kind.FOREIGN;
    }
  }

  private static Object callVoid(Runnable run) {
    run.run();
    return null;
  }

  private static void startVirtual(Other other, Runnable run) {
    try {
      Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, run);
    } catch (NoSuchMethodException e) {
      startThread(other, run);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void startThread(Other other, Runnable run) {
    Thread thread =
        new Thread(
            () -> {
              if (other.kind == Kind.PLAIN || other.kind == Kind.VIRTUAL) {
                run.run();
                return;
              }
              try (Hub hub = Hub.get()) {
                if (other.kind == Kind.MAIN) {
                  run.run();
                } else {
                  Gevent.spawn(run).join();
                }
              } finally {
                other.ended = true; // and its hub is closed
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits until all have ended, and throws what any of them threw. For main of the test's hub. */
  public void join() {
    long start = System.nanoTime();
    while (!others.stream().allMatch(other -> other.ended) && failures.isEmpty()) {
      assertThat(System.nanoTime() - start)
          .as(() -> "they end: " + others.stream().filter(other -> !other.ended).toList())
          .isLessThan(PATIENCE_NANOS);
      Gevent.sleep(0.0005);
    }
    if (!failures.isEmpty()) {
      AssertionError failure = new AssertionError("one of the others failed", failures.peek());
      others.stream()
          .filter(other -> !other.ended)
          .forEach(other -> failure.addSuppressed(new AssertionError("" + other)));
      throw failure;
    }
  }

  /** As {@link #join}. */
  @Override
  public void close() {
    join();
  }

  /** Lets the hub run until this is so. */
  public static void until(String what, java.util.function.BooleanSupplier isSo) {
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(PATIENCE_NANOS);
      Gevent.sleep(0.0005);
    }
  }

  /** Computes for so long, without a wait. */
  public static void spin(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  /** How many times as much as usual is to be done. */
  public static int soak() {
    return Integer.getInteger("gevent4j.soak", 1);
  }
}
