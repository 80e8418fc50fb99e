package io.gevent4j.greenlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;

/**
 * What the tests of raw greenlets share.
 *
 * <p>Every test runs in a thread of its own, so it has a family of its own: whatever it leaves
 * behind (a tracer, suspended greenlets) ends with that thread, and a greenlet that never comes
 * back fails one test and hangs none.
 */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
abstract class GreenletTest {
  /** How long an event may take before it counts as missing. */
  static final long DEADLINE_SECONDS = 30;

  /** A body that may throw anything. */
  @FunctionalInterface
  interface Body {
    void run() throws Throwable;
  }

  /** What a child process left. */
  static final class Finished {
    final int status;
    final String stdout;
    final String stderr;

    Finished(int status, String stdout, String stderr) {
      this.status = status;
      this.stdout = stdout;
      this.stderr = stderr;
    }
  }

  /** The parent of the running greenlet. */
  static RawGreenlet parent() {
    return RawGreenlet.getCurrent().getParent();
  }

  /** Switches to the parent of the running greenlet. */
  static Object toParent(Object value) {
    return parent().switchTo(value);
  }

  static Object toParent() {
    return toParent(null);
  }

  /** A greenlet, suspended, that gives back whatever it is given, for ever. */
  static RawGreenlet suspendedEcho() {
    RawGreenlet echo =
        new RawGreenlet(
            first -> {
              Object value = first;
              while (true) {
                value = toParent(value);
              }
            });
    echo.switchTo();
    return echo;
  }

  /** A greenlet that has ended. */
  static RawGreenlet deadGreenlet() {
    RawGreenlet greenlet = new RawGreenlet(value -> value);
    greenlet.switchTo();
    return greenlet;
  }

  /** Throws anything, declared or not: {@code throw raise(...)}. */
  static RuntimeException raise(Throwable any) {
    throw GreenletTest.<RuntimeException>raiseUnchecked(any);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException raiseUnchecked(Throwable any) throws T {
    throw (T) any;
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

  /** Runs the body in a new thread, to the end of that thread; its failure is ours. */
  static void inThread(Body body) {
    join(startThread(body));
  }

  /** A thread whose failure {@link #join} throws. */
  static final class Worker extends Thread {
    private final Body body;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Worker(Body body) {
      this.body = body;
      setDaemon(true);
    }

    @Override
    public void run() {
      failure.set(thrownBy(body));
    }
  }

  static Worker startThread(Body body) {
    Worker worker = new Worker(body);
    worker.start();
    return worker;
  }

  static void join(Worker worker) {
    try {
      worker.join(SECONDS.toMillis(DEADLINE_SECONDS));
    } catch (InterruptedException interrupted) {
      throw raise(interrupted);
    }
    assertThat(worker.isAlive()).as("the thread is still running").isFalse();
    Throwable failure = worker.failure.get();
    if (failure != null) {
      throw raise(failure);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(DEADLINE_SECONDS, SECONDS)).as("the event has come").isTrue();
    } catch (InterruptedException interrupted) {
      throw raise(interrupted);
    }
  }

  /** Polls until the condition holds. */
  static void until(String what, BooleanSupplier condition) {
    until(what, condition, Thread::yield);
  }

  /** Collects garbage, and gives the library its chances to notice, until the condition holds. */
  static void untilCollected(String what, BooleanSupplier condition) {
    until(
        what,
        condition,
        () -> {
          System.gc();
          RawGreenlet.getCurrent();
        });
  }

  static void until(String what, BooleanSupplier condition, Runnable meanwhile) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(NANOSECONDS.toSeconds(System.nanoTime() - start))
          .as("seconds waited for: " + what)
          .isLessThan(DEADLINE_SECONDS);
      meanwhile.run();
    }
  }

  /** Runs a program with our class path: a main class, or a single source file. */
  static Finished runJava(String... program) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("--enable-native-access=ALL-UNNAMED");
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    command.addAll(List.of(program));
    try {
      Path stdout = Files.createTempFile("gevent4j", ".out");
      Path stderr = Files.createTempFile("gevent4j", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile())
                .start();
        boolean ended = process.waitFor(DEADLINE_SECONDS, SECONDS);
        if (!ended) {
          process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(stdout, UTF_8);
        String complaints = Files.readString(stderr, UTF_8);
        assertThat(ended).as("the child has ended; " + printed + complaints).isTrue();
        return new Finished(process.exitValue(), printed, complaints);
      } finally {
        Files.delete(stdout);
        Files.delete(stderr);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw raise(interrupted);
    }
  }
}
