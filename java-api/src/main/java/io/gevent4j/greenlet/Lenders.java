package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that lend, by the slot that the native pool knows them by; and the one that makes
 * more of them ahead of need, so that a start seldom waits for a thread.
 */
final class Lenders {
  private static final long TRIM_INTERVAL = 1_000_000_000L; // ns

  private static volatile GreenletThread[] threads = new GreenletThread[64];
  private static final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
  private static int slots; // ever used
  static final AtomicInteger coming = new AtomicInteger(); // spares on their way to the pool
  private static volatile Thread maker; // null until the first start of a greenlet
  private static long stackSize; // bytes; set before the maker

  private Lenders() {}

  /**
   * A resting lender that is now a member of the family: a spare one, or a thread made for it,
   * which takes 100 us.
   */
  static GreenletThread take(long family) {
    if (maker == null) {
      prepare();
    }
    int taken = Native.gv_pool_take(family);
    if (taken >= 0) {
      if ((taken & Native.GV_POOL_LOW) != 0) {
        LockSupport.unpark(maker);
      }
      return threads[taken & ~Native.GV_POOL_LOW];
    }
    LockSupport.unpark(maker);
    GreenletThread thread = make(false);
    Native.gv_family_adopt(family, thread.lender);
    return thread;
  }

  private static GreenletThread make(boolean spare) {
    GreenletThread thread = add(spare);
    try {
      start(thread);
    } catch (Throwable failure) {
      remove(thread);
      Native.gv_lender_free(thread.lender);
      throw failure;
    }
    return thread;
  }

  private static synchronized GreenletThread add(boolean spare) {
    int slot = freeSlots.isEmpty() ? slots : freeSlots.peek();
    LenderSettings.requireRoom(slots - freeSlots.size());
    if (slot >= threads.length) {
      threads = Arrays.copyOf(threads, threads.length * 2);
    }
    GreenletThread thread = new GreenletThread(rootGroup(), stackSize, slot, spare);
    if (slot == slots) {
      slots++;
    } else {
      freeSlots.remove();
    }
    threads[slot] = thread;
    return thread;
  }

  /** The one with this number, which is at work. */
  static GreenletThread at(int slot) {
    return threads[slot];
  }

  static synchronized void remove(GreenletThread thread) {
    threads[thread.slot] = null;
    freeSlots.push(thread.slot);
  }

  /** The threads outlive whoever starts the first greenlet, so they aren't of his group. */
  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** At the first start of a greenlet, so that a mistake in the settings is an exception of it. */
  private static synchronized void prepare() {
    if (maker == null) {
      stackSize = LenderSettings.stackSize();
      LenderSettings.applySpareBounds();
      Dropped.startWatcher();
      maker = startDaemon("greenlet-maker", Lenders::makeAhead);
    }
  }

  static Thread startDaemon(String name, Runnable run) {
    Thread thread = new Thread(rootGroup(), run, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    start(thread);
    return thread;
  }

  private static void start(Thread thread) {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      throw LenderSettings.noThread(e);
    }
  }

  private static void makeAhead() {
    addWanted();
    Native.gv_exit_prepare();
    for (long trimmed = System.nanoTime(); ; ) {
      LockSupport.parkNanos(TRIM_INTERVAL);
      addWanted();
      long now = System.nanoTime();
      if (now - trimmed >= TRIM_INTERVAL) {
        Native.gv_pool_trim();
        trimmed = now;
      }
    }
  }

  private static void addWanted() {
    try {
      while (Native.gv_pool_wanted() > coming.get()) {
        coming.incrementAndGet();
        try {
          make(true);
        } catch (Throwable failure) {
          coming.decrementAndGet();
          throw failure;
        }
      }
    } catch (RuntimeException | Error e) {
      // No more of them for now. Whoever needs one makes his own, and is told why it can't be done.
    }
  }
}
