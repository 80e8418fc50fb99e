package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.nio.LongBuffer;
import java.util.concurrent.Callable;

/**
 * The two verbs on which all waiting is built: <i>switch out</i> and <i>make ready</i>, for the
 * greenlets of one thread. Ready greenlets run in the order in which they became so; who switches
 * out goes straight to the next of them, or else to the runner, the greenlet in which the subclass
 * runs its loop.
 *
 * <p><b>Thread rule:</b> the thread whose greenlets it schedules; from another one all throws
 * {@link GreenletException}.
 *
 * <p>gevent: {@code greenlet.switch} to and from the hub.
 */
public abstract class Scheduler {
  private final Family home = Family.here();
  private final long hub; // gevent4j.h's gv_hub; owned by the subclass
  private RawGreenlet runner;
  private RawGreenlet creator; // until the runner has started
  private boolean installed; // its family's scheduler is this
  private boolean open = true; // greenlets may wait
  private int away; // greenlets on their own kernel threads
  private final LongBuffer post; // gevent4j.h's gv_hub_post
  private int forAnybody; // greenlets whose wait any thread may end
  Scratch scratch; // null until it is used

  /**
   * For the greenlets of the calling thread.
   *
   * @param hub the address of gevent4j.h's gv_hub
   */
  protected Scheduler(long hub) {
    if (home.scheduler() != null) {
      throw new IllegalStateException("this thread has a hub already: " + home.scheduler());
    }
    if (Native.gv_hub_callbacks(hub, 0) != Native.GV_OK) {
      throw new GreenletException(
          "the loop belongs to another thread than " + Thread.currentThread());
    }
    this.hub = hub;
    this.post = Native.gv_hub_post(hub).capacity(1).asBuffer();
  }

  /** That of the calling thread, or null. Any thread. */
  public static Scheduler here() {
    Family family = Family.find();
    return family == null ? null : family.scheduler();
  }

  // ---- the runner ----

  /** Starts the runner, a child of main, which from now on is switched to where nobody is ready. */
  protected final void launch() {
    creator = home.current();
    runner = new RawGreenlet(ignored -> runAttached(), home.main());
    runner.switchTo();
  }

  /** No local variable may hold the creator for as long as this runs. */
  private RawGreenlet takeCreator() {
    RawGreenlet taken = creator;
    creator = null;
    return taken;
  }

  private Object runAttached() {
    int status = Native.gv_hub_attach(hub, home.runningBody().lender);
    if (status != Native.GV_OK) {
      throw new GreenletException("cannot run a hub: " + Native.gv_status_text(status));
    }
    home.runningBody().plain = 0;
    home.setScheduler(this);
    installed = true;
    try {
      takeCreator().switchTo(); // the thread may end before anybody has waited
      run();
    } finally {
      refuse();
      ending();
      Native.gv_hub_detach(hub);
      installed = false;
      home.setScheduler(null);
      if (!owner().isAlive()) { // then the runner must not end into main
        home.orphan();
      }
      ended();
    }
    return null;
  }

  /** The runner is about to end, and nobody can wait any more. In the runner. It must not throw. */
  protected abstract void ending();

  /** The runner ends, and is no hub's any more. In the runner. */
  protected abstract void ended();

  /** Runs the loop. When it returns, there is no scheduler any more. In the runner. */
  protected abstract void run();

  /** From now on nobody can wait any more. */
  protected final void refuse() {
    open = false;
  }

  /**
   * Switches to the runner without waiting for anything: returns when somebody switches back, or
   * the runner ends, if the caller is main.
   */
  protected final void switchToRunner() {
    runner.switchTo();
  }

  /** The greenlet in which the loop runs; the parent of those that it starts. */
  public final RawGreenlet runner() {
    return runner;
  }

  /** The thread's own greenlet. */
  public final RawGreenlet main() {
    return home.main();
  }

  /** The thread whose kernel thread runs these greenlets: that of main. */
  protected final Thread owner() {
    return home.owner();
  }

  final boolean isRunner(Body body) {
    return runner != null && runner.body == body;
  }

  /** Whether the kernel thread of these greenlets has ended. */
  protected final boolean isOrphaned() {
    return home.isOrphaned();
  }

  /** Whether the caller is one of these greenlets, and not away. Any thread. */
  public final boolean isHere() {
    return home.isHere();
  }

  /**
   * Whether the caller is one of these greenlets, and this is still where they wait. Any thread.
   */
  public final boolean isInCharge() {
    return isInstalled() && home.isHere();
  }

