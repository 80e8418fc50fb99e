package io.gevent4j.pool;

import io.gevent4j.Greenlet;
import io.gevent4j.Linkable;
import io.gevent4j.waiting.Throwables;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Functions applied to one thing or to many, by whatever can run a task beside the caller: a {@link
 * Group}, for one.
 *
 * <p>A function that fails is thrown on as it was, checked or not; a task that was killed gives a
 * {@link CancellationException}. The other tasks go on.
 *
 * <p>gevent: {@code GroupMappingMixin}.
 */
public abstract class Mapping {
  /** For those that know how to run a task. */
  protected Mapping() {}

  /**
   * Starts a task; waits for a free slot where their number is limited.
   *
   * @return its result, which is {@link Linkable} too
   */
  public abstract <T> Future<T> spawn(Callable<? extends T> call);

  /**
   * Waits until something that {@link #spawn} has returned is over, whether or not the calling
   * thread gets interrupted. Returns its value, or throws what it threw.
   */
  protected abstract <T> T outcome(Future<T> task);

  /** Whether the caller is one of the tasks, and must not wait for a slot that it has itself. */
  protected abstract boolean isInside();

  /** Calls this with a result: here, in a greenlet of its own. */
  protected <T> void callBack(Consumer<? super T> callback, T result) {
    Greenlet.spawn(() -> callback.accept(result));
  }

  // ---- one call ----

  /**
   * Runs this as a task, or at once if the caller is a task itself, and waits for the result.
   *
   * @return what the call returns
   * @throws Exception what the call throws
   */
  public <T> T apply(Callable<? extends T> call) throws Exception {
    Objects.requireNonNull(call, "call");
    return isInside() ? call.call() : this.<T>outcome(spawn(call));
  }

  /**
   * As {@link #apply}; the callback is then called with the result, which isn't waited for. gevent:
   * {@code apply_cb}.
   */
  public <T> T applyCallback(Callable<? extends T> call, Consumer<? super T> callback)
      throws Exception {
    Objects.requireNonNull(callback, "callback");
    T result = apply(call);
    callBack(callback, result);
    return result;
  }

  /**
   * A greenlet that does {@link #apply}. This never waits, not even where {@link #spawn} would.
   * Whether that greenlet is a member is not said: join it, rather than the group.
   *
   * <p>gevent: {@code apply_async}.
   */
  public <T> Greenlet<T> applyAsync(Callable<? extends T> call) {
    Objects.requireNonNull(call, "call");
    return Greenlet.spawn(() -> this.<T>apply(call));
  }

  /** As {@link #applyAsync(Callable)}; the callback is called with the result, if there is one. */
  public <T> Greenlet<T> applyAsync(Callable<? extends T> call, Consumer<? super T> callback) {
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(callback, "callback");
    return Greenlet.spawn(() -> this.<T>applyCallback(call, callback));
  }

  // ---- a call for each ----

  /**
   * Applies a function to each, a task for each, and waits for all results.
   *
   * @return the results, in the order of the items
   */
  public <A, B> List<B> map(
      Function<? super A, ? extends B> function, Iterable<? extends A> items) {
    Objects.requireNonNull(function, "function");
    List<Future<B>> tasks = new ArrayList<>();
    for (A item : items) {
      tasks.add(spawn(() -> function.apply(item)));
    }
    List<B> results = new ArrayList<>(tasks.size());
    for (Future<B> task : tasks) {
      results.add(outcome(task));
    }
    return results;
  }

  /** As {@link #map}; then calls the callback with the results. gevent: {@code map_cb}. */
  public <A, B> List<B> mapCallback(
      Function<? super A, ? extends B> function,
      Iterable<? extends A> items,
      Consumer<? super List<B>> callback) {
    Objects.requireNonNull(callback, "callback");
    List<B> results = map(function, items);
    callback.accept(results);
    return results;
  }

  /** A greenlet that does {@link #map}; it is no member. gevent: {@code map_async}. */
  public <A, B> Greenlet<List<B>> mapAsync(
      Function<? super A, ? extends B> function, Iterable<? extends A> items) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(items, "items");
    return Greenlet.spawn(() -> this.<A, B>map(function, items));
  }

  /** A greenlet that does {@link #mapCallback}; it is no member. gevent: {@code map_async}. */
  public <A, B> Greenlet<List<B>> mapAsync(
      Function<? super A, ? extends B> function,
      Iterable<? extends A> items,
      Consumer<? super List<B>> callback) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(callback, "callback");
    return Greenlet.spawn(() -> mapCallback(function, items, callback));
  }

  /** As {@link #imap(Function, Iterable, int)}, with any number of results waiting. */
  public <A, B> IMap<B> imap(
      Function<? super A, ? extends B> function, Iterable<? extends A> items) {
    return imap(function, items, 0);
  }

  /**
   * Applies a function to each, a task for each, and gives the results one by one, in the order of
   * the items. These are asked for by a greenlet of its own, as slots become free; where asking
   * fails, that is thrown in its place, behind the results of those that were there.
   *
   * @param maxSize how many results there may be, or be worked on, that nobody has asked for; 0:
   *     any number
   * @throws IllegalArgumentException if that is negative
   */
  public <A, B> IMap<B> imap(
      Function<? super A, ? extends B> function, Iterable<? extends A> items, int maxSize) {
    return imap(function, items, maxSize, true);
  }

  /** As {@link #imapUnordered(Function, Iterable, int)}, with any number of results waiting. */
  public <A, B> IMap<B> imapUnordered(
      Function<? super A, ? extends B> function, Iterable<? extends A> items) {
    return imapUnordered(function, items, 0);
  }

  /**
   * As {@link #imap(Function, Iterable, int)}, each result as soon as it is there. Where asking for
   * items fails, that comes as soon as it happens. gevent: {@code imap_unordered}.
   */
  public <A, B> IMap<B> imapUnordered(
      Function<? super A, ? extends B> function, Iterable<? extends A> items, int maxSize) {
    return imap(function, items, maxSize, false);
  }

  private <A, B> IMap<B> imap(
      Function<? super A, ? extends B> function,
      Iterable<? extends A> items,
      int maxSize,
      boolean ordered) {
    IMap<B> results = new IMap<>(this, function, items, maxSize, ordered);
    results.start();
    return results;
  }

  // ---- how it ended ----

  /** The outcome of a greenlet, which is waited for. */
  static <T> T outcomeOf(Greenlet<T> greenlet) {
    greenlet.join();
    throwIfFailed(greenlet);
    return greenlet.value();
  }

  /** Throws what an ended greenlet threw; nothing if it returned. */
  static void throwIfFailed(Greenlet<?> ended) {
    if (ended.exit() != null) {
      CancellationException cancelled = new CancellationException("killed: " + ended);
      cancelled.initCause(ended.exit());
      throw cancelled;
    }
    if (ended.exception() != null) {
      throw Throwables.<RuntimeException>sneak(ended.exception());
    }
  }
}
