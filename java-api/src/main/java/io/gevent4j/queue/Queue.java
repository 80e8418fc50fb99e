package io.gevent4j.queue;

import io.gevent4j.event.Event;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;

/**
 * A queue of work that is reported as done: {@link #join} waits until all that was put has been
 * worked on. It can be shut down.
 *
 * <p><b>Thread rule:</b> as {@link SimpleQueue}.
 *
 * <p>gevent: {@code gevent.queue.Queue}, {@code JoinableQueue}.
 */
public class Queue<E> extends SimpleQueue<E> {
  private final Event finished = new Event();
  private int unfinished; // inside the guard

  /** Without a limit. */
  public Queue() {
    this(Integer.MAX_VALUE);
  }

  /**
   * For at most so many items.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public Queue(int maxSize) {
    this(maxSize, new ArrayDeque<>());
  }

  /** For at most so many items, and with these to begin with. */
  public Queue(int maxSize, Collection<? extends E> items) {
    this(maxSize);
    addAll(items);
  }

  Queue(int maxSize, java.util.Queue<E> store) {
    super(maxSize, store);
    finished.set();
  }

  @Override
  void added() {
    if (unfinished++ == 0) {
      finished.clear();
    }
  }

  @Override
  void dropped(int count) {
    unfinished = Math.max(unfinished - count, 0); // some were reported before they were got
    if (unfinished == 0) {
      finished.set();
    }
  }

  /** How many items were put and not yet reported as done. */
  public int unfinishedTasks() {
    boolean free = guard().enter();
    try {
      return unfinished;
    } finally {
      guard().leave(free);
    }
  }

  /**
   * Says that an item which was taken out has been worked on.
   *
   * @throws IllegalStateException if there were not so many
   */
  public void taskDone() {
    boolean free = guard().enter();
    try {
      if (unfinished == 0) {
        throw new IllegalStateException("taskDone() called too many times: " + name());
      }
      dropped(1);
    } finally {
      guard().leave(free);
    }
  }

  /** Waits until all that was put is done. */
  public void join() {
    finished.await();
  }

  /**
   * As {@link #join()}, for at most so long.
   *
   * @param timeout null: as long as it takes
   * @return false when the time is up
   */
  public boolean join(Duration timeout) {
    return finished.await(timeout);
  }

  /** As {@link #join(Duration)}, in seconds. */
  public boolean join(double seconds) {
    return finished.await(seconds);
  }

  /** As {@link #shutdown(boolean)}, leaving the items to be got. */
  public void shutdown() {
    shutdown(false);
  }

  /**
   * Nothing can be put any more, and those who wait to do so get a {@link ShutDown}; so do those
   * who get, once it is empty.
   *
   * @param immediate whether to empty it now; the items count as done
   */
  @Override
  public void shutdown(boolean immediate) {
    super.shutdown(immediate);
  }
}
