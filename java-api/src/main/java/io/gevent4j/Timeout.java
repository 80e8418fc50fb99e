package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.TimerWatcher;
import io.gevent4j.waiting.Seconds;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Thrown, after a while, in the greenlet that started it, wherever it waits by then; never in code
 * that computes. It is no {@link Exception}, so that {@code catch (Exception e)} does not eat it.
 *
 * <pre>{@code
 * try (Timeout timeout = Timeout.startNew(Duration.ofSeconds(1))) {
 *   ...
 * } catch (Timeout t) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Where several are pending, identity tells which: who catches one that isn't his throws it on.
 * What becomes ready in the same turn of the loop comes first, so that the timeout loses.
 *
 * <p><b>Thread rule:</b> the greenlet that starts it, or others of its hub.
 *
 * <p>gevent: {@code gevent.Timeout}.
 */
public class Timeout extends Error implements AutoCloseable, Comparable<Timeout> {
  private static final long serialVersionUID = 1L;
  private static final int PRIORITY = -1; // below I/O

  private final Duration after; // null: never
  private final transient Throwable exception; // null: this
  private final boolean silent;
  private boolean ref = true;
  private int priority = PRIORITY;
  private transient TimerWatcher timer; // null unless pending

  /**
   * Not started.
   *
   * @param after null: never. Zero: as soon as the loop is asked.
   */
  public Timeout(Duration after) {
    this(after, null, null, false);
  }

  /** As {@link #Timeout(Duration)}, in seconds. */
  public Timeout(double seconds) {
    this(Seconds.of(seconds));
  }

  /** With a message of its own. */
  public Timeout(Duration after, String message) {
    this(after, message, null, false);
  }

  /** Throws something else in place of itself. */
  public Timeout(Duration after, Throwable exception) {
    this(after, null, exception, false);
  }

  private Timeout(Duration after, String message, Throwable exception, boolean silent) {
    super(message);
    this.after = after;
    this.exception = exception;
    this.silent = silent;
  }

  /** One that {@link #run} and {@link #call} swallow. gevent: {@code Timeout(s, False)}. */
  public static Timeout silent(Duration after) {
    return new Timeout(after, null, null, true);
  }

  /** A started one. */
  public static Timeout startNew(Duration after) {
    return startNew(new Timeout(after));
  }

  /** As {@link #startNew(Duration)}, in seconds. */
  public static Timeout startNew(double seconds) {
    return startNew(Seconds.of(seconds));
  }

  /** A started one, which throws something else in place of itself. */
  public static Timeout startNew(Duration after, Throwable exception) {
    return startNew(new Timeout(after, exception));
  }

  /** This one, started unless it is pending. */
  public static Timeout startNew(Timeout timeout) {
    if (!timeout.isPending()) {
      timeout.start();
    }
    return timeout;
  }

  /**
   * Starts it for the calling greenlet.
   *
   * @throws IllegalStateException if it is pending
   */
  public void start() {
    if (isPending()) {
      throw new IllegalStateException("already pending: " + this);
    }
    if (after != null) {
      RawGreenlet target = RawGreenlet.getCurrent();
      timer = Hub.get().loop().timer(after);
      timer.setPriority(priority);
      if (!ref) {
        timer.setRef(false);
      }
      timer.start(() -> fire(target));
    }
  }

  /** In the hub. */
  private void fire(RawGreenlet target) {
    cancel();
    if (target.isDead()) {
      return;
    }
    if (exception == null) {
      setStackTrace(target.getStackTrace());
    }
    target.throwInto(exception == null ? this : exception);
  }

  /** It won't be thrown. It can be started again. Harmless if it isn't pending. */
  public void cancel() {
    TimerWatcher pending = timer;
    timer = null;
    if (pending != null) {
      pending.close();
    }
  }

  /** As {@link #cancel}. */
  @Override
  public void close() {
    cancel();
  }

  /** Whether it is started and hasn't been thrown or cancelled. */
  public boolean isPending() {
    return timer != null;
  }

  /** After which time; null: never. */
  public Duration after() {
    return after;
  }

  /** After how many seconds; infinite: never. gevent: {@code seconds}. */
  public double seconds() {
    return after == null ? Double.POSITIVE_INFINITY : Seconds.nanos(after) / 1e9;
  }

  /** Whether it keeps the loop from being idle while it is pending; it does. Before the start. */
  public Timeout setRef(boolean ref) {
    this.ref = ref;
    return this;
  }

  /** Among what comes with one turn of the loop; -1, which is below I/O. Before the start. */
  public Timeout setPriority(int priority) {
    this.priority = priority;
    return this;
  }

  /**
   * Calls this with the timeout pending.
   *
   * @return what the call returns; null if the timeout ended it and is {@linkplain #silent silent}
   */
  public <T> T call(Callable<T> call) throws Exception {
    start();
    try {
      return call.call();
    } catch (Timeout thrown) {
      if (thrown != this || !silent) {
        throw thrown;
      }
      return null;
    } finally {
      cancel();
    }
  }

  /**
   * Runs this with the timeout pending.
   *
   * @return false if the timeout ended it and is {@linkplain #silent silent}
   */
  public boolean run(Runnable run) {
    start();
    try {
      run.run();
      return true;
    } catch (Timeout thrown) {
      if (thrown != this || !silent) {
        throw thrown;
      }
      return false;
    } finally {
      cancel();
    }
  }

  /** Its stack trace is that of the place where it was thrown; until then it has none. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  /** The shorter one first. */
  @Override
  public int compareTo(Timeout other) {
    return Double.compare(seconds(), other.seconds());
  }

  /** The message if it has one; else after which time. */
  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message != null ? message : after == null ? "never" : seconds() + " seconds";
  }

  @Override
  public String toString() {
    return getClass().getName() + ": " + getMessage() + (isPending() ? " (pending)" : "");
  }
}
