package io.gevent4j.pool;

import io.gevent4j.Greenlet;
import io.gevent4j.Linkable;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.lock.Semaphore;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * The results of a function applied to many things: given one by one, and waited for where the next
 * isn't there. To be closed, unless it is used to its end: it would go on asking for items.
 *
 * <p>It is itself the greenlet that asks for the items and spawns a task for each, and is ready
 * once it has done so, while results may still be to come.
 *
 * <p><b>Thread rule:</b> the greenlets of the hub in which it was made. Where several take from it,
 * each result is given to one of them.
 *
 * <p>gevent: what {@code imap} and {@code imap_unordered} return.
 *
 * @param <B> what the function returns
 */
public final class IMap<B> extends Greenlet<Void> implements Iterable<B>, Iterator<B> {
  private final Mapping mapping;
  private final boolean ordered;
  private final Semaphore room; // for results that nobody has asked for; null: as many as come
  private Runnable work; // null once it is done

  // To be given, in this order; all those that are spawned, or only those that have ended. This
  // itself stands for what has gone wrong with the items.
  private final ArrayDeque<Future<?>> line = new ArrayDeque<>();
  private final Event news = new Event();
  private int running; // tasks that haven't told of their end
  private boolean spawnedAll;
  private boolean asked; // for the first in the line
  private boolean closed;

  <A> IMap(
      Mapping mapping,
      Function<? super A, ? extends B> function,
      Iterable<? extends A> items,
      int maxSize,
      boolean ordered) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(items, "items");
    if (maxSize < 0) {
      throw new IllegalArgumentException("there can't be " + maxSize + " results");
    }
    this.mapping = mapping;
    this.ordered = ordered;
    this.room = maxSize == 0 ? null : new Semaphore(maxSize);
    this.work = () -> spawnAll(function, items);
    rawLink(this::spawnedAll);
  }

  // ---- spawning ----

  @Override
  protected Void run() {
    work.run();
    return null;
  }

  private <A> void spawnAll(
      Function<? super A, ? extends B> function, Iterable<? extends A> items) {
    for (A item : items) {
      if (room != null) {
        room.acquire();
      }
      Future<B> task = mapping.spawn(() -> function.apply(item));
      running++;
      if (ordered) {
        line.add(task);
      }
      ((Linkable) task).rawLink(ended -> arrived(task));
    }
  }

  /** In the hub. */
  private void arrived(Future<B> task) {
    running--;
    if (!ordered && !closed) {
      line.add(task);
    }
    tell();
  }

  /** In the hub: this greenlet has ended, perhaps before it could run. */
  private void spawnedAll(Linkable self) {
    work = null;
    spawnedAll = true;
    if (!closed && (exception() != null || exit() != null)) {
      line.add(this);
    }
    tell();
  }

  private void tell() {
    if (isKnown()) {
      news.set();
    }
  }

  // ---- giving ----

  /** Whether there is a next one is known, and if there is, so is the result. */
  private boolean isKnown() {
    return closed || (line.isEmpty() ? spawnedAll && running == 0 : line.element().isDone());
  }

  /** Waits for the next. False when all were given, or this is closed. */
  @Override
  public boolean hasNext() {
    ask();
    while (!isKnown()) {
      news.clear();
      news.await();
      ask(); // again, if another has taken what this one had asked for
    }
    return !line.isEmpty();
  }

  private void ask() {
    if (!asked && room != null) {
      asked = true;
      room.release();
    }
  }

  /**
   * The next result, which is waited for.
   *
   * @throws NoSuchElementException if there is none
   * @throws CancellationException if its task, or this greenlet, was killed
   */
  @Override
  @SuppressWarnings("unchecked")
  public B next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more results: " + this);
    }
    asked = false;
    Future<?> task = line.remove();
    if (task == this) {
      Mapping.throwIfFailed(this);
    }
    return mapping.outcome((Future<B>) task);
  }

  /** This, which can be used once. */
  @Override
  public Iterator<B> iterator() {
    return this;
  }

  /**
   * Spawns no more tasks and forgets the results, without waiting. Tasks that run go on. Harmless
   * when it is closed.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      line.clear();
      kill(new GreenletExit("closed"), false, null);
      news.set();
    }
  }
}
