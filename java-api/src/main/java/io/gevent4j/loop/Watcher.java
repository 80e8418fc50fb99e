package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.util.Objects;

/**
 * Has its loop run a callback whenever something happens. What that is, the subclasses say; a plain
 * one is of the kinds <i>idle</i> (a turn of the loop had nothing else to do), <i>prepare</i>
 * (before each poll), <i>check</i> (after each poll) or <i>fork</i> (at {@link Loop#reinit}).
 *
 * <p>A watcher that nobody closes lives as long as its loop, started or not.
 *
 * <p><b>Thread rule:</b> that of its loop. After {@link #close} all but {@link #loop} and the
 * questions for its state throw {@link IllegalStateException}.
 *
 * <p>gevent: {@code IWatcher}.
 */
public class Watcher implements AutoCloseable {
  private static final String[] KINDS = {
    "io", "timer", "async", "signal", "child", "stat", "idle", "prepare", "check", "fork"
  };

  private final Loop loop;
  private final int kind; // gevent4j.h's enum gv_kind
  private final int number; // in the loop's table
  private long ptr; // gevent4j.h's gv_watcher; 0 when closed
  private Runnable callback; // null while stopped
  private boolean due; // fired, in the batch that is being carried out, and not yet run
  private int dueEvents;
  private boolean ref = true;
  private int priority;

  /** Stopped. */
  Watcher(Loop loop, int kind) {
    this.loop = loop;
    this.kind = kind;
    loop.requireThread("make a watcher of");
    this.number = loop.watchers.add(this);
    this.ptr = Native.gv_watcher_new(loop.ptr(), kind, number);
    if (ptr == 0) {
      loop.watchers.remove(number);
      throw new OutOfMemoryError("cannot make a watcher of " + loop);
    }
  }

  /** For constructors: a watcher that can't be told what to watch is no watcher. */
  final void configure(int status, String what) {
    if (status < 0) {
      close();
      Status.check(status, "watch", what);
    }
  }

  /**
   * Starts it; if it is active, only the callback is replaced.
   *
   * @throws LoopException if the system refuses, and then nothing has changed
   */
  public void start(Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    begin();
    this.callback = callback;
  }

  /** Starts the native side. */
  void begin() {
    Status.check(Native.gv_watcher_start(ptr()), "start", this);
  }

  /** Stops it and forgets its callback; one that has fired but not yet run will not. */
  public void stop() {
    Status.check(Native.gv_watcher_stop(ptr()), "stop", this);
    callback = null;
    due = false;
    dueEvents = 0;
  }

  /** Stops it for good and gives its native side back. Harmless when it is closed, or its loop. */
  @Override
  public void close() {
    if (isClosed()) {
      return;
    }
    stop();
    loop.watchers.remove(number);
    long closing = ptr;
    ptr = 0;
    Native.gv_watcher_free(closing);
  }

  /** Its loop is closed, and has given all native sides back. */
  void forget() {
    ptr = 0;
    callback = null;
    due = false;
  }

  public final boolean isClosed() {
    return ptr == 0 || loop.isClosed();
  }

  /** Whether it is started, and hasn't stopped by itself as a timer does that doesn't repeat. */
  public boolean isActive() {
    return !isClosed() && Native.gv_watcher_is_active(ptr) != 0;
  }

  /** Whether it has fired and its callback is still to run. */
  public boolean isPending() {
    return due || !isClosed() && Native.gv_watcher_is_pending(ptr) != 0;
  }

  /** What was given to start; null after {@link #stop}. */
  public Runnable callback() {
    return callback;
  }

  /** Replaces the callback, also of an active watcher. It starts nothing. */
  public void setCallback(Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    loop.requireThread("set the callback of a watcher of");
    ptr();
    this.callback = callback;
  }

  /** Whether it keeps {@link Loop#run()} from returning while it is active; at first it does. */
  public boolean isRef() {
    return ref;
  }

  /** Sets {@link #isRef}, also of an active watcher. */
  public void setRef(boolean ref) {
    Status.check(Native.gv_watcher_set_ref(ptr(), ref ? 1 : 0), "set ref of", this);
    this.ref = ref;
  }

  /** From {@link Loop#MIN_PRIORITY} to {@link Loop#MAX_PRIORITY}; 0 at first. */
  public int priority() {
    return priority;
  }

  /**
   * Among the watchers that fire with one poll, those of a higher priority run first.
   *
   * @throws IllegalStateException while it is active
   * @throws IllegalArgumentException if it is out of its range
   */
  public void setPriority(int priority) {
    if (priority < Loop.MIN_PRIORITY || priority > Loop.MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "not a priority from "
              + Loop.MIN_PRIORITY
              + " to "
              + Loop.MAX_PRIORITY
              + ": "
              + priority);
    }
    requireStopped("set the priority of");
    Status.check(Native.gv_watcher_set_priority(ptr(), priority), "set the priority of", this);
    this.priority = priority;
  }

  /**
   * Has it fire, as if these events had happened.
   *
   * @throws IllegalStateException unless it is active
   */
  public void feed(int events) {
    if (!isActive()) {
      throw new IllegalStateException("cannot feed " + this + ": it isn't active");
    }
    Status.check(Native.gv_watcher_feed(ptr(), events), "feed", this);
  }

  public final Loop loop() {
    return loop;
  }

  /**
   * The address of the native side: gevent4j.h's gv_watcher.
   *
   * @throws IllegalStateException when it is closed
   */
  public final long ptr() {
    long open = ptr;
    if (open == 0 || loop.isClosed()) {
      throw new IllegalStateException(
          loop.isClosed() && open != 0 ? "closed: " + loop : "closed: " + this);
    }
    return open;
  }

  final void requireStopped(String operation) {
    ptr();
    loop.requireThread(operation + " a watcher of");
    if (isActive()) {
      throw new IllegalStateException("cannot " + operation + " " + this + " while it is active");
    }
  }

  final boolean isOfKind(int kind) {
    return this.kind == kind;
  }

  /** It came up in a batch. */
  final void fired(int events) {
    due = true;
    dueEvents |= events;
  }

  /** Runs the callback, unless an earlier one of the batch has stopped it. */
  final void runIfDue() {
    if (due) {
      int events = dueEvents;
      due = false;
      dueEvents = 0;
      call(events);
    }
  }

  void call(int events) {
    Runnable now = callback;
    if (now != null) {
      now.run();
    }
  }

  /** What it watches, with a blank before it; for {@link #toString}. */
  String subject() {
    return "";
  }

  /** Says the kind, what it watches, and its state. */
  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder(KINDS[kind]).append(" watcher@");
    text.append(Integer.toHexString(hashCode())).append('[');
    text.append(isClosed() ? "closed" : isActive() ? "active" : "stopped");
    if (isPending()) {
      text.append(" pending");
    }
    text.append(subject());
    if (!ref) {
      text.append(" ref=false");
    }
    if (priority != 0) {
      text.append(" priority=").append(priority);
    }
    Object shown = shownCallback();
    if (shown != null) {
      text.append(" callback=").append(shown);
    }
    return text.append(']').toString();
  }

  Object shownCallback() {
    return callback;
  }
}
