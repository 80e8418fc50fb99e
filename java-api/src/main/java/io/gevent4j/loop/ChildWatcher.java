package io.gevent4j.loop;

import io.gevent4j.binding.Native;

/**
 * Fires when a child process has ended. It never waits for a child in its parent's place, so that
 * {@link Process} and whoever else waits sees its end as ever.
 *
 * <p>gevent: {@code loop.child}.
 */
public final class ChildWatcher extends Watcher {
  /** What {@link #exitStatus} says where somebody else was faster to ask the system. */
  public static final int UNKNOWN = -1;

  private static final int ESRCH = 3;
  private static final int BY_SIGNAL = 128; // added to its number, as Process and the shells do

  private final int pid;
  private final Process process; // null: a child that was started by other means
  private boolean ended;
  private Callback late; // fires it, if the child had ended before the start; null otherwise

  ChildWatcher(Loop loop, long pid, Process process) {
    super(loop, Native.GV_CHILD);
    this.pid = (int) pid;
    this.process = process;
    configure(Native.gv_watcher_set_child(ptr(), this.pid), "process " + pid);
  }

  static long requirePid(long pid) {
    if (pid <= 0 || pid > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("not the number of a process: " + pid);
    }
    return pid;
  }

  /** A process whose end Java has seen already is unknown to the system. */
  @Override
  void begin() {
    loop().requireThread("start a watcher of");
    if (isActive()) {
      return;
    }
    int status =
        process != null && !process.isAlive()
            ? Native.GV_ESYSTEM - ESRCH
            : Native.gv_watcher_start(ptr());
    if (status == Native.GV_ESYSTEM - ESRCH && process != null) {
      late = loop().runCallback(this::fireLate);
    } else {
      Status.check(status, "start", this);
    }
  }

  private void fireLate() {
    late = null;
    fired(0);
    try {
      runIfDue();
    } catch (Throwable thrown) {
      loop().handleError(this, thrown);
    }
  }

  @Override
  public void stop() {
    super.stop();
    forgetLate();
  }

  @Override
  void forget() {
    super.forget();
    forgetLate();
  }

  private void forgetLate() {
    if (late != null) {
      late.stop();
      late = null;
    }
  }

  @Override
  public boolean isActive() {
    return late != null || super.isActive();
  }

  @Override
  public boolean isPending() {
    return late != null || super.isPending();
  }

  public long pid() {
    return pid;
  }

  /**
   * How the child ended: its exit code, or 128 and the number of the signal that ended it, as
   * {@link Process#exitValue} says; {@link #UNKNOWN} where the system has forgotten it.
   *
   * @throws IllegalStateException before the watcher has fired
   */
  public int exitStatus() {
    if (!ended) {
      throw new IllegalStateException("the child hasn't ended: " + this);
    }
    if (process != null) {
      return ofProcess();
    }
    int status = Native.gv_watcher_child_status(ptr());
    if (status == Native.GV_STATUS_UNKNOWN) {
      return UNKNOWN;
    }
    return status < 0 ? BY_SIGNAL - 1 - status : status;
  }

  /** The process is gone already; all that may take a moment is that its own thread says so. */
  private int ofProcess() {
    boolean interrupted = false;
    try {
      for (; ; ) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  void call(int events) {
    ended = true;
    super.call(events);
  }

  @Override
  String subject() {
    return " pid=" + pid;
  }
}