  /** Whether this is still where its greenlets wait. */
  public final boolean isInstalled() {
    return installed;
  }

  /**
   * Whether {@link #isHere} can be seen at a glance. If not, {@link #settleHere} makes that so for
   * a while.
   */
  public final boolean isPlainlyHere() {
    return home.isPlainlyHere();
  }

  /** As {@link #isHere}; from then on, plainly. */
  public final boolean settleHere() {
    if (!home.isHere()) {
      return false;
    }
    home.settle();
    return true;
  }

  /** As {@link #ticket}, for a caller who is plainly here. */
  public final long plainTicket() {
    return home.plainTicket();
  }

  /** Whether its greenlets can still wait. */
  public final boolean isOpen() {
    return open && !home.isOrphaned();
  }

  /** The greenlet of these that calls. */
  public final RawGreenlet current() {
    return home.current();
  }

  /** A greenlet that the runner started threw this; or somebody threw it into the runner. */
  protected abstract void escaped(Throwable thrown);

  /** In the runner: starts a pending greenlet of these. Returns when the runner's turn comes. */
  protected final void begin(RawGreenlet pending) {
    home.enter(pending, runner.body);
  }

  // ---- the verbs ----

  private long leave() {
    if (!open) {
      throw closed();
    }
    return home.leave();
  }

  /**
   * Suspends the caller until it is {@linkplain #makeReady made ready}, or throws what is thrown
   * into it meanwhile. Allocates nothing.
   */
  public final void switchOut() {
    long self = leave();
    long id = home.runningId();
    int status = Native.gv_hub_wait(hub, self);
    home.back(self, id, status);
    if (status != Native.GV_OK) {
      explain(status);
    }
  }

  /** Lets those that are ready run first. Allocates nothing. */
  public final void switchOutReady() {
    long self = leave();
    long id = home.runningId();
    int status = Native.gv_hub_yield(hub, self);
    home.back(self, id, status);
    if (status != Native.GV_OK) {
      explain(status);
    }
  }

  /**
   * As {@link #switchOut}, for at most so many ns. Allocates nothing.
   *
   * @param ref whether it keeps the loop from being idle
   */
  public final void switchOut(long nanos, boolean ref) {
    long self = leave();
    long id = home.runningId();
    int status = Native.gv_hub_sleep(hub, self, nanos, ref ? 1 : 0);
    home.back(self, id, status);
    if (status != Native.GV_OK) {
      explain(status);
    }
  }

  /**
   * As {@link #switchOut}, for something that any thread may bring about: as long as there are
   * others, nobody waits for ever. It may return early, so that the caller looks again.
   */
  public final void switchOutForAnybody(boolean interruptibly) {
    forAnybody++;
    try {
      if (interruptibly && !beginInterruptibly()) {
        return;
      }
      long self = leave();
      if (home.takeStirred()) {
        return;
      }
      long id = home.runningId();
      int status = Native.gv_hub_wait(hub, self);
      home.back(self, id, status);
      if (status != Native.GV_OK) {
        explain(status);
      }
    } finally {
      forAnybody--;
      if (interruptibly) {
        endInterruptibly();
      }
    }
  }

  /** As {@link #pause}, else as {@link #switchOutForAnybody(boolean)}. */
  public final void switchOutForAnybody(long nanos, boolean interruptibly) {
    forAnybody++;
    try {
      pause(nanos, interruptibly);
    } finally {
      forAnybody--;
    }
  }

  /**
   * As {@link #switchOut}, in all its forms. It may return early, so that the caller looks again.
   * Allocates nothing.
   *
   * <p>There is one native call for all such waits without a limit, so that the processor, which
   * expects to return to where the last one was called, is mostly right.
   *
   * @param nanos for how long at most; negative: as long as it takes
   * @param interruptibly whether {@link Thread#interrupt} of the caller's thread ends it too
   */
  public final void pause(long nanos, boolean interruptibly) {
    try {
      if (interruptibly && !beginInterruptibly()) {
        return;
      }
      long self = leave();
      if (home.takeStirred()) {
        return;
      }
      long id = home.runningId();
      int status =
          nanos < 0 ? Native.gv_hub_wait(hub, self) : Native.gv_hub_sleep(hub, self, nanos, 1);
      home.back(self, id, status);
      if (status != Native.GV_OK) {
        explain(status);
      }
    } finally {
      if (interruptibly) {
        endInterruptibly();
      }
    }
  }

