package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Tracer.Event;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The greenlets that one kernel thread runs, one at a time, and the rules for going from one to the
 * other.
 *
 * <p>What is handed over on the way, a value or more, lies in {@link #parcel}: {@code depart} puts
 * it there before the switch, {@link #arrive} takes it out on the other side. Used by the kernel
 * thread of the family only.
 */
final class Family {
  private static final ThreadLocal<Body> BODIES = new ThreadLocal<>(); // main's, or a guest's
  private static final Map<Thread, WeakReference<Family>> OWNERS = new WeakHashMap<>();

  private final Thread owner;
  private final long family; // gevent4j.h's gv_family; valid while the owner lives
  private final RawGreenlet main;
  private final Queue<Body> dropped = new ConcurrentLinkedQueue<>();

  private long running; // the lender of who runs
  private long runningId; // and its thread's, as Thread.getId() has it
  private Object parcel; // on its way to who runs next: a value, or the delivery below
  private final Delivery delivery = new Delivery();

  private RawGreenlet left; // who was last left for the hub, if somebody traces
  private Tracer tracer;
  private boolean tracing; // the tracer runs
  private boolean stirred; // others have run in the last leave()
  private boolean orphaned; // the owner has ended
  private Scheduler scheduler; // whose hub its greenlets wait in; null if there is none
  private volatile boolean calm = true; // no tracer, not orphaned, nobody dropped

  private Family(Thread owner) {
    if (Native.gv_vm_prepare(owner) != Native.GV_OK) {
      throw new GreenletException(
          "this VM lacks JVMTI or the fields of Thread that greenlets need");
    }
    this.owner = owner;
    this.family = Native.gv_family_new();
    if (family == 0) {
      throw new OutOfMemoryError("cannot make a family of greenlets for " + owner);
    }
    this.main = new RawGreenlet(new Body(this, owner, Native.gv_family_main(family)));
    resume(main.body);
  }

  /** The family of the calling thread; null if it has none, or is not one for greenlets. */
  static Family find() {
    Thread thread = Thread.currentThread();
    if (thread instanceof GreenletThread) {
      return ((GreenletThread) thread).family;
    }
    Body body = ownBody(thread);
    return body == null ? null : body.family;
  }

  /** The family of the calling thread, made at the first call. */
  static Family here() {
    Thread thread = Thread.currentThread();
    if (thread instanceof GreenletThread) {
      GreenletThread lent = (GreenletThread) thread;
      if (lent.body.away) {
        throw new GreenletException(
            "a greenlet that is away on its own kernel thread cannot use its hub or switch");
      }
      lent.family.settle(lent.body);
      return lent.family;
    }
    Body body = ownBody(thread);
    if (body == null) {
      body = make(thread);
      BODIES.set(body);
    }
    body.family.settle(body);
    return body.family;
  }

  /**
   * What the calling thread, which isn't one of ours, is at home as: main, or a guest; null for
   * neither.
   */
  private static Body ownBody(Thread thread) {
    Body body = BODIES.get();
    if (body != null && body.isGuest() && !Guests.isGuest(body)) {
      BODIES.remove(); // its hub has ended
      body = null;
    }
    if (body == null && !Virtual.isVirtual(thread)) {
      body = findBody(thread);
      if (body != null) {
        BODIES.set(body);
      }
    }
    return body;
  }

  /** There may be one: the JDK's own pools empty the ThreadLocals of their threads. */
  private static Body findBody(Thread thread) {
    synchronized (OWNERS) {
      WeakReference<Family> known = OWNERS.get(thread);
      Family family = known == null ? null : known.get();
      if (family != null) {
        return family.main.body;
      }
    }
    return Guests.find(thread);
  }

  private static Body make(Thread thread) {
    if (Virtual.isVirtual(thread)) {
      throw new GreenletException(
          "greenlets need a platform thread, this one is virtual: " + thread);
    }
    synchronized (OWNERS) {
      Family family = new Family(thread);
      OWNERS.put(thread, new WeakReference<>(family));
      return family.main.body;
    }
  }

  /** Whether the caller is one of these greenlets, and not away. Any thread. */
  boolean isHere() {
    return Thread.currentThread().getId() == runningId || find() == this && !runningBody().away;
  }

  /** As {@link #isHere}, but for one who was switched to in an unusual way: {@link #settle}. */
  boolean isPlainlyHere() {
    return Thread.currentThread().getId() == runningId;
  }

  /** The lender of who calls, and is plainly here. */
  long plainTicket() {
    return running;
  }

  /** The lender of who calls. */
  long ticket() {
    return runningBody().lender;
  }

  /** For the family's own thread. */
  void settle() {
    Body caller = runningBody();
    if (!caller.away) {
      settle(caller);
    }
  }

  /**
   * Corrects who runs: a hub's runner has been switched to, or the stack overflowed between {@link
   * #depart} and the switch.
   */
  private void settle(Body caller) {
    if (running != caller.lender) {
      resume(caller);
    }
  }

  /** Says who runs next. */
  private void resume(Body next) {
    running = next.lender;
    runningId = next.threadId;
  }

  /** The greenlet that calls. No frame that outlives a switch may hold it: see {@link Body}. */
  RawGreenlet current() {
    return greenlet(runningBody());
  }

  private RawGreenlet greenlet(Body body) {
    return body.isMain() ? main : body.greenlet();
  }

  /** Of the caller, who is one of these. */
  Body runningBody() {
    Thread thread = Thread.currentThread();
    if (thread instanceof GreenletThread) {
      return ((GreenletThread) thread).body;
    }
    Body own = thread == owner ? null : ownBody(thread);
    return own == null ? main.body : own;
  }

  /** Whether it runs now; a guess, unless it is the family's own thread that asks. */
  boolean isRunning(Body body) {
    return running == body.lender;
  }

  boolean isOwnedByLiving() {
    return owner.isAlive();
  }

  // ---- the way of every switch

  /** Nothing asks for more than a plain switch. */
  boolean isCalm() {
    return calm;
  }

  /**
   * This side of a plain switch: puts in what is handed over. Returns the lender to leave, or 0 if
   * it can't be a plain one: the caller is in another thread, or is the target.
   *
   * <p>Stores no reference where none is handed over, which costs 10 ns under G1; and goes the same
   * way for main as for all others, or else the processor would expect the wrong one each time.
   */
  long depart(long to, long toId, Object value) {
    long from = running;
    if (Thread.currentThread().getId() != runningId || from == to || to == 0) {
      return 0;
    }
    running = to;
    runningId = toId;
    if (parcel != value) {
      parcel = value;
    }
    return from;
  }

  /** The other side of a switch: takes out what was handed over. */
  Object arrive(int status) {
    if (status != Native.GV_OK) {
      throw Family.<RuntimeException>sneak(released(status));
    }
    Object handed = parcel;
    if (handed != null) {
      parcel = null;
      if (handed == delivery) {
        return unpack();
      }
    }
    return handed;
  }

  private Object unpack() {
    Event event = delivery.event;
    RawGreenlet origin = delivery.origin;
    Object value = delivery.value;
    Throwable thrown = delivery.thrown;
    delivery.fill(null, null, null, null);
    if (event != null) {
      trace(event, origin, thrown);
    }
    if (thrown != null) {
      throw Family.<RuntimeException>sneak(thrown);
    }
    return value;
  }

  /** Puts in what {@code origin}, null if nobody traces, hands over. */
  private void pack(RawGreenlet origin, Object value, Throwable thrown) {
    if (thrown == null && origin == null) {
      parcel = value;
      return;
    }
    Event event = origin == null ? null : thrown == null ? Event.SWITCH : Event.THROW;
    delivery.fill(event, origin, value, thrown);
    parcel = delivery;
  }

  /** Who is to be named as the origin of a switch: who runs on this body, if somebody traces. */
  private RawGreenlet origin(Body body) {
    return tracer == null || tracing ? null : greenlet(body);
  }

  // ---- the rules

  /**
   * Goes to the target, or to its first living ancestor, with a value or an exception. Returns as
   * switchTo does.
   */
  Object transfer(RawGreenlet target, Object value, Throwable thrown) {
    requireHome(target);
    buryDropped();
    if (thrown instanceof GreenletExit && target.body.isDead()) {
      return go(target, thrown, null);
    }
    return go(target, value, thrown);
  }

  private Object go(RawGreenlet target, Object value, Throwable thrown) {
    Guests.notice(target.body);
    RawGreenlet living = firstLiving(target);
    Body from = runningBody();
    if (living.body != from && Guests.throwInto(living.body, thrown)) {
      return thrown != null && scheduler.isRunner(from) ? goInside(living.body, from) : null;
    }
    if (living.body.plain == 0
        && living.body.state == Body.STARTED
        && living.body != from
        && !living.body.isGuest()) {
      return detour(living.body, from, thrown);
    }
    if (living.body == from) {
      pack(origin(from), value, thrown);
      return arrive(Native.GV_OK);
    }
    if (living.body.state == Body.PENDING) {
      begin(living);
    }
    pack(origin(from), value, thrown);
    resume(living.body);
    int status = Native.gv_switch(from.lender, living.body.lender);
    resume(from); // a hub has switched here, if this is its runner
    return arrive(status);
  }

  /**
   * From the runner to one who waits inside the JDK: at once, as to all others, so that who ends
   * them all comes to an end. One who is away there learns of it when he comes back.
   */
  private Object goInside(Body to, Body from) {
    if (Native.gv_hub_waits(to.lender) == 0) {
      return null;
    }
    resume(to);
    int status = Native.gv_switch(from.lender, to.lender);
    resume(from);
    return arrive(status);
  }

  /** To the runner of the hub, which takes no values; or to one who isn't there. */
  private Object detour(Body to, Body from, Throwable thrown) {
    if (to.away) {
      if (thrown == null) {
        throw new GreenletException("cannot switch to a greenlet that is away: " + to.thread);
      }
      to.deferred = thrown;
      return null;
    }
    if (thrown != null) {
      scheduler.escaped(thrown);
      return null;
    }
    resume(to);
    int status = Native.gv_switch(from.lender, to.lender);
    resume(from);
    return arrive(status);
  }

  private static RawGreenlet firstLiving(RawGreenlet greenlet) {
    while (greenlet.body.state == Body.DEAD) {
      greenlet = greenlet.body.parent;
    }
    return greenlet;
  }

  /** Gives a pending greenlet a stack. What may fail comes first, and changes nothing. */
  private void begin(RawGreenlet pending) {
    Body.Handle handle = pending.body.isHeld() ? null : new Body.Handle(pending, pending.body);
    requireStack(64);
    pending.body.begin(this, Lenders.take(family), pending, handle);
  }

  /** As {@link #begin}, and goes there, for a runner, whose stack isn't deep. */
  void enter(RawGreenlet pending, Body from) {
    if (orphaned) { // the runner is through with its last callbacks, upon its own kernel thread
      throw new GreenletExit("the thread that would run this greenlet has ended: " + owner);
    }
    pending.body.begin(this, Lenders.take(family), pending, null);
    if (tracer != null) {
      pack(origin(from), null, null);
    }
    resume(pending.body);
    int status = Native.gv_switch(from.lender, pending.body.lender);
    resume(from);
    if (status != Native.GV_OK) {
      arrive(status);
    }
  }

  /** Overflows here, where nothing is lost, rather than with a lender in hand. */
  static int requireStack(int frames) {
    return frames == 0 ? 0 : requireStack(frames - 1) + 1;
  }

  /**
   * The end of the greenlet that runs: hands its outcome to its first living ancestor. Where that
   * can't be started, the failure goes on upwards in place of the outcome. Returns the lender to
   * finish to.
   */
  long conclude(Body body, Object value, Throwable thrown) {
    RawGreenlet origin = origin(body);
    if (thrown instanceof GreenletExit) {
      value = thrown;
      thrown = null;
    }
    body.end();
    RawGreenlet next = firstLiving(body.parent);
    if (scheduler != null && scheduler.isRunner(next.body)) {
      if (thrown != null) {
        scheduler.escaped(thrown);
      }
      resume(next.body);
      return running;
    }
    while (next.body.state == Body.PENDING) {
      try {
        begin(next);
      } catch (Throwable failure) {
        if (thrown != null && thrown != failure) {
          failure.addSuppressed(thrown);
        }
        thrown = failure;
        next.body.end();
        next = firstLiving(next);
      }
    }
    pack(origin, value, thrown);
    resume(next.body);
    return running;
  }

  /** As conclude, when that fails, which is for lack of memory: main gets the failure. */
  long abandon(Body body, Throwable failure) {
    body.end();
    delivery.fill(null, null, null, failure);
    parcel = delivery;
    resume(main.body);
    return main.body.lender;
  }

  private void requireHome(RawGreenlet target) {
    Family home = target.body.home();
    if (home == this && !orphaned) {
      return;
    }
    throw new GreenletException(
        "cannot switch to a different thread: the current one is "
            + Thread.currentThread()
            + ", the greenlet belongs to "
            + home.owner
            + (home.owner.isAlive() ? "" : ", which happens to have exited"));
  }

  // ---- the way of a wait in a hub

  Scheduler scheduler() {
    return scheduler;
  }

  void setScheduler(Scheduler scheduler) {
    this.scheduler = scheduler;
    calm = false; // the next to look finds out
  }

  RawGreenlet main() {
    return main;
  }

  Thread owner() {
    return owner;
  }

  /** This side of a wait. Returns the lender of who is about to wait. */
  long leave() {
    if (Thread.currentThread().getId() != runningId || !calm) {
      requireHere();
      stirred = false;
      buryDropped();
      left = origin(runningBody());
    }
    return running;
  }

  /**
   * As {@link #leave}, but nobody else runs on the way: what lies in the scratch stays as it is.
   */
  long leaveAtOnce() {
    if (Thread.currentThread().getId() != runningId || !calm) {
      requireHere();
      left = origin(runningBody());
    }
    return running;
  }

  /**
   * Whether others have run in the last {@link #leave}, and may have brought about what the caller
   * is about to wait for, before anybody could wake him.
   */
  boolean takeStirred() {
    boolean taken = stirred;
    if (taken) {
      stirred = false;
    }
    return taken;
  }

  /** As {@link #leave} found it, to be given to {@link #back}. */
  long runningId() {
    return runningId;
  }

  private void requireHere() {
    Family here = find();
    if (here != this) {
      throw new GreenletException(
          "cannot wait in the hub of a different thread: " + owner + ", not " + currentThread());
    }
    here();
    if (orphaned) {
      throw new GreenletExit("the thread that ran this greenlet has ended: " + owner);
    }
  }

  private static String currentThread() {
    return Thread.currentThread().toString();
  }

  /** The other side: who waited runs again, woken (GV_OK) or with a status that is to be told. */
  void back(long self, long selfId, int status) {
    running = self;
    runningId = selfId;
    if (left != null) {
      RawGreenlet origin = left;
      left = null;
      if (status >= Native.GV_OK) {
        trace(Event.SWITCH, origin, null);
      }
    }
  }

  /**
   * What has come in place of being woken: something thrown, which this throws, or a value, which
   * it returns.
   */
  Object strayed() {
    return arrive(Native.GV_OK);
  }

  Throwable refused(int status) {
    return released(status);
  }

  Body setAway(boolean away) {
    Body body = runningBody();
    body.away = away;
    body.plain = away ? 0 : body.lender;
    running = body.plain;
    runningId = away ? 0 : body.threadId; // no thread's: or leave() would take it for one of ours
    return body;
  }

  // ---- greenlets that nobody can switch to any more

  /** Says that nobody holds a greenlet any more. Any thread. */
  void drop(Body body) {
    dropped.add(body);
    calm = false;
  }

  /** Throws GreenletExit into those that were dropped since the last call: finally blocks run. */
  void buryDropped() {
    if (calm || orphaned) {
      return;
    }
    calm = tracer == null; // before the queue is looked at: drop() does it the other way round
    Body current = runningBody();
    boolean runsOn = false;
    for (Body body = dropped.poll(); body != null; body = dropped.poll()) {
      if (body == current) {
        runsOn = true;
      } else if (body.isDropped() && Native.gv_hub_waits(body.lender) == 0) { // the hub holds those
        bury(body);
      }
    }
    if (runsOn && current.isDropped()) {
      drop(current); // once it is suspended
    }
  }

  private void bury(Body body) {
    stirred = true;
    RawGreenlet parent = body.parent;
    body.parent = current(); // its end comes back to here
    try {
      go(body.greenlet(), null, new GreenletExit("nobody holds this greenlet any more"));
    } catch (Throwable thrown) {
      report(thrown);
    }
    if (body.state != Body.DEAD) {
      body.parent = parent;
    }
  }

  /** What escapes from a greenlet that has nobody to hand it to. */
  static void report(Throwable thrown) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
  }

  // ---- greenlets that come back on their own kernel thread

  /**
   * What the greenlet that runs on this stack throws, since it was released rather than switched
   * to.
   */
  private Throwable released(int status) {
    if (status == Native.GV_EEXIT) {
      parkForever();
    }
    if (status == Native.GV_ENOMEM) {
      return new OutOfMemoryError("cannot wait: no memory for a timer");
    }
    if (status == Native.GV_ETHREAD) { // some class of threads gives out wrong ids
      return new GreenletException("cannot switch: " + Thread.currentThread() + " does not run");
    }
    orphaned = true;
    calm = false;
    return new GreenletExit("the thread that ran this greenlet has ended: " + owner);
  }

  /** The same for a hub's runner, which learns of it from its loop. */
  void orphan() {
    orphaned = true;
    calm = false;
  }

  boolean isOrphaned() {
    return orphaned;
  }

  /**
   * The process ends: this thread must not run user code, and must not keep the VM waiting in
   * native code.
   */
  static void parkForever() {
    for (; ; ) {
      LockSupport.park();
      Thread.interrupted(); // or it would not park again
    }
  }

  // ---- tracing

  Tracer tracer() {
    return tracer;
  }

  Tracer setTracer(Tracer newTracer) {
    Tracer old = tracer;
    tracer = newTracer;
    calm = false; // the next to look finds out
    return old;
  }

  /** Says that the current greenlet was reached. {@code thrown} is what it is about to throw. */
  private void trace(Event event, RawGreenlet origin, Throwable thrown) {
    Tracer used = tracer;
    if (used == null) {
      return;
    }
    tracing = true;
    try {
      used.trace(event, origin, current());
    } catch (Throwable failure) {
      tracer = null;
      if (thrown != null && thrown != failure) {
        failure.addSuppressed(thrown);
      }
      throw failure;
    } finally {
      tracing = false;
    }
  }

  // ---- language

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
