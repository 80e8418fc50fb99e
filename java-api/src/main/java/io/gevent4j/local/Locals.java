package io.gevent4j.local;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * All that one greenlet has in {@link GreenletLocal}s, from its first use of one to its end. Not
 * for users: a Greenlet takes it along when it is made, and says when it has ended. Where nobody
 * says so, of raw greenlets and plain threads, the garbage collector does.
 */
public final class Locals {
  private static final ThreadLocal<Locals> HERE = new ThreadLocal<>();
  private static final Map<RawGreenlet, WeakReference<Locals>> OWNERS = new WeakHashMap<>();
  private static final Cleaner CLEANER = Cleaner.create();

  /** Not volatile: a thread that has locals has made or entered them itself, and so sees it. */
  private static boolean used;

  private final Cells cells = new Cells();
  private final Cleaner.Cleanable end = CLEANER.register(this, cells);
  private boolean owned; // it is known to whom it belongs

  private Locals() {}

  // ---- for Greenlet ----

  /**
   * What a greenlet that the caller makes takes over from it: the values of now.
   *
   * @return null for nothing
   */
  public static Locals inherit() {
    Locals here = used ? HERE.get() : null;
    return here == null || !here.cells.hasInheritable() ? null : here.copy();
  }

  private Locals copy() {
    Locals copy = null;
    for (Cell<?> cell : cells.living()) {
      if (cell.local.isInheritable() && cell.isPresent()) {
        if (copy == null) {
          copy = new Locals();
        }
        copy.cells.add(cell.local.inherited(cell.value), cell.local);
      }
    }
    return copy;
  }

  /** They are the caller's from now on. It has no others yet, but for those of a tracer. */
  public void enter() {
    end();
    used = true;
    HERE.set(this);
    for (Cell<?> cell : cells.living()) {
      cell.local.enter(cell);
    }
    findOwner();
  }

  /** Lets go of the values, since nobody will enter them. */
  public void discard() {
    end.clean();
  }

  /** The caller has ended, or is about to: lets go of its values. */
  public static void end() {
    Locals here = used ? HERE.get() : null;
    if (here != null) {
      HERE.remove();
      for (Cell<?> cell : here.cells.living()) {
        cell.local.leave();
      }
      here.end.clean();
      here.forgetOwner();
    }
  }

  // ---- for GreenletLocal ----

  /** A cell of the caller's is about to be used. */
  static void add(WeakReference<? extends Cell<?>> cell, GreenletLocal<?> local) {
    Locals here = HERE.get();
    if (here == null) {
      used = true;
      here = new Locals();
      HERE.set(here);
    }
    here.cells.add(cell, local);
    here.findOwner();
  }

  static Map<GreenletLocal<?>, Object> valuesOf(RawGreenlet greenlet) {
    Locals here = HERE.get();
    if (here != null) {
      here.findOwner();
    }
    Map<GreenletLocal<?>, Object> values = new LinkedHashMap<>();
    Locals locals = find(greenlet);
    if (locals != null && (locals == here || !greenlet.isDead())) {
      for (Cell<?> cell : locals.cells.living()) {
        Object value = cell.value;
        if (value != Cell.ABSENT) {
          values.put(cell.local, value);
        }
      }
    }
    return values;
  }

  private static Locals find(RawGreenlet greenlet) {
    synchronized (OWNERS) {
      WeakReference<Locals> found = OWNERS.get(greenlet);
      return found == null ? null : found.get();
    }
  }

  private void findOwner() {
    if (owned) {
      return;
    }
    RawGreenlet owner = caller();
    if (owner != null) {
      owned = true;
      synchronized (OWNERS) {
        OWNERS.put(owner, new WeakReference<>(this));
      }
    }
  }

  /** The collector would do it as well, but it would be work for it. */
  private void forgetOwner() {
    RawGreenlet owner = owned ? caller() : null;
    if (owner != null) {
      synchronized (OWNERS) {
        OWNERS.remove(owner);
      }
    }
  }

  /** Null while it is away, and where there are no greenlets. */
  private static RawGreenlet caller() {
    try {
      return RawGreenlet.getCurrent();
    } catch (GreenletException e) {
      return null;
    }
  }
}