  /** Returns false if the caller is interrupted already. */
  private boolean beginInterruptibly() {
    Thread thread = Thread.currentThread();
    return thread instanceof GreenletThread
        ? ((GreenletThread) thread).beginInterruptibly()
        : beginInterruptibly(home.runningBody(), thread);
  }

  /** For main, and for guests. */
  private boolean beginInterruptibly(Body body, Thread thread) {
    if (body.interrupts == null) {
      body.interrupts = new MainInterrupts(() -> runInHub(() -> interrupted(body)));
    }
    body.interruptible = true;
    body.interrupts.beginWait();
    return !thread.isInterrupted();
  }

  private void endInterruptibly() {
    Thread thread = Thread.currentThread();
    if (thread instanceof GreenletThread) {
      ((GreenletThread) thread).endInterruptibly();
    } else {
      endInterruptibly(home.runningBody());
    }
  }

  private static void endInterruptibly(Body body) {
    if (body.interruptible) { // else there was no memory to begin
      body.interrupts.endWait();
      body.interruptible = false;
    }
  }

  private void interrupted(Body body) {
    if (body.interruptible && body.thread.isInterrupted()) {
      makeReady(body.lender);
    }
  }

  /** In its scheduler's thread: a greenlet's thread was interrupted. */
  final void interrupted(GreenletThread lent) {
    if (lent.isInterruptible() && lent.isInterrupted()) {
      makeReady(lent.body.greenlet());
    }
  }

  /** Whether there is another thread of the program. */
  protected final boolean hasCompany() {
    return OtherThreads.exist(home.owner());
  }

  /** Whether some greenlet's wait is one that another thread might end. */
  protected final boolean waitsForAnybody() {
    return forAnybody > 0;
  }

  /**
   * Runs this in the runner, soon, in the order of the calls. Any thread.
   *
   * @return false if there is no runner any more
   */
  public abstract boolean runInHub(Runnable run);

  /**
   * As {@link #switchOut}, until a stopped watcher has news; starts and stops it. Allocates
   * nothing.
   *
   * @param watcher the address of gevent4j.h's gv_watcher
   * @return its events
   */
  protected final int switchOutFor(long watcher) {
    long self = leave();
    long id = home.runningId();
    int events = Native.gv_hub_wait_for(hub, self, watcher);
    home.back(self, id, events);
    if (events < 0) {
      explain(events);
    }
    return events;
  }

  /**
   * Before a native call of another room that may suspend the caller, one of these who isn't away;
   * to be followed by {@link #endCall}. Nobody else runs before the call. Allocates nothing.
   *
   * @return the address of gevent4j.h's gv_greenlet of the caller
   */
  public final long beginCall() {
    if (!open) {
      throw closed();
    }
    return home.leaveAtOnce();
  }

  /** Ends greenlets that nobody holds any more, before anything lies in the scratch. */
  final void settleScratch() {
    home.buryDropped();
  }

  /** Between {@link #beginCall} and the call: what {@link #endCall} wants to know. */
  public final long callerId() {
    return home.runningId();
  }

  /**
   * After the call. Throws what was thrown into the caller meanwhile.
   *
   * @param status what the call returned
   * @return the same, unless it says that the caller couldn't wait
   */
  public final long endCall(long self, long id, long status) {
    home.back(self, id, (int) Math.max(status, Integer.MIN_VALUE));
    if (status < 0 && status >= Native.GV_EIDLE) {
      refuse((int) status);
    }
    return status;
  }

  private void refuse(int status) {
    if (status != Native.GV_EINVAL && status != Native.GV_ENOMEM) {
      explain(status);
    }
  }

  /** A thread that has come by itself, as one of these. */
  final Body guest(Thread thread, long lender) {
    return new Body(home, thread, lender, runner);
  }

  /** The address of gevent4j.h's gv_hub. */
  public final long address() {
    return hub;
  }

  /** Stands for the calling greenlet of these, for as long as it lives. */
  public final long ticket() {
    return home.ticket();
  }

  /** As {@link #makeReady(RawGreenlet)}, by {@link #ticket}. Allocates nothing. */
  public final boolean makeReady(long ticket) {
    return isMade(Native.gv_hub_ready(hub, ticket));
  }

  /**
   * As {@link #makeReady(long)}, but before those that are ready: where the caller switches out.
   */
  public final boolean makeReadyNext(long ticket) {
    return isMade(Native.gv_hub_ready_next(hub, ticket));
  }

