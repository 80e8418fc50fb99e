package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that nobody made for us, and that run as greenlets all the same: from before their first
 * line to after their last one. They stay the threads that they are, for themselves and for all
 * others.
 *
 * <p><b>Thread rule:</b> any thread, unless a method says otherwise.
 */
public final class Guests {
  private static final int PARK = 0; // as gv_vm_threads_learn counts
  private static final int PARK_UNTIL = 1;
  private static final int SLEEP = 2;
  private static final int MONITOR = 3;
  private static final int SAMPLES = 2;

  private static Boolean prepared;

  private Guests() {}

  /**
   * Finds out how this VM's threads park and sleep, so that a greenlet can; once they are patched.
   * The first call takes some milliseconds.
   *
   * @return whether it could; else they block as threads do
   */
  public static synchronized boolean prepare() {
    if (prepared == null) {
      prepared = Native.gv_vm_threads_prepare(Thread.currentThread()) == Native.GV_OK && learnAll();
    }
    return prepared;
  }

  private static boolean learnAll() {
    for (int sample = 0; sample < SAMPLES; sample++) {
      int number = sample;
      Thread thread = Lenders.startDaemon("greenlet-sample-" + sample, () -> learn(number));
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return Native.gv_vm_threads_learn(Thread.currentThread(), SAMPLES, 0) == Native.GV_OK;
  }

  /** Waits in each of the ways in which a thread can; each must take some time, or it is none. */
  private static void learn(int sample) {
    Thread self = Thread.currentThread();
    try {
      Native.gv_vm_threads_learn(self, sample, PARK);
      LockSupport.parkNanos(100_000);
      Native.gv_vm_threads_learn(self, sample, PARK_UNTIL);
      LockSupport.parkUntil(System.currentTimeMillis() + 2);
      Native.gv_vm_threads_learn(self, sample, SLEEP);
      Thread.sleep(1);
      Native.gv_vm_threads_learn(self, sample, MONITOR);
      synchronized (self) {
        self.wait(1);
      }
    } catch (InterruptedException e) {
      self.interrupt(); // nobody knows this thread; what was not learnt is found to be missing
    }
  }

  /**
   * From now on, or no longer, threads that are started become greenlets, if there is a hub for
   * them.
   *
   * @throws UnsupportedOperationException if the VM doesn't say which threads start
   */
  public static void watch(boolean on) {
    if (Native.gv_vm_threads_watch(Thread.currentThread(), on ? 1 : 0) != Native.GV_OK) {
      throw new UnsupportedOperationException("this VM doesn't tell which threads start");
    }
  }
}
