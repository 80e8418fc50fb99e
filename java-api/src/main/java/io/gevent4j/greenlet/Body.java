package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.lang.ref.WeakReference;
import java.util.function.Function;

/**
 * What a greenlet's own stack may refer to. The {@link RawGreenlet} that the user holds is kept off
 * that stack, or a suspended greenlet would keep itself reachable, and nobody could notice that it
 * was dropped.
 *
 * <pre>
 *   PENDING --begin--> STARTED --end--> DEAD
 * </pre>
 *
 * Written by the thread of its family only, but for the parent of a pending one.
 */
final class Body {
  static final int PENDING = 0;
  static final int STARTED = 1;
  static final int DEAD = 2;

  private Function<Object, Object> run; // null once entered, and for main; else what to run, or
  private final boolean overridden; // where this is true, the user's end has its own run
  private ClassLoader contextClassLoader; // that of its creator, as of a new Thread
  private Handle handle; // to the user's end, once started,
  private RawGreenlet held; // or the user's end itself, where its run is overridden

  RawGreenlet parent; // null for main
  int state;
  volatile Family family; // that runs it, written last; null while pending
  Thread thread; // whose stack it has; null unless started
  long threadId; // of the thread
  long lender; // of the thread, as gevent4j.h's gv_greenlet; 0 unless started
  long plain; // the same; 0 where a plain switch won't do: not started, away, or a hub's runner
  boolean away; // runs on its own kernel thread, beside the others
  Throwable deferred; // to be thrown when it comes back, or next waits
  MainInterrupts interrupts; // of a thread that isn't ours; null until it waits interruptibly
  boolean interruptible; // it does so now

  /**
   * A pending greenlet.
   *
   * @param run null where the user's end overrides {@link RawGreenlet#run}
   */
  Body(Function<Object, Object> run, RawGreenlet parent) {
    this.run = run;
    this.overridden = run == null;
    this.parent = parent;
    this.contextClassLoader = Thread.currentThread().getContextClassLoader();
  }

  /** A family's main greenlet. */
  Body(Family family, Thread thread, long lender) {
    this.overridden = false;
    this.family = family;
    this.thread = thread;
    this.threadId = thread.getId();
    this.lender = lender;
    this.plain = lender;
    this.state = STARTED;
  }

  /** A thread that runs as one of a family's greenlets without being made for it. */
  Body(Family family, Thread thread, long lender, RawGreenlet parent) {
    this.overridden = true;
    this.parent = parent;
    this.family = family;
    this.thread = thread;
    this.threadId = thread.getId();
    this.lender = lender;
    this.state = STARTED;
    this.held = new RawGreenlet(this);
  }

  /** The user's end of a body, and the news that the user has dropped it. */
  static final class Handle extends WeakReference<RawGreenlet> {
    final Body body;

    Handle(RawGreenlet greenlet, Body body) {
      super(greenlet, Dropped.QUEUE);
      this.body = body;
    }
  }

  boolean isMain() {
    return parent == null;
  }

  /** Whether it is a thread that was not made for us. */
  boolean isGuest() {
    return overridden && parent != null && state == STARTED && !(thread instanceof GreenletThread);
  }

  /** Dead, or a thread that has ended though nobody here has noticed. */
  boolean isDead() {
    return state == DEAD || (isMain() || isGuest()) && !thread.isAlive();
  }

  /**
   * The family that runs it, or that of the greenlet at the root of its parents: there it can be
   * started.
   */
  Family home() {
    Body body = this;
    while (body.family == null) {
      body = body.parent.body;
    }
    return body.family;
  }

  /** From pending to started, on a thread that is the family's by now. */
  void begin(Family home, GreenletThread lent, RawGreenlet greenlet, Handle user) {
    lent.setContextClassLoader(contextClassLoader);
    threadId = lent.getId();
    // From here on nothing is called, so that no overflow of the stack leaves half of it done.
    contextClassLoader = null;
    lent.body = this;
    lent.family = home;
    handle = user;
    held = user == null ? greenlet : null;
    thread = lent;
    lender = lent.lender;
    plain = lent.lender;
    state = STARTED;
    family = home;
  }

  void end() {
    state = DEAD;
    thread = null;
    lender = 0;
    plain = 0;
    handle = null;
    held = null;
    deferred = null;
  }

  /** Whether it is at work, and nobody holds its user's end. */
  boolean isDropped() {
    return state == STARTED && !isMain() && !overridden && handle.get() == null;
  }

  /** Whether the greenlet's own stack holds the user's end, so that it is never dropped. */
  boolean isHeld() {
    return overridden;
  }

  /** The user's end; a new one if that was dropped. Not for main. */
  RawGreenlet greenlet() {
    if (held != null) {
      return held;
    }
    RawGreenlet greenlet = handle.get();
    if (greenlet == null) {
      greenlet = new RawGreenlet(this);
      handle = new Handle(greenlet, this);
    }
    return greenlet;
  }

  /**
   * Runs it, on its own stack. No local variable here outlives its use: the frame stays as long as
   * the greenlet.
   */
  Object execute() {
    Object value = family.arrive(Native.GV_OK);
    return overridden ? greenlet().run(value) : takeRun().apply(value);
  }

  private Function<Object, Object> takeRun() {
    Function<Object, Object> function = run;
    run = null;
    return function;
  }
}