  /**
   * As {@link #makeReady(long)} or {@link #makeReadyNext}, for a greenlet that has switched out, by
   * one of these. Mostly it leaves word, for whoever is the next to ask who is ready, which saves
   * the way there: 10 ns.
   */
  public final void post(long ticket, boolean next) {
    if (open && post.get(0) == 0) {
      post.put(0, next ? ticket | Native.GV_POST_NEXT : ticket);
    } else if (next) {
      makeReadyNext(ticket);
    } else {
      makeReady(ticket);
    }
  }

  private static boolean isMade(int made) {
    if (made < 0) {
      throw new GreenletException("cannot make ready: " + Native.gv_status_text(made));
    }
    return made != 0;
  }

  /**
   * Lets a greenlet that has switched out run, after those that are ready.
   *
   * @return false if it hasn't, or is ready already
   */
  public final boolean makeReady(RawGreenlet greenlet) {
    long lender = greenlet.body.lender;
    if (lender == 0 || greenlet.body.family != home) {
      return false;
    }
    return makeReady(lender);
  }

  /** Some greenlet that waits in the hub, whoever made it; null if there is none but main. */
  protected final RawGreenlet waiting() {
    int slot = Native.gv_hub_waiting(hub);
    return slot < 0 ? null : Lenders.at(slot).body.greenlet();
  }

  /** Throws what a status, with which a greenlet came back, stands for. */
  private void explain(int status) {
    if (status == Native.GV_ESTRAY) {
      throw strayed(home.strayed());
    }
    if (status == Native.GV_EHUB) {
      throw blockingInRunner();
    }
    if (status < Native.GV_EIDLE || status == Native.GV_EINVAL) {
      throw failed(status);
    }
    throw Scheduler.<RuntimeException>sneak(home.refused(status));
  }

  /** Somebody switched, with a value, to a greenlet that waits in the hub. */
  protected abstract RuntimeException strayed(Object value);

  /** The runner was about to wait, and then nobody would ever run again. */
  protected abstract Error blockingInRunner();

  /** Somebody was about to wait, and there is nothing to wait for any more. */
  protected abstract Error closed();

  /** The system refused to start the watcher. */
  protected abstract RuntimeException failed(int status);

  // ---- away ----

  /**
   * Runs this on the calling greenlet's own kernel thread, where it may block for as long as it
   * likes, while the others go on; then it is one of them again. What is thrown into the greenlet
   * meanwhile is thrown when it comes back. Not for main.
   */
  protected final <T> T runAway(Callable<T> call) throws Exception {
    long self = leave();
    Family.requireStack(64); // for the way there and back
    Body body = home.setAway(true);
    away++;
    int status = Native.gv_hub_leave(hub, self);
    if (status != Native.GV_OK) {
      away--;
      home.setAway(false);
      explain(status);
    }
    T result;
    try {
      result = call.call();
    } catch (Throwable thrown) {
      throw Scheduler.<Exception>sneak(comeBack(body, thrown));
    }
    Throwable thrown = comeBack(body, null);
    if (thrown != null) {
      throw Scheduler.<Exception>sneak(thrown);
    }
    return result;
  }

  /** Whether the caller is away. */
  protected final boolean isAway() {
    return home.runningBody().away;
  }

  /** How many greenlets are away. */
  protected final int awayCount() {
    return away;
  }

  /** The way back. Returns what is now to be thrown, or null. */
  static Throwable comeBack(Body body, Throwable thrown) {
    Scheduler scheduler = body.family.scheduler();
    int status = scheduler == null ? Native.GV_EOWNER : scheduler.giveBack(body);
    body.away = false;
    if (status != Native.GV_OK) {
      return body.family.refused(status);
    }
    body.plain = body.lender;
    scheduler.away--;
    scheduler.home.back(body.lender, body.threadId, status);
    Throwable deferred = body.deferred;
    body.deferred = null;
    if (deferred != null && thrown != null && deferred != thrown) {
      deferred.addSuppressed(thrown);
    }
    return deferred != null ? deferred : thrown;
  }

  /** It must not go on beside the others, so that it tries until there is memory to do it. */
  private int giveBack(Body body) {
    for (; ; ) {
      try {
        return Native.gv_hub_return(hub, body.lender);
      } catch (OutOfMemoryError e) {
        Thread.yield();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
