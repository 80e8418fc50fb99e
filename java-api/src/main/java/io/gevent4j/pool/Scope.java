package io.gevent4j.pool;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.HubDestroyed;
import io.gevent4j.Linkable;
import io.gevent4j.LoopExit;
import io.gevent4j.Timeout;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Throwables;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A block of code whose greenlets end with it: it isn't left before they all have ended, and as
 * soon as one of them fails, the rest is cancelled.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open(Duration.ofSeconds(5))) {
 *   Greenlet<User> user = scope.spawn(this::findUser);
 *   Greenlet<Order> order = scope.spawn(this::fetchOrder);
 *   scope.join();
 *   return new Reply(user.value(), order.value());
 * }
 * }</pre>
 *
 * <p>To cancel is to kill all of its greenlets with a {@link GreenletExit}, and with them what they
 * have spawned in scopes of their own, and to start no more. What is thrown into the owner while it
 * waits in {@link #join} or {@link #close}, such as a kill or another {@link Timeout}, cancels too,
 * and is thrown on once all have ended.
 *
 * <p>What the block itself throws {@link #close} can't know: it waits for the greenlets as ever.
 * With {@link #call}, that cancels them.
 *
 * <p><b>Thread rule:</b> the greenlets of the hub in which it was opened. All may spawn in it; the
 * one that has opened it, its owner, joins and closes it.
 *
 * <p>gevent has none; the JDK's is {@code java.util.concurrent.StructuredTaskScope}.
 */
public final class Scope implements AutoCloseable {
  /**
   * What {@link Scope#call} calls.
   *
   * @param <T> what it returns
   */
  @FunctionalInterface
  public interface Block<T> {
    /** Spawns in this scope, and does what else is to be done. */
    T call(Scope scope) throws Exception;
  }

  private final RawGreenlet owner = RawGreenlet.getCurrent();
  private final Group greenlets = new Group();
  private final Consumer<Linkable> ended = greenlet -> ended((Greenlet<?>) greenlet);
  private final Consumer<Linkable> abandoned = greenlet -> cancel();
  private final Greenlet<Void> alarm; // null: there is no deadline
  private Throwable failure; // the first, until it is thrown
  private boolean cancelled;
  private boolean closed;

  private Scope(Duration deadline) {
    alarm = deadline == null ? null : Gevent.spawnLater(deadline, () -> expire(deadline));
    if (owner instanceof Greenlet) {
      ((Greenlet<?>) owner).rawLink(abandoned);
    }
    if (owner instanceof Child) {
      ((Child<?>) owner).opens(this);
    }
  }

  // ---- opening ----

  /** One that may take as long as it likes. */
  public static Scope open() {
    return open(null);
  }

  /**
   * One that is cancelled when the time is up, unless it is closed by then; {@link #join} and
   * {@link #close} then throw a {@link Timeout}. Where the owner waits for something else by then,
   * it goes on waiting: that is for a Timeout of its own.
   *
   * @param deadline from now; null: none
   */
  public static Scope open(Duration deadline) {
    return new Scope(deadline);
  }

  /** As {@link #open(Duration)}, in seconds. */
  public static Scope open(double seconds) {
    return open(Seconds.of(seconds));
  }

  /** As {@link #call(Duration, Block)}, without a deadline. */
  public static <T> T call(Block<? extends T> block) throws Exception {
    return call(null, block);
  }

  /**
   * Calls this with a new scope, and closes that. If the block throws, the scope is cancelled.
   *
   * @param deadline from now; null: none
   * @return what the block returns, once all greenlets have ended
   * @throws Exception what the block throws, or else what {@link #close} does
   */
  public static <T> T call(Duration deadline, Block<? extends T> block) throws Exception {
    Objects.requireNonNull(block, "block");
    try (Scope scope = open(deadline)) {
      try {
        return block.call(scope);
      } catch (Throwable thrown) {
        scope.cancel();
        throw thrown;
      }
    }
  }

  /** As {@link #call(Duration, Block)}, in seconds. */
  public static <T> T call(double seconds, Block<? extends T> block) throws Exception {
    return call(Seconds.of(seconds), block);
  }

  // ---- its greenlets ----

  /**
   * Starts a greenlet that ends before the scope is left; in a scope that is cancelled, one that is
   * killed already.
   *
   * @throws IllegalStateException if the scope is closed
   */
  public <T> Greenlet<T> spawn(Callable<? extends T> call) {
    return started(new Child<T>(call));
  }

  /** As {@link #spawn(Callable)}, without a value. */
  public Greenlet<Void> spawn(Runnable run) {
    return started(new Child<Void>(run));
  }

  private <T> Greenlet<T> started(Child<T> child) {
    if (closed) {
      throw new IllegalStateException("closed: " + this);
    }
    if (cancelled) {
      child.kill(cancellation(), false, null);
    } else {
      greenlets.start(child);
      child.rawLink(ended);
    }
    return child;
  }

  /** How many of its greenlets haven't ended. */
  public int size() {
    return greenlets.size();
  }

  /** In the hub. */
  private void ended(Greenlet<?> child) {
    if (child.exception() != null) {
      fail(child.exception());
    }
  }

  private void expire(Duration deadline) {
    fail(new Timeout(deadline));
  }

  private void fail(Throwable thrown) {
    if (!cancelled) {
      failure = thrown;
      cancel();
    }
  }

  /**
   * Kills all of its greenlets, and doesn't wait. That alone is no failure. Harmless when it is
   * cancelled.
   */
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      greenlets.kill(cancellation(), false, null);
    }
  }

  private static GreenletExit cancellation() {
    return new GreenletExit("its scope was cancelled");
  }

  /** Whether it was cancelled: by {@link #cancel}, a failure, or its deadline. */
  public boolean isCancelled() {
    return cancelled;
  }

  // ---- waiting for them ----

  /**
   * Waits until all greenlets have ended.
   *
   * @throws Timeout if its time was up
   * @throws IllegalStateException if the caller isn't the owner
   */
  public void join() {
    requireOwner("join");
    awaitAll();
    throwFailure();
  }

  /**
   * Waits until all greenlets have ended; no more can be spawned. Throws what the first of them to
   * fail has thrown, as it was, unless {@link #join} has done so. Harmless when it is closed.
   *
   * @throws Timeout if its time was up
   * @throws IllegalStateException if the caller isn't the owner
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireOwner("close");
    try {
      awaitAll();
    } finally {
      closed = true;
      leave();
    }
    throwFailure();
  }

  private void requireOwner(String operation) {
    if (RawGreenlet.getCurrent() != owner) {
      throw new IllegalStateException("only " + owner + " can " + operation + " " + this);
    }
  }

  /** Whatever is thrown meanwhile; of several, the last is thrown on, as by any finally. */
  private void awaitAll() {
    Throwable thrown = null;
    while (!greenlets.isEmpty()) {
      try {
        greenlets.join();
      } catch (Throwable t) {
        if (t instanceof HubDestroyed || (t instanceof LoopExit && cancelled)) {
          throw t; // they can't end any more
        }
        if (thrown != null && thrown != t) {
          t.addSuppressed(thrown);
        }
        thrown = t;
        cancel();
      }
    }
    if (thrown != null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
  }

  private void throwFailure() {
    Throwable thrown = failure;
    failure = null; // a second time it would be suppressed by itself
    if (thrown != null) {
      throw Throwables.<RuntimeException>sneak(thrown);
    }
  }

  private void leave() {
    if (alarm != null) {
      alarm.kill(false);
    }
    if (owner instanceof Greenlet) {
      ((Greenlet<?>) owner).unlink(abandoned);
    }
    if (owner instanceof Child) {
      ((Child<?>) owner).closes(this);
    }
  }

  /** How many greenlets it has, and whether it is cancelled or closed. */
  @Override
  public String toString() {
    return "Scope@"
        + Integer.toHexString(hashCode())
        + "["
        + size()
        + " greenlets"
        + (closed ? " closed" : cancelled ? " cancelled" : "")
        + "]";
  }
}
