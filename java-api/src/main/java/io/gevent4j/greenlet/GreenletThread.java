package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A thread that lends its stack and identity to one greenlet after the other. Between two of them
 * it is a spare in the pool, and its name, priority, handler, class loader, ThreadLocals and
 * interrupt flag are as new.
 *
 * <p>No frame of this class may hold a reference to a greenlet across a native call, or a spare
 * would keep it reachable.
 */
final class GreenletThread extends Thread implements QuietThread {
  private static final VarHandle INTERRUPTIBLE;

  static {
    try {
      INTERRUPTIBLE =
          MethodHandles.lookup()
              .findVarHandle(GreenletThread.class, "interruptible", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final boolean spare;
  final int slot; // its place in the table of Lenders
  final long lender; // gevent4j.h's gv_greenlet
  Body body; // of the greenlet at work; null for a spare
  Family family; // that runs it; null for a spare
  private boolean interruptible; // it waits in its hub, and wants to know

  /**
   * Not yet started. Who doesn't start it frees its lender.
   *
   * @param spare whether it goes to the pool first; else it is for whoever makes it
   */
  GreenletThread(ThreadGroup group, long stackSize, int slot, boolean spare) {
    super(group, null, "greenlet-" + slot, stackSize, false);
    this.name = getName();
    this.slot = slot;
    this.spare = spare;
    setDaemon(true);
    this.lender = Native.gv_lender_new(slot);
    if (lender == 0) {
      throw LenderSettings.noThread(null);
    }
  }

  @Override
  public void run() {
    int status = lend();
    while (status == Native.GV_OK) {
      long next = work();
      status = next == 0 ? Native.GV_EOWNER : finish(next);
    }
    if (status == Native.GV_EEXIT) {
      Family.parkForever();
    }
    try {
      Lenders.remove(this);
    } finally {
      Native.gv_lender_free(lender);
    }
  }

  // ---- interruption ----

  /** Ends the greenlet's wait, if that can be interrupted. */
  @Override
  public void interrupt() {
    super.interrupt();
    Fence.heavy();
    Family runBy = family;
    if (isInterruptible() && runBy != null) {
      Scheduler scheduler = runBy.scheduler();
      if (scheduler != null) {
        scheduler.runInHub(() -> scheduler.interrupted(this));
      }
    }
  }

  boolean isInterruptible() {
    return (boolean) INTERRUPTIBLE.getOpaque(this);
  }

  /** From now on an interrupt ends the caller's wait. Returns false if there was one before. */
  boolean beginInterruptibly() {
    INTERRUPTIBLE.setOpaque(this, true);
    Fence.light();
    return !isInterrupted();
  }

  void endInterruptibly() {
    INTERRUPTIBLE.setOpaque(this, false);
  }

  /** Somebody may be waiting, so that it goes on until there is memory to link the native. */
  private int lend() {
    if (spare) {
      Lenders.coming.decrementAndGet();
    }
    for (; ; ) {
      try {
        return spare ? Native.gv_lend_spare(lender) : Native.gv_lend(lender);
      } catch (OutOfMemoryError e) {
        Thread.yield();
      }
    }
  }

  /** As {@link #lend}; and no Java thread may end on another's kernel thread. */
  private int finish(long next) {
    for (; ; ) {
      try {
        return Native.gv_finish(lender, next);
      } catch (OutOfMemoryError e) {
        Thread.yield();
      }
    }
  }

  /** Runs the greenlet to its end. Returns the lender to go on with, 0 if the owner has ended. */
  private long work() {
    Object value = null;
    Throwable thrown = null;
    try {
      value = body.execute();
    } catch (Throwable t) {
      thrown = t;
    }
    if (body.away) {
      thrown = Scheduler.comeBack(body, thrown);
    }
    boolean orphaned = family.isOrphaned();
    long next = 0;
    try {
      if (orphaned) {
        body.end();
        if (thrown != null && !(thrown instanceof GreenletExit)) {
          Family.report(thrown);
        }
      } else {
        next = family.conclude(body, value, thrown);
        renew();
      }
    } catch (Throwable failure) {
      if (!orphaned && next == 0) {
        next = family.abandon(body, failure);
      }
    }
    body = null;
    family = null;
    return next;
  }

  /** Takes back what a greenlet may have done to its thread. */
  private void renew() {
    if (getName() != name) { // another object, even if it reads the same
      setName(name);
    }
    if (getPriority() != NORM_PRIORITY) {
      setPriority(NORM_PRIORITY);
    }
    setUncaughtExceptionHandler(null);
    setContextClassLoader(null);
    Native.gv_vm_forget_locals(this);
    Thread.interrupted();
  }
}
