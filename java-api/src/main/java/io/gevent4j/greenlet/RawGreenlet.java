package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/**
 * A stack with an identity, to which one switches by hand: no scheduler, no loop. The greenlets of
 * a thread take turns on it, each has its own stack, {@code Thread.currentThread()}, ThreadLocals
 * and monitors, and each switch hands a value over.
 *
 * <p>A greenlet has a parent, by default the one that made it. When its function returns, the
 * parent gets the result out of its own pending {@link #switchTo(Object)}; when it throws, the
 * parent's call throws; a {@link GreenletExit} is handed over as a value. Where the parent is dead,
 * its first living ancestor takes its place.
 *
 * <p><b>Thread rule:</b> a greenlet belongs to the thread that the root of its parents belongs to
 * (the <i>main</i> greenlet of that thread), and can be switched to from that thread's greenlets
 * only; all else throws {@link GreenletException}. When its kernel thread ends, its suspended
 * greenlets get a {@link GreenletExit}, one after the other, each on a kernel thread of its own. A
 * suspended greenlet that is no longer reachable gets one as well, from whichever greenlet of its
 * thread next constructs, looks up or switches to one; but what its own stack refers to stays
 * reachable.
 *
 * <p>greenlet: {@code greenlet.greenlet}.
 */
public class RawGreenlet {
  private static final StackTraceElement[] NO_FRAMES = {};

  final Body body;

  /**
   * A pending greenlet, whose parent is the current one. It starts with the first switch to it.
   *
   * @param run gets the value of the first switch, and returns what the parent gets in the end
   * @throws GreenletException on a virtual thread
   */
  public RawGreenlet(Function<Object, Object> run) {
    this(run, null);
  }

  /**
   * A pending greenlet.
   *
   * @param run gets the value of the first switch, and returns what the parent gets in the end
   * @param parent null for the current one
   * @throws GreenletException on a virtual thread
   * @throws IllegalArgumentException if the parent's thread has ended
   */
  public RawGreenlet(Function<Object, Object> run, RawGreenlet parent) {
    this.body = makeBody(Objects.requireNonNull(run, "run"), parent);
  }

  /**
   * A pending greenlet that overrides {@link #run}. Such a one is held by its own stack, and so
   * never counts as dropped.
   *
   * @param parent null for the current one
   */
  protected RawGreenlet(RawGreenlet parent) {
    this.body = makeBody(null, parent);
  }

  private static Body makeBody(Function<Object, Object> run, RawGreenlet parent) {
    Family here = Family.here();
    here.buryDropped();
    if (parent != null && !parent.body.home().isOwnedByLiving()) {
      throw new IllegalArgumentException("the thread of the parent has ended: " + parent);
    }
    return new Body(run, parent == null ? here.current() : parent);
  }

  /**
   * What it does, where it wasn't given a function. greenlet: {@code run}.
   *
   * @param value of the first switch
   * @return what the parent gets
   */
  protected Object run(Object value) {
    throw new UnsupportedOperationException("a greenlet that neither has nor overrides run");
  }

  /** The user's end of a body that is there already. */
  RawGreenlet(Body body) {
    this.body = body;
  }

  /**
   * The greenlet that calls.
   *
   * <p>greenlet: {@code getcurrent}.
   *
   * @throws GreenletException on a virtual thread
   */
  public static RawGreenlet getCurrent() {
    Family here = Family.here();
    here.buryDropped();
    return here.current();
  }

  /** The greenlet that calls; null where it is a thread's own, which may have no others. */
  public static RawGreenlet getCurrentIfAny() {
    Family family = Family.find();
    RawGreenlet current = family == null ? null : family.current();
    return current == null || current.body.isMain() ? null : current;
  }

  /**
   * Suspends the caller and runs this greenlet: starts it with the value, or lets its own pending
   * {@code switchTo} return it. To a dead greenlet means to its first living ancestor, to the
   * current one means to return at once.
   *
   * <p>greenlet: {@code switch}.
   *
   * @param value handed over; may be null
   * @return what is handed over by whoever switches back
   * @throws GreenletException if it belongs to another thread, or no stack can be had to start it
   *     on; in the latter case it can be tried again. Also throws, unwrapped, whatever is thrown
   *     into the caller.
   */
  public Object switchTo(Object value) {
    Body to = body;
    Family home = to.family;
    if (home != null && home.isCalm()) {
      long lender = to.plain;
      long from = home.depart(lender, to.threadId, value);
      if (from != 0) {
        return home.arrive(Native.gv_switch(from, lender));
      }
    }
    return Family.here().transfer(this, value, null);
  }

  /** As {@code switchTo(null)}. */
  public Object switchTo() {
    return switchTo(null);
  }

