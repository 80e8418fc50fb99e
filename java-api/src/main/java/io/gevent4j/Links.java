package io.gevent4j;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is to be told that a greenlet has ended. They are told in the hub, in the order in which they
 * were linked, each taken out before it is called, so that one may unlink a later one.
 *
 * <p>Links may be made and taken back by any thread.
 */
final class Links {
  static final int RAW = 0; // in the hub
  static final int ANY = 1; // the others in a greenlet of their own
  static final int VALUE = 2;
  static final int EXCEPTION = 3;

  private final Greenlet<?> greenlet;
  private final Hub hub;
  private final List<Link> links = new ArrayList<>(2);
  private boolean scheduled; // to be told

  private static final class Link {
    final Consumer<?> callback;
    final int kind;

    Link(Consumer<?> callback, int kind) {
      this.callback = callback;
      this.kind = kind;
    }
  }

  Links(Greenlet<?> greenlet, Hub hub) {
    this.greenlet = greenlet;
    this.hub = hub;
  }

  void add(Consumer<?> callback, int kind) {
    if (callback == null) {
      throw new NullPointerException("callback");
    }
    synchronized (this) {
      links.add(new Link(callback, kind));
    }
    if (greenlet.ready()) {
      schedule();
    }
  }

  synchronized void remove(Consumer<?> callback) {
    for (Iterator<Link> all = links.iterator(); all.hasNext(); ) {
      if (all.next().callback.equals(callback)) {
        all.remove();
        return;
      }
    }
  }

  synchronized void clear() {
    links.clear();
  }

  synchronized boolean isEmpty() {
    return links.isEmpty();
  }

  /** The greenlet is ready: has the hub tell them. */
  void schedule() {
    synchronized (this) {
      tellForeign();
      if (scheduled || links.isEmpty() || hub.isClosed()) {
        return;
      }
      if (links.size() == 1 && links.get(0).callback instanceof Joining && hub.isHere()) {
        ((Joining) links.remove(0).callback).accept(greenlet); // what the hub would do, sooner
        return;
      }
      scheduled = true;
    }
    if (hub.isHere()) {
      hub.loop().runCallback(this::tell);
    } else if (!hub.isClosed()) {
      hub.loop().runCallbackThreadsafe(this::tell);
    }
  }

  /** At once, for this hub may never run again. */
  private void tellForeign() {
    for (Iterator<Link> all = links.iterator(); all.hasNext(); ) {
      Link link = all.next();
      if (link.callback instanceof Foreign && ((Foreign) link.callback).isForeignTo(hub)) {
        all.remove();
        try {
          call(link.callback);
        } catch (IllegalStateException closed) {
          // His hub has ended in this moment, and so has his wait.
        }
      }
    }
  }

  private synchronized Link next() {
    if (links.isEmpty()) {
      scheduled = false;
      return null;
    }
    return links.remove(0);
  }

  private void tell() {
    for (Link link = next(); link != null; link = next()) {
      try {
        if (link.kind == RAW) {
          call(link.callback);
        } else if (link.kind == ANY || (link.kind == VALUE) == greenlet.successful()) {
          Consumer<?> callback = link.callback;
          Gevent.spawnRaw(() -> call(callback));
        }
      } catch (Throwable thrown) {
        hub.handleError(link.callback, thrown);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private void call(Consumer<?> callback) {
    ((Consumer<Object>) callback).accept(greenlet);
  }
}
