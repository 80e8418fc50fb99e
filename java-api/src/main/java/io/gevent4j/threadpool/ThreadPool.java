package io.gevent4j.threadpool;

import io.gevent4j.Hub;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.lock.Semaphore;
import io.gevent4j.pool.Mapping;
import io.gevent4j.waiting.Throwables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Threads, for what takes long or blocks in ways that the hub knows nothing of. The greenlet that
 * waits for the outcome lets others run meanwhile, and the loop isn't idle while a task is under
 * way.
 *
 * <p>What a task throws is told to whoever asks for its outcome, and is also handed to the hub's
 * error handler.
 *
 * <p>Its threads are made when they are needed, are daemons, and live until they have had nothing
 * to do for a while, or the pool is {@linkplain #kill killed}, or its hub closed. A task may use
 * gevent4j: its thread then has a hub of its own, which is closed when the thread ends.
 *
 * <p><b>Thread rule:</b> the greenlets of the hub that it was made in; {@link #execute}, {@link
 * #apply}, {@link #join} and the questions: any thread. Called elsewhere than in its hub, {@code
 * apply} runs the task right there, and blocks whatever that blocks.
 *
 * <p>gevent: {@code gevent.threadpool.ThreadPool}.
 */
public class ThreadPool extends Mapping implements Executor, AutoCloseable {
  private static final int DEFAULT_SIZE = 10;
  private static final int MOST_PLACES = 1 << 15;
  private static final Duration DEFAULT_IDLE = Duration.ofSeconds(5);
  private static final Duration GLANCE = Duration.ofMillis(50); // should nobody tell
  private static final Map<Hub, ThreadPool> DEFAULTS = new ConcurrentHashMap<>(); // of open hubs

  private final Hub hub;
  private final Runnable closer = this::hubClosed;
  private final Workers workers;
  private final Set<Task> underWay = new LinkedHashSet<>(); // synchronized
  private final Semaphore free = new Semaphore(1); // one more than there may be threads
  private int owed; // to be taken from those that become free, since maxSize was lowered
  private volatile int maxSize; // changed in the hub's thread

  /** In the calling thread's hub; threads without a task don't end. */
  public ThreadPool(int maxSize) {
    this(maxSize, null);
  }

  /**
   * In the calling thread's hub.
   *
   * @param maxSize how many threads there may be
   * @param idle after which time without a task a thread ends; null: never
   * @throws IllegalArgumentException if one of them is negative
   */
  public ThreadPool(int maxSize, Duration idle) {
    this(Hub.get(), maxSize, idle);
  }

  private ThreadPool(Hub hub, int maxSize, Duration idle) {
    if (idle != null && idle.isNegative()) {
      throw new IllegalArgumentException("threads can't be idle for a negative time: " + idle);
    }
    requireSize(maxSize);
    this.hub = hub;
    this.workers = new Workers(idle, this::starting, this::refused);
    changeMaxSize(maxSize);
  }

  /**
   * The pool that a hub has for everybody: 10 threads, which end after 5 s without a task. Made at
   * the first use. Any thread.
   *
   * <p>gevent: {@code hub.threadpool}.
   */
  public static ThreadPool of(Hub hub) {
    ThreadPool made = DEFAULTS.get(hub);
    if (made == null) {
      made = DEFAULTS.computeIfAbsent(hub, key -> new ThreadPool(key, DEFAULT_SIZE, DEFAULT_IDLE));
      hub.onClose(() -> DEFAULTS.remove(hub));
    }
    return made;
  }

  /** That of the calling thread's hub. */
  public static ThreadPool get() {
    return of(Hub.get());
  }

  /** Whose greenlets it works for. Any thread. */
  public Hub hub() {
    return hub;
  }

  // ---- single tasks ----

  /**
   * Has a thread call this. Waits while {@link #maxSize} tasks are under way and one more is
   * waiting for a thread.
   *
   * @return what becomes set, in the hub, when it has been called
   * @throws InvalidThreadUseError in another thread than the hub's
   */
  @Override
  public <T> AsyncResult<T> spawn(Callable<? extends T> call) {
    Call<T> task = new Call<>(this, hub, Objects.requireNonNull(call, "call"));
    requireHere("spawn a task in");
    free.acquire();
    try {
      submit(task);
    } catch (Throwable thrown) { // there is no thread to be had
      leavePlace();
      throw thrown;
    }
    return task.result();
  }

  /** As {@link #spawn(Callable)}, without a value. */
  public AsyncResult<Void> spawn(Runnable run) {
    Objects.requireNonNull(run, "run");
    return spawn(
        () -> {
          run.run();
          return null;
        });
  }

  /**
   * Has a thread run this. Never waits, however many there are. What it throws goes to the hub's
   * error handler. Any thread.
   *
   * @throws RejectedExecutionException if the hub is closed
   */
  @Override
  public void execute(Runnable run) {
    submit(new Errand(this, hub, Objects.requireNonNull(run, "run")));
  }

  @Override
  protected <T> T outcome(Future<T> task) {
    AsyncResult<T> result = (AsyncResult<T>) task;
    T value = result.await();
    if (result.isCancelled()) {
      throw new CancellationException("cancelled: " + result);
    }
    if (result.exception() != null) {
      throw Throwables.<RuntimeException>sneak(result.exception());
    }
    return value;
  }

  /** In another thread than the hub's, and so in a task: what is applied is called at once. */
  @Override
  protected boolean isInside() {
    return !hub.isHere();
  }

  /** At once: a callback has the greenlet that wanted the result. */
  @Override
  protected <T> void callBack(Consumer<? super T> callback, T result) {
    callback.accept(result);
  }

  // ---- how many threads ----

  /** How many threads there may be. Any thread. */
  public int maxSize() {
    return maxSize;
  }

  /**
   * Changes how many threads there may be. If they are too many, those that are busy end when they
   * have done what they are at; this doesn't wait for it. With 0, tasks wait until it is raised.
   *
   * @throws IllegalArgumentException if it is negative
   * @throws InvalidThreadUseError in another thread than the hub's
   */
  public void setMaxSize(int maxSize) {
    requireSize(maxSize);
    requireHere("change");
    changeMaxSize(maxSize);
  }

  private void changeMaxSize(int newSize) {
    for (int places = places(maxSize); places < places(newSize); places++) {
      leavePlace();
    }
    for (int places = places(maxSize); places > places(newSize); places--) {
      takePlace();
    }
    maxSize = newSize;
    workers.setLimit(newSize);
  }

  /** However many threads there may be, the system has no more than that. */
  private static int places(int size) {
    return Math.min(size, MOST_PLACES);
  }

  private synchronized void takePlace() {
    if (!free.tryAcquire()) {
      owed++;
    }
  }

  private synchronized void leavePlace() {
    if (owed > 0) {
      owed--;
    } else {
      free.release();
    }
  }

  /** How many threads there are. Any thread. */
  public int size() {
    return workers.size();
  }

  /**
   * Makes threads, or ends them: waits until there are so many, and therefore until that many
   * aren't busy any more. It isn't kept so: tasks make more.
   *
   * @throws IllegalArgumentException if it is negative, or more than {@link #maxSize}
   * @throws InvalidThreadUseError in another thread than the hub's
   */
  public void setSize(int size) {
    requireSize(size);
    if (size > maxSize) {
      throw new IllegalArgumentException(
          "there can be " + maxSize + " threads, not " + size + ": " + this);
    }
    requireHere("change");
    if (size > workers.size()) {
      workers.grow(size);
    } else if (size < workers.size()) {
      shrink(size);
    }
  }

  private void shrink(int size) {
    try {
      while (workers.size() > size) {
        workers.ended().clear();
        workers.setLimit(size);
        if (workers.size() > size) {
          workers.ended().await(GLANCE);
        }
      }
    } finally {
      workers.setLimit(maxSize);
    }
  }

  private static void requireSize(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("there can't be " + size + " threads");
    }
  }

  // ---- the way of a task ----

  private void submit(Task task) {
    hub.onClose(closer); // again and again; it is in there once
    synchronized (underWay) {
      underWay.add(task);
    }
    try {
      workers.execute(task);
    } catch (Throwable thrown) {
      synchronized (underWay) {
        underWay.remove(task);
      }
      throw thrown;
    }
  }

  /** The task is given to the threads. Until it arrives the loop isn't idle. */
  private void starting(Task task) {
    if (hub.isHere()) {
      hub.loop().ref();
    } else {
      hub.runInHub(() -> hub.loop().ref());
    }
  }

  /** There was no thread for it. */
  private void refused(Task task) {
    hub.runInHub(() -> hub.loop().unref());
  }

  /** The task is done. In a thread of the pool. */
  final void arrive(Task task) {
    try {
      hub.loop()
          .runCallbackThreadsafe(
              () -> {
                hub.loop().unref();
                finish(task);
              });
    } catch (IllegalStateException closed) {
      finish(task);
    }
  }

  private void finish(Task task) {
    synchronized (underWay) {
      if (!underWay.remove(task)) {
        return;
      }
    }
    if (task.hasPlace()) {
      leavePlace();
    }
    task.deliver();
    workers.finished();
  }

  /** Nothing arrives in the hub any more. */
  private void hubClosed() {
    List<Task> never = workers.shutDown();
    List<Task> tasks;
    synchronized (underWay) {
      tasks = new ArrayList<>(underWay);
    }
    for (Task task : tasks) {
      if (task.isDone() || never.contains(task)) {
        finish(task);
      }
    }
  }

  /** How many tasks aren't done yet. Any thread. gevent: {@code len(pool)}. */
  public int taskCount() {
    return workers.unfinished();
  }

  // ---- the end ----

  /** Waits until all tasks are done. Any thread. */
  public void join() {
    join(null);
  }

  /**
   * Waits until all tasks are done, for at most so long (null: as long as it takes). Any thread.
   *
   * @return false when the time is up
   */
  public boolean join(Duration timeout) {
    return workers.idle().await(timeout);
  }

  /** As {@link #join(Duration)}, in seconds. */
  public boolean join(double seconds) {
    return workers.idle().await(seconds);
  }

  /**
   * Ends all threads when they have done what there is to do, and waits for that. Harmless when
   * there are none. What is spawned afterwards makes new ones.
   *
   * @throws InvalidThreadUseError in another thread than the hub's
   */
  public void kill() {
    if (hub.isClosed()) {
      return; // and they end all the same
    }
    setSize(0);
    if (taskCount() == 0) {
      hub.forgetOnClose(closer);
    }
  }

  /** As {@link #kill}. */
  @Override
  public void close() {
    kill();
  }

  private void requireHere(String operation) {
    if (!hub.isHere()) {
      throw new InvalidThreadUseError(
          "only the thread of its hub can " + operation + " a thread pool: " + this);
    }
  }

  @Override
  public String toString() {
    return "ThreadPool@"
        + Integer.toHexString(System.identityHashCode(this))
        + "["
        + size()
        + " of "
        + maxSize
        + " threads, "
        + taskCount()
        + " tasks, "
        + hub.name()
        + "]";
  }
}
