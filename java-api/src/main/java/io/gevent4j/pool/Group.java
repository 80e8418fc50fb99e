package io.gevent4j.pool;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.Linkable;
import io.gevent4j.Timeout;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.waiting.Seconds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Greenlets that are waited for, and killed, together. One that ends is a member no more one turn
 * of the loop later.
 *
 * <p>A {@link RawGreenlet} that is no {@link Greenlet} can be a member, but can't tell of its end:
 * it stays one until it is discarded or killed.
 *
 * <p><b>Thread rule:</b> the greenlets of the hub in which it was used first, wherever it was made;
 * any thread may {@link #join} it.
 *
 * <p>gevent: {@code gevent.pool.Group}.
 */
public class Group extends Mapping implements Iterable<RawGreenlet> {
  private Hub hub; // null: nobody has used it yet
  private final Set<RawGreenlet> members = new LinkedHashSet<>();
  private final Set<RawGreenlet> dying = new HashSet<>(); // members that were killed
  private final Event empty = new Event();
  private final Consumer<Linkable> ended = greenlet -> remove((RawGreenlet) greenlet);
  private final Runnable closer = this::hubClosed; // while there are members

  /** Without members. */
  public Group() {
    empty.set();
  }

  /** With these members. */
  public Group(Collection<? extends RawGreenlet> greenlets) {
    this();
    greenlets.forEach(this::insert);
  }

  // ---- members ----

  /**
   * Makes a greenlet that {@link #spawn} is to start. For those that want one of their own kind.
   * gevent: {@code greenlet_class}.
   */
  protected <T> Greenlet<T> newGreenlet(Callable<? extends T> call) {
    return new Greenlet<>(call);
  }

  /** As {@link #newGreenlet(Callable)}, without a value. */
  protected Greenlet<Void> newGreenlet(Runnable run) {
    return new Greenlet<>(run);
  }

  /** Starts a greenlet that is a member. */
  @Override
  public <T> Greenlet<T> spawn(Callable<? extends T> call) {
    return started(newGreenlet(call));
  }

  /** As {@link #spawn(Callable)}, without a value. */
  public Greenlet<Void> spawn(Runnable run) {
    return started(newGreenlet(run));
  }

  private <G extends Greenlet<?>> G started(G greenlet) {
    start(greenlet);
    return greenlet;
  }

  /** Makes this greenlet, which isn't started, a member, and starts it. */
  public void start(Greenlet<?> greenlet) {
    add(greenlet);
    startMember(greenlet);
  }

  final void startMember(Greenlet<?> greenlet) {
    boolean started = false;
    try {
      greenlet.start();
      started = true;
    } finally {
      if (!started) { // a spawn callback has failed
        discard(greenlet);
      }
    }
  }

  /**
   * Makes this greenlet a member, whether or not it is started. One that has ended is one for a
   * turn of the loop. Harmless if it is one.
   *
   * @throws IllegalArgumentException if it is of another hub
   */
  public void add(RawGreenlet greenlet) {
    insert(greenlet);
  }

  /** Returns whether it wasn't a member before. */
  final boolean insert(RawGreenlet greenlet) {
    requireOurs(greenlet);
    if (!members.add(greenlet)) {
      return false;
    }
    if (members.size() == 1) {
      empty.clear();
      hub.onClose(closer);
    }
    if (greenlet instanceof Greenlet) {
      ((Greenlet<?>) greenlet).rawLink(ended);
    }
    return true;
  }

  final void requireOurs(RawGreenlet greenlet) {
    requireHere();
    Objects.requireNonNull(greenlet, "greenlet");
    if (greenlet instanceof Greenlet && ((Greenlet<?>) greenlet).hub() != hub) {
      throw new IllegalArgumentException("of another hub than " + this + ": " + greenlet);
    }
  }

  private void requireHere() {
    if (hub == null || hub.isClosed()) {
      hub = Hub.get();
    }
    if (!hub.isHere()) {
      throw new IllegalStateException("belongs to the greenlets of " + hub + ": " + this);
    }
  }

  /** It is a member no more, though it may run on. Harmless if it is none. */
  public void discard(RawGreenlet greenlet) {
    requireHere();
    if (remove(greenlet) && greenlet instanceof Greenlet) {
      ((Greenlet<?>) greenlet).unlink(ended);
    }
  }

  /** Returns whether it was a member. */
  boolean remove(RawGreenlet greenlet) {
    boolean removed = members.remove(greenlet);
    dying.remove(greenlet);
    if (removed && members.isEmpty()) {
      empty.set();
      hub.forgetOnClose(closer);
    }
    return removed;
  }

  /** It tells of no ends any more. */
  private void hubClosed() {
    List.copyOf(members).forEach(this::remove);
  }

  /** How many members there are. */
  public int size() {
    return members.size();
  }

  /** Whether there are no members. */
  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** Whether this is a member. */
  public boolean contains(RawGreenlet greenlet) {
    return members.contains(greenlet);
  }

  /** Those that are members now, in the order in which they became so. */
  @Override
  public Iterator<RawGreenlet> iterator() {
    return List.copyOf(members).iterator();
  }

  // ---- room ----

  /** Whether {@link #spawn} would wait; here it never does. */
  public boolean full() {
    return false;
  }

  /** As {@link #waitAvailable(Duration)}, for as long as it takes. */
  public final int waitAvailable() {
    return waitAvailable(null);
  }

  /**
   * Waits until {@link #spawn} wouldn't; here it never does. gevent: {@code wait_available}.
   *
   * @param timeout null: as long as it takes
   * @return for how many there is room, at least; 0 when the time is up
   */
  public int waitAvailable(Duration timeout) {
    return 1;
  }

  /** As {@link #waitAvailable(Duration)}, in seconds. */
  public final int waitAvailable(double seconds) {
    return waitAvailable(Seconds.of(seconds));
  }

  // ---- waiting for them ----

  /** Waits until there are no members. */
  public boolean join() {
    return join(null);
  }

  /**
   * Waits until there are no members; by the time the caller goes on there may be others.
   *
   * @param timeout null: as long as it takes
   * @return false when the time is up
   */
  public boolean join(Duration timeout) {
    return empty.await(timeout);
  }

  /** As {@link #join(Duration)}, in seconds. */
  public boolean join(double seconds) {
    return join(Seconds.of(seconds));
  }

  /**
   * As {@link #join(Duration)}.
   *
   * @param raiseError whether to throw then, as it was, what one of those has thrown that are
   *     members now
   */
  public boolean join(Duration timeout, boolean raiseError) {
    List<Greenlet<?>> greenlets = raiseError ? greenlets() : List.of();
    boolean emptied = join(timeout);
    for (Greenlet<?> greenlet : greenlets) {
      if (greenlet.exception() != null) {
        throwIfFailed(greenlet);
      }
    }
    return emptied;
  }

  /** The members that can be waited for. */
  private List<Greenlet<?>> greenlets() {
    List<Greenlet<?>> greenlets = new ArrayList<>();
    for (RawGreenlet member : members) {
      if (member instanceof Greenlet) {
        greenlets.add((Greenlet<?>) member);
      }
    }
    return greenlets;
  }

  // ---- ending them ----

  /** Kills all members with a {@link GreenletExit} and waits until they have ended. */
  public void kill() {
    kill(new GreenletExit("killed"));
  }

  /** Kills all members with this and waits until they have ended. */
  public void kill(Throwable thrown) {
    kill(thrown, true, null);
  }

  /**
   * Kills all members, each once. If {@code block}, those that come while it waits for others are
   * killed too, until there is none.
   *
   * @param block whether to wait until they have ended, which only {@link Greenlet}s are waited for
   * @param timeout null: none. When the time is up, this returns.
   */
  public void kill(Throwable thrown, boolean block, Duration timeout) {
    requireHere();
    Objects.requireNonNull(thrown, "thrown");
    if (block) {
      Timeout.silent(timeout).run(() -> killUntilEmpty(thrown));
    } else {
      killEach(thrown);
    }
  }

  private void killUntilEmpty(Throwable thrown) {
    while (!members.isEmpty()) {
      killEach(thrown);
      List<Greenlet<?>> greenlets = greenlets();
      if (greenlets.isEmpty()) {
        Gevent.sleep(0); // until those have been thrown at who can't be joined
        return;
      }
      Gevent.joinAll(greenlets);
    }
  }

  private void killEach(Throwable thrown) {
    for (RawGreenlet member : this) {
      killOnce(member, thrown);
    }
  }

  private void killOnce(RawGreenlet member, Throwable thrown) {
    if (dying.add(member)) {
      Gevent.kill(member, thrown);
      if (!(member instanceof Greenlet)) {
        hub.runInHub(() -> removeIfDead(member));
      }
    }
  }

  private void removeIfDead(RawGreenlet member) {
    if (member.isDead()) {
      remove(member);
    }
  }

  /** Kills this member with a {@link GreenletExit} and waits until it has ended. */
  public void killOne(Greenlet<?> member) {
    killOne(member, new GreenletExit("killed"), true, null);
  }

  /**
   * Kills this greenlet, if it is a member and wasn't killed by this group before.
   *
   * @param block whether to wait until it has ended
   * @param timeout null: none. When the time is up, this returns.
   */
  public void killOne(Greenlet<?> member, Throwable thrown, boolean block, Duration timeout) {
    requireHere();
    Objects.requireNonNull(thrown, "thrown");
    if (members.contains(member) && !dying.contains(member)) {
      killOnce(member, thrown);
      if (block) {
        member.join(timeout);
      }
    }
  }

  // ---- calls ----

  @Override
  protected boolean isInside() {
    return members.contains(RawGreenlet.getCurrent());
  }

  @Override
  protected <T> T outcome(Future<T> task) {
    return outcomeOf((Greenlet<T>) task);
  }

  @Override
  public <T> Greenlet<T> applyAsync(Callable<? extends T> call) {
    return full() ? super.applyAsync(call) : spawn(call);
  }

  @Override
  public <T> Greenlet<T> applyAsync(Callable<? extends T> call, Consumer<? super T> callback) {
    Objects.requireNonNull(callback, "callback");
    if (full()) {
      return super.applyAsync(call, callback);
    }
    Greenlet<T> greenlet = spawn(call);
    greenlet.linkValue(
        ended -> {
          if (ended.exit() == null) {
            callback.accept(ended.value());
          }
        });
    return greenlet;
  }

  /** How many there are, and which. */
  @Override
  public String toString() {
    return getClass().getSimpleName() + "@" + Integer.toHexString(hashCode()) + members;
  }
}