  /**
   * Suspends the caller and throws in this greenlet, out of its pending {@code switchTo}. One that
   * is pending never runs: it is dead at once, and the exception goes on to its parent. So it does
   * from a dead one, but for a {@link GreenletExit}, which is then returned as a value.
   *
   * <p>greenlet: {@code throw}.
   *
   * @return what is handed over by whoever switches back
   * @throws GreenletException as in {@link #switchTo(Object)}
   */
  public Object throwInto(Throwable thrown) {
    return Family.here().transfer(this, null, Objects.requireNonNull(thrown, "thrown"));
  }

  /** The greenlet that gets what comes of this one; null for a thread's main greenlet. */
  public RawGreenlet getParent() {
    return body.parent;
  }

  /**
   * Chooses who gets what comes of this greenlet.
   *
   * @throws IllegalArgumentException if this is one of the parent's ancestors, if the parent's
   *     thread has ended, or if this is at work in another thread than the parent's
   * @throws IllegalStateException if this is a main greenlet
   */
  public void setParent(RawGreenlet parent) {
    Objects.requireNonNull(parent, "parent");
    if (body.isMain()) {
      throw new IllegalStateException("cannot set the parent of a main greenlet: " + this);
    }
    Family home = parent.body.home();
    if (!home.isOwnedByLiving()) {
      throw new IllegalArgumentException("cannot set a parent whose thread has ended: " + parent);
    }
    for (RawGreenlet ancestor = parent; ancestor != null; ancestor = ancestor.body.parent) {
      if (ancestor.body == body) {
        throw new IllegalArgumentException(
            "cannot set a parent that descends from the child: " + this);
      }
    }
    if (isActive() && home != body.family) {
      throw new IllegalArgumentException("cannot set a parent in a different thread: " + parent);
    }
    body.parent = parent;
  }

  /** Whether it is its thread's own: the one that it has without having been made. */
  public final boolean isMain() {
    return body.isMain();
  }

  /** Whether its function has ended, or its thread has, if it is the main greenlet. */
  public boolean isDead() {
    return body.isDead();
  }

  /** Whether it has ever been switched to or thrown into. */
  public boolean isStarted() {
    return body.state != Body.PENDING;
  }

  /** Whether it is started and not dead. greenlet: its truth value. */
  public final boolean isActive() {
    return body.state != Body.PENDING && !body.isDead();
  }

  /**
   * Where a suspended greenlet stands: the frame that switched away first, that of its own function
   * last. Empty if it isn't suspended.
   *
   * <p>greenlet: {@code gr_frame} and its callers.
   */
  public StackTraceElement[] getStackTrace() {
    Thread thread = body.thread;
    Family home = body.family;
    if (home != null && home == Family.find()) {
      home.settle();
    }
    if (thread == null || home == null || body.isDead() || home.isRunning(body)) {
      return NO_FRAMES;
    }
    StackTraceElement[] frames = thread.getStackTrace();
    int first = 0;
    while (first < frames.length && isOurs(frames[first])) {
      first++;
    }
    int end = frames.length;
    if (!body.isMain()) {
      while (end > first && !isOurs(frames[end - 1])) {
        end--; // Thread.run
      }
      while (end > first && (isOurs(frames[end - 1]) || isHidden(frames[end - 1]))) {
        end--;
      }
    }
    return Arrays.copyOfRange(frames, first, end);
  }

  /** The class that the VM makes of a lambda, which JDK 17 shows. */
  private static boolean isHidden(StackTraceElement frame) {
    return frame.getClassName().contains("$$Lambda");
  }

  private static boolean isOurs(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.equals(RawGreenlet.class.getName())
        || name.equals(Family.class.getName())
        || name.equals(Body.class.getName())
        || name.equals(Scheduler.class.getName())
        || name.equals(GreenletThread.class.getName())
        || name.equals(Native.class.getName());
  }

  /**
   * Sets the tracer of the calling thread's greenlets.
   *
   * <p>greenlet: {@code settrace}.
   *
   * @param tracer null for none
   * @return the one that was set before, or null
   */
  public static Tracer setTrace(Tracer tracer) {
    return Family.here().setTracer(tracer);
  }

  /** The tracer of the calling thread's greenlets, or null. greenlet: {@code gettrace}. */
  public static Tracer getTrace() {
    return Family.here().tracer();
  }

  /**
   * Names the state: pending, current or suspended (active started), dead; and whether it is a main
   * one.
   */
  @Override
  public String toString() {
    String state;
    if (body.state == Body.PENDING) {
      state = "pending";
    } else if (body.isDead()) {
      state = body.home().isOwnedByLiving() ? "dead" : "(thread exited) dead";
    } else {
      state = (body.thread == Thread.currentThread() ? "current" : "suspended") + " active started";
    }
    return getClass().getSimpleName()
        + "@"
        + Integer.toHexString(hashCode())
        + "["
        + state
        + (body.isMain() ? " main]" : "]");
  }
}
