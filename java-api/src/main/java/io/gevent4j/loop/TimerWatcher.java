package io.gevent4j.loop;

import io.gevent4j.binding.Native;
import java.time.Duration;

/**
 * Fires once after a span of time, and then, if it repeats, again and again. Both loops count in
 * nanoseconds; what the kernel makes of it is some 50 us late.
 *
 * <p>A timer counts from now, and not from the last poll, so that a long computation before its
 * start doesn't shorten it.
 *
 * <p>gevent: {@code loop.timer}.
 */
public final class TimerWatcher extends Watcher {
  private final long after; // ns
  private final long repeat; // ns; 0: it doesn't

  TimerWatcher(Loop loop, long after, long repeat) {
    super(loop, Native.GV_TIMER);
    this.after = after;
    this.repeat = repeat;
    configure(Native.gv_watcher_set_timer(ptr(), after, repeat), "a span of time");
  }

  /**
   * Restarts it, active or not, to fire {@link #repeat} from now with the callback that it has; if
   * it doesn't repeat, stops it. One that has fired but not yet run will not, as with {@link
   * #stop}.
   *
   * @throws IllegalStateException if it repeats and has no callback
   */
  public void again() {
    Runnable kept = callback();
    if (kept == null && repeat != 0 && !isClosed()) {
      throw new IllegalStateException("cannot restart " + this + ": it has no callback");
    }
    stop();
    if (repeat != 0) {
      Status.check(Native.gv_watcher_again(ptr()), "restart", this);
      setCallback(kept);
    }
  }

  /** As {@link #again()}, with another callback. */
  public void again(Runnable callback) {
    setCallback(callback);
    again();
  }

  /** When it will fire: ns of the clock that {@link Loop#now} reads. */
  public long at() {
    return Native.gv_watcher_at(ptr());
  }

  public Duration after() {
    return Duration.ofNanos(after);
  }

  /** Zero if it doesn't repeat. */
  public Duration repeat() {
    return Duration.ofNanos(repeat);
  }

  @Override
  String subject() {
    return " after=" + after / 1e9 + "s" + (repeat == 0 ? "" : " repeat=" + repeat / 1e9 + "s");
  }
}
