package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * An event loop over libev or libuv: watchers tell it what to wait for, and it runs their
 * callbacks. What fires with one poll runs in the order of the watchers' priorities; callbacks of
 * {@link #runCallback} run before the next poll, in the order in which they were given.
 *
 * <p>What a callback throws goes to the {@link ErrorHandler}, and the others run all the same.
 *
 * <p><b>Thread rule:</b> a loop belongs to the thread that makes it; from another one all but
 * {@link #runCallbackThreadsafe}, {@link AsyncWatcher#send} and {@link #isClosed} throw {@link
 * IllegalStateException}, or, where they only ask for a number, may return an old one.
 *
 * <p>Its memory isn't Java's: who makes a loop closes it.
 *
 * <p>gevent: {@code gevent.core.loop}.
 */
public final class Loop implements AutoCloseable {
  /** The descriptor is readable. */
  public static final int READ = Native.GV_READ;

  /** The descriptor is writable. */
  public static final int WRITE = Native.GV_WRITE;

  /** The descriptor can't be watched any more, for it was closed. */
  public static final int ERROR = Native.GV_ERROR;

  /** The time has come. */
  public static final int TIMEOUT = Native.GV_TIMEOUT;

  public static final int MIN_PRIORITY = Native.GV_PRIORITY_MIN;
  public static final int MAX_PRIORITY = Native.GV_PRIORITY_MAX;

  private static volatile Loop defaultLoop;

  final WatcherTable watchers = new WatcherTable();
  final Callbacks callbacks = new Callbacks();

  private final String name;
  private final String backend;
  private final Thread maker = Thread.currentThread();
  private final long ptr; // gevent4j.h's gv_hub; freed when closed
  private final Batch batch;
  private final Gate wakers = new Gate(); // shut when closed
  private volatile boolean running;
  private volatile boolean abandoned; // whose kernel thread has ended
  private boolean broken; // the present run is to return
  private ErrorHandler errorHandler = Errors::print;

  /**
   * A loop of the calling thread, with whatever way of waiting the library thinks best.
   *
   * @param name {@code libev} or {@code libuv}
   * @throws IllegalArgumentException if there is no loop of that name
   * @throws LoopException if the system refuses, mostly for want of descriptors
   */
  public Loop(String name) {
    this(name, null);
  }

  /**
   * A loop of the calling thread.
   *
   * @param way of libev: {@code epoll}, {@code linuxaio}, {@code iouring}, {@code poll} or {@code
   *     select}; null for the library's choice
   * @throws IllegalArgumentException if there is no loop or way of that name
   * @throws UnsupportedOperationException if this machine doesn't have the way; it names those that
   *     are there
   */
  public Loop(String name, String way) {
    Objects.requireNonNull(name, "name");
    Ways.require(name, way);
    int[] status = new int[1];
    this.ptr = Native.gv_hub_new(name, Ways.canonical(way), status);
    if (ptr == 0) {
      Status.check(status[0], "make a loop of", name + (way == null ? "" : " with " + way));
    }
    this.name = name;
    this.backend = Native.gv_hub_way(ptr);
    this.batch = new Batch(ptr);
  }

  /** Whether there can be such a loop here; {@code way} may be null. */
  public static boolean isSupported(String name, String way) {
    return Ways.isSupported(Objects.requireNonNull(name, "name"), way);
  }

  /** The ways that a loop has on this machine. gevent: {@code supported_backends}. */
  public static List<String> supportedBackends(String name) {
    return Ways.supported(Objects.requireNonNull(name, "name"));
  }

  // ---- watchers ----

  /**
   * A watcher of a descriptor.
   *
   * @param events {@link #READ}, {@link #WRITE} or both
   * @throws IllegalArgumentException for a negative descriptor or other events
   */
  public IoWatcher io(int fd, int events) {
    return new IoWatcher(this, fd, events);
  }

  /** A timer that fires once. A span that isn't positive has it fire at the next poll. */
  public TimerWatcher timer(Duration after) {
    return timer(after, Duration.ZERO);
  }

  /** A timer that fires after a while and then at intervals; not again if {@code repeat} is 0. */
  public TimerWatcher timer(Duration after, Duration repeat) {
    if (repeat.isNegative()) {
      throw new IllegalArgumentException("cannot repeat after a negative span: " + repeat);
    }
    return new TimerWatcher(this, Nanos.of(after), Nanos.of(repeat));
  }

  /** As {@link #timer(Duration)}, in seconds. */
  public TimerWatcher timer(double after) {
    return timer(after, 0);
  }

  /** As {@link #timer(Duration, Duration)}, in seconds. */
  public TimerWatcher timer(double after, double repeat) {
    if (repeat < 0) {
      throw new IllegalArgumentException("cannot repeat after a negative span: " + repeat);
    }
    return new TimerWatcher(this, Nanos.ofSeconds(after), Nanos.ofSeconds(repeat));
  }

  /** A watcher that other threads make fire. */
  public AsyncWatcher async() {
    return new AsyncWatcher(this);
  }

  /**
   * A watcher of a signal of the process.
   *
   * @throws IllegalArgumentException if there is no such signal, or nobody can catch it, or the
   *     virtual machine needs it itself
   */
  public SignalWatcher signal(int number) {
    SignalWatcher.require(number, "signal " + number);
    return new SignalWatcher(this, number, "signal " + number);
  }

  /** As {@link #signal(int)}, by name: {@code SIGTERM} or {@code TERM}. */
  public SignalWatcher signal(String name) {
    return new SignalWatcher(
        this, SignalWatcher.require(Objects.requireNonNull(name, "name")), name);
  }

  /** A watcher of a child process that was started by other means than Java's. */
  public ChildWatcher child(long pid) {
    return new ChildWatcher(this, ChildWatcher.requirePid(pid), null);
  }

  /** A watcher of a child process. */
  public ChildWatcher child(Process process) {
    return new ChildWatcher(this, ChildWatcher.requirePid(process.pid()), process);
  }

  /** A watcher of a file, which looks as often as the loop likes where it has to look. */
  public StatWatcher stat(Path path) {
    return stat(path, Duration.ZERO);
  }

  /**
   * A watcher of a file.
   *
   * @param interval between two looks, where the loop has to look; zero: as it likes
   */
  public StatWatcher stat(Path path, Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("cannot look after a negative span: " + interval);
    }
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException("an empty path");
    }
    return new StatWatcher(this, path.toFile().toPath(), Nanos.of(interval));
  }

  /** Fires when a turn of the loop had nothing else to do; while it is active no poll blocks. */
  public Watcher idle() {
    return new Watcher(this, Native.GV_IDLE);
  }

  /** Fires before each poll. */
  public Watcher prepare() {
    return new Watcher(this, Native.GV_PREPARE);
  }

  /** Fires after each poll. */
  public Watcher check() {
    return new Watcher(this, Native.GV_CHECK);
  }

  /** Fires after {@link #reinit}; a virtual machine doesn't fork otherwise. */
  public Watcher fork() {
    return new Watcher(this, Native.GV_FORK);
  }

  // ---- callbacks ----

  /** Has this run before the next poll, after those that were given before. */
  public Callback runCallback(Runnable run) {
    Callback callback = new Callback(Objects.requireNonNull(run, "run"));
    // Announced first: only then is it certain that this is the right thread for the queue.
    Status.check((int) ask(hub -> Native.gv_hub_callbacks(hub, 1)), "run a callback in", this);
    callbacks.add(callback);
    return callback;
  }

  /**
   * Has this run in the loop's thread, and wakes the loop if it sleeps. Any thread. What one thread
   * gives runs in that order.
   *
   * @throws IllegalStateException when the loop is closed
   */
  public void runCallbackThreadsafe(Runnable run) {
    Objects.requireNonNull(run, "run");
    if (!wakers.enter()) {
      throw new IllegalStateException("closed: " + this);
    }
    try {
      callbacks.send(run);
      Native.gv_hub_wake(ptr);
    } finally {
      wakers.leave();
    }
  }

  // ---- running ----

  /**
   * Runs until nothing is left that could happen. Called in the loop's thread, and not by its own
   * callbacks.
   *
   * @return true when nothing is left; false after {@link #breakLoop}, or when the thread of the
   *     loop's greenlets ends. When the process ends, it doesn't return.
   */
  public boolean run() {
    return run(false, false);
  }

  /**
   * As {@link #run()}, or a single turn of it: callbacks, a poll, and what that has brought.
   *
   * @param nowait a single turn, whose poll doesn't block
   * @param once a single turn, whose poll waits if nothing is ready
   * @return true when nothing was left, and then there was no poll
   */
  public boolean run(boolean nowait, boolean once) {
    requireThread("run");
    if (running) {
      throw new IllegalStateException("already running: " + this);
    }
    running = true;
    broken = false;
    try {
      return run(nowait ? Native.GV_RUN_NOWAIT : once ? Native.GV_RUN_ONCE : Native.GV_RUN_ALL);
    } finally {
      running = false;
    }
  }

  private boolean run(int mode) {
    for (; ; ) {
      int count = Native.gv_hub_run(ptr, mode);
      if (count <= 0) {
        return ended(count);
      }
      batch.run(count, this);
      if (broken) {
        return false;
      }
    }
  }

  private boolean ended(int status) {
    switch (status) {
      case Native.GV_EIDLE:
        return true;
      case Native.GV_EEXIT:
        return parkForever();
      case Native.GV_EOWNER:
        abandoned = true;
        return false;
      default:
        Status.check(status, "run", this);
        return false;
    }
  }

  /** The process ends: nothing here may be touched any more, and no code of the user's run. */
  private static boolean parkForever() {
    for (; ; ) {
      LockSupport.park();
      Thread.interrupted(); // or it would not park again
    }
  }

  /**
   * Has the present {@link #run()} return. Of the callbacks that are due with this one, some may
   * still run; the others do with the next run. gevent: {@code break_}.
   */
  public void breakLoop() {
    requireThread("break");
    if (running && !broken) {
      broken = true;
      runCallback(() -> {}); // a greenlet may have called, while the native side is at work
    }
  }

  /** Has fork watchers fire. Without a fork there is nothing else to do. */
  public void reinit() {
    requireThread("reinit");
    watchers.forEach(
        watcher -> {
          if (watcher.isOfKind(Native.GV_FORK) && watcher.isActive()) {
            watcher.feed(0);
          }
        });
  }

  /** The time of the last poll: ns of the system's monotonic clock. */
  public long now() {
    return ask(Native::gv_hub_now);
  }

  /** As {@link #now}, in seconds. */
  public double nowSeconds() {
    return now() / 1e9;
  }

  /** Has {@link #now} be the time of now. */
  public void updateNow() {
    requireThread("update the time of");
    Native.gv_hub_update_now(ptr);
  }

  /** How often it has polled. */
  public long iteration() {
    return ask(Native::gv_hub_iteration);
  }

  /** Keeps {@link #run()} from returning, as one more active watcher would. */
  public void ref() {
    requireThread("ref");
    Native.gv_hub_ref(ptr, 1);
  }

  /** Takes a {@link #ref} back. */
  public void unref() {
    requireThread("unref");
    Native.gv_hub_ref(ptr, -1);
  }

  /** How many watchers are active. */
  public int activeCount() {
    return (int) ask(Native::gv_hub_active_count);
  }

  /** How much is ready to run. */
  public int pendingCount() {
    return Status.check((int) ask(Native::gv_hub_pending_count), "count what is ready in", this);
  }

  /** {@code libev} or {@code libuv}. */
  public String name() {
    return name;
  }

  /** The way in which it waits, such as {@code epoll}. */
  public String backend() {
    return backend;
  }

  /**
   * The library's own descriptor, which is readable when it has news; -1 if it has none, or tells
   * nobody, as libev.
   */
  public int fileno() {
    return (int) ask(Native::gv_hub_fileno);
  }

  // ---- errors ----

  /** Who gets what callbacks throw; null for the default, which prints it. */
  public void setErrorHandler(ErrorHandler handler) {
    requireThread("set the error handler of");
    errorHandler = handler == null ? Errors::print : handler;
  }

  /** Hands something thrown to the error handler. It never throws itself. */
  public void handleError(Object context, Throwable thrown) {
    try {
      errorHandler.handleError(context, thrown);
    } catch (Throwable worse) {
      Errors.print(context, thrown);
      Errors.print(errorHandler, worse);
    }
  }

  // ---- the process's default loop ----

  /** Makes this the default loop of the process, in place of another. */
  public void install() {
    ptr();
    defaultLoop = this;
  }

  public boolean isDefault() {
    return defaultLoop == this;
  }

  /** The default loop of the process; null if none was installed, or it is closed. */
  public static Loop getDefault() {
    return defaultLoop;
  }

  // ---- state and end ----

  /**
   * The address of the native side: gevent4j.h's gv_hub.
   *
   * @throws IllegalStateException when it is closed
   */
  public long ptr() {
    if (isClosed()) {
      throw new IllegalStateException("closed: " + this);
    }
    return ptr;
  }

  /** Any thread: nobody frees the native side meanwhile. */
  private long ask(LongUnaryOperator question) {
    if (!wakers.enter()) {
      throw new IllegalStateException("closed: " + this);
    }
    try {
      return question.applyAsLong(ptr);
    } finally {
      wakers.leave();
    }
  }

  /** No callbacks at all are announced in the right thread only. */
  void requireThread(String operation) {
    Status.check((int) ask(hub -> Native.gv_hub_callbacks(hub, 0)), operation, this);
  }

  /** Any thread. */
  public boolean isClosed() {
    return wakers.isShut();
  }

  /**
   * Closes all its watchers, forgets its callbacks, and gives its native side back. Harmless when
   * it is closed. From another thread only after its own has ended. gevent: {@code destroy}.
   *
   * @throws IllegalStateException while it runs
   */
  @Override
  public synchronized void close() {
    if (isClosed()) {
      return;
    }
    if (running) {
      throw new IllegalStateException("cannot close " + this + " while it runs");
    }
    if (!abandoned && maker.isAlive()) {
      requireThread("close");
    }
    if (Native.gv_hub_has_runner(ptr) != 0) {
      throw new IllegalStateException("cannot close " + this + ": its hub does");
    }
    wakers.shut();
    if (defaultLoop == this) {
      defaultLoop = null;
    }
    watchers.forEach(Watcher::forget);
    callbacks.clear();
    Native.gv_hub_free(ptr);
  }

  /** For people: its numbers, and a line for each active watcher. */
  public String debug() {
    requireThread("describe");
    StringBuilder text = new StringBuilder(toString());
    text.append(" iteration=").append(iteration());
    text.append(" active=").append(activeCount());
    text.append(" pending=").append(pendingCount());
    text.append(" fileno=").append(fileno());
    watchers.forEach(
        watcher -> {
          if (watcher.isActive()) {
            text.append("\n  ").append(watcher);
          }
        });
    return text.append('\n').toString();
  }

  @Override
  public String toString() {
    return "Loop@"
        + Integer.toHexString(hashCode())
        + "["
        + name
        + " "
        + backend
        + (isClosed() ? " closed]" : isDefault() ? " default]" : "]");
  }
}
