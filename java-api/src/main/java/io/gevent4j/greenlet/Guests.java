package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final int WAITS = 4;
  private static final int SAMPLES = 2;

  private static final Map<Long, Scheduler> HUBS = new ConcurrentHashMap<>(); // by their address
  private static final Cleaner CLEANER = Cleaner.create();

  private static final long RELIEF_NANOS = 10_000_000;

  private static Boolean prepared;
  private static Thread relief; // guarded by the class

  private Guests() {}

  /**
   * Finds out how this VM's threads park and sleep, so that a greenlet can; once they are patched.
   * The first call takes some milliseconds.
   *
   * @return whether it could; else they block as threads do
   */
  public static synchronized boolean prepare() {
    if (prepared == null) {
      prepared =
          Native.gv_vm_threads_prepare(Thread.currentThread()) == Native.GV_OK && learnFrom(0);
    }
    return prepared;
  }

  /** One thread within the other, since what they show is looked at while they live. */
  private static boolean learnFrom(int sample) {
    if (sample == SAMPLES) {
      return Native.gv_vm_threads_learn(Thread.currentThread(), sample, 0) == Native.GV_OK;
    }
    boolean[] learnt = new boolean[1];
    Thread thread =
        Lenders.startDaemon(
            "greenlet-sample-" + sample,
            () -> {
              learn(sample);
              learnt[0] = learnFrom(sample + 1);
            });
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
    return learnt[0];
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
      int waits = 0;
      for (int more : new int[] {0, 3, 5}) {
        for (int i = 0; i < more; i++) {
          LockSupport.parkNanos(1);
        }
        waits += more;
        Native.gv_vm_threads_learn(self, sample, WAITS + waits);
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
    if (on) {
      startRelief();
    }
  }

  private static synchronized void startRelief() {
    if (relief == null) {
      relief = Lenders.startDaemon("greenlet-relief", Guests::relieve);
    }
  }

  /** Who spins until another has done something is to let that one run, as the kernel would. */
  private static void relieve() {
    Thread self = Thread.currentThread();
    for (; ; ) {
      LockSupport.parkNanos(RELIEF_NANOS);
      Native.gv_vm_threads_relieve(self);
    }
  }

  // ---- the hubs ----

  /**
   * From now on threads that start become greenlets of this hub, in turn with the others that were
   * added. It is to be removed before it is closed.
   */
  public static void addHub(Scheduler hub) {
    HUBS.put(hub.address(), hub);
    if (Native.gv_threads_add_hub(hub.address()) != Native.GV_OK) {
      throw new IllegalStateException("there are too many hubs for threads: " + hub);
    }
  }

  /** The opposite; the threads that are its greenlets stay so. */
  public static void removeHub(Scheduler hub) {
    Native.gv_threads_remove_hub(hub.address());
  }

  /** How many threads are this hub's guests, which can't be closed as long as there are any. */
  public static int count(Scheduler hub) {
    return Native.gv_hub_guests(hub.address());
  }

  /**
   * Makes the calling thread, which has no hub of its own, a guest of the next hub.
   *
   * @throws GreenletException if there is no hub, or the thread has one
   */
  public static void join() {
    if (Scheduler.here() != null) {
      throw new GreenletException("this thread has a hub already: " + Thread.currentThread());
    }
    int status = Native.gv_vm_threads_join(Thread.currentThread());
    if (status != Native.GV_OK) {
      throw new GreenletException(
          "cannot run this thread as a greenlet: " + Native.gv_status_text(status));
    }
  }

  // ---- for the family ----

  /** The calling thread as one of its family's greenlets, or null if it is nobody's guest. */
  static Body find(Thread thread) {
    long guest = Native.gv_threads_hold();
    if (guest == 0) {
      return null;
    }
    Scheduler hub = HUBS.get(Native.gv_threads_hub(guest));
    Body body = hub.guest(thread, guest);
    CLEANER.register(body, () -> Native.gv_threads_release(guest));
    return body;
  }

  /** Whether the calling thread is still this guest; and from then on not away, if it was. */
  static boolean isGuest(Body body) {
    return Native.gv_threads_self() == body.lender;
  }

  /** Sees whether a guest has ended. */
  static void notice(Body body) {
    if (body.isGuest() && Native.gv_threads_ended(body.lender) != 0) {
      body.end();
    }
  }

  /**
   * Throws in one who waits inside the JDK, where no switch reaches him.
   *
   * @param thrown null: he is left alone
   * @return whether he does
   */
  static boolean throwInto(Body body, Throwable thrown) {
    if (body.lender == 0) {
      return false;
    }
    int waits = Native.gv_hub_waits_inside(body.lender);
    if (waits == 0) {
      return false;
    }
    if (thrown != null) {
      int status = Native.gv_vm_throw(body.thread, thrown);
      if (status != Native.GV_OK) {
        throw new UnsupportedOperationException("this VM can't throw in another thread");
      }
      Native.gv_hub_end_wait(body.lender);
    }
    return true;
  }
}
