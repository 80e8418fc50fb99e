package io.gevent4j.waiting;

import io.gevent4j.greenlet.Scheduler;
import java.util.Arrays;

/**
 * Those who wait for one thing, first come first served. Who was notified keeps his place until he
 * has gone: so it is known who is about to come, and nobody who finds the thing gone loses it.
 *
 * <p>They stand in a ring, with gaps where somebody has left. Few references are stored, since each
 * costs what the garbage collector wants to know of it.
 *
 * <p><b>Thread rule:</b> inside its guard, throughout.
 *
 * <p>gevent: the {@code _links} of an {@code AbstractLinkable}, the {@code getters} of a queue.
 */
public final class WaitLine {
  private static final int FEW = 4; // a power of 2

  private final Guard guard;
  private Place[] ring = new Place[FEW]; // position n is at n modulo the length
  private long first; // position of the first, or of a gap before him
  private long end; // the next to be given
  private long told; // all before this one were
  private int size;
  private int notified;
  private int claims;
  private int foreign;
  private Waiting[] spares = new Waiting[FEW]; // used before, so that waiting allocates nothing
  private int spareCount;

  /** An empty line, to be used inside this guard. */
  public WaitLine(Guard guard) {
    this.guard = guard;
  }

  // ---- coming and leaving ----

  /** The caller's place, behind all others; to be given to {@link #leave}. */
  public Waiting join() {
    Waiting waiting = spareCount == 0 ? new Waiting() : spares[--spareCount];
    if (isHome()) {
      waiting.begin(guard.home());
      waiting.foreign = false;
    } else {
      Scheduler here = Scheduler.here();
      waiting.begin(here != null && here.isHere() ? here : null);
      waiting.foreign = true;
    }
    add(waiting);
    return waiting;
  }

  /** Whether the caller is a greenlet of the hub that the guard is, or was, free for. */
  public boolean isHome() {
    Scheduler home = guard.home();
    return home != null && home.isInCharge();
  }

  /** Puts this behind all others. */
  public void add(Place place) {
    if (end - first == ring.length) {
      makeRoom();
    }
    place.position = end;
    ring[at(end++)] = place;
    size++;
    if (place.foreign) {
      foreign++;
    }
  }

  /** Takes this out. Returns whether it was in. */
  public boolean remove(Place place) {
    if (place.position < 0) {
      return false;
    }
    ring[at(place.position)] = null;
    place.position = -1;
    size--;
    uncount(place);
    if (place.foreign) {
      foreign--;
    }
    while (first < end && ring[at(first)] == null) {
      first++;
    }
    return true;
  }

  /**
   * The wait is over.
   *
   * @param free whether no other thread can know of it
   */
  public void leave(Waiting waiting, boolean free) {
    remove(waiting);
    if (free) {
      waiting.renew();
      if (spareCount == spares.length) {
        spares = Arrays.copyOf(spares, 2 * spareCount);
      }
      if (spares[spareCount] != waiting) {
        spares[spareCount] = waiting;
      }
      spareCount++;
    }
  }

  private int at(long position) {
    return (int) position & ring.length - 1;
  }

  /** Closes the gaps; where there are few, takes a larger ring. Positions go on growing. */
  private void makeRoom() {
    Place[] former = ring;
    long last = end;
    boolean toldAll = true;
    ring = new Place[size > former.length / 2 ? 2 * former.length : former.length];
    for (long position = first; position < last; position++) {
      Place place = former[(int) position & former.length - 1];
      if (place != null) {
        if (toldAll && position >= told) {
          told = end;
          toldAll = false;
        }
        place.position = end;
        ring[at(end++)] = place;
      }
    }
    first = last;
    told = toldAll ? end : told;
  }

  // ---- who is there ----

  /** The first, or null. */
  public Place first() {
    return from(first);
  }

  /** The one behind somebody who is in the line, or null. */
  public Place after(Place place) {
    return from(place.position + 1);
  }

  private Place from(long position) {
    for (; position < end; position++) {
      Place place = ring[at(position)];
      if (place != null) {
        return place;
      }
    }
    return null;
  }

  /** Whether nobody is there. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many are there. */
  public int size() {
    return size;
  }

  /** How many of them were not told. */
  public int waiting() {
    return size - notified;
  }

  /** How many of those who were told will take something. */
  public int claims() {
    return claims;
  }

  /** Whether some of them aren't of the hub that the guard is free for. */
  public boolean hasForeign() {
    return foreign > 0;
  }

  // ---- telling ----

  /** The first who wasn't told, or null. */
  public Place firstWaiting() {
    if (notified == size) {
      return null;
    }
    Place place = from(Math.max(first, told));
    while (place.isNotified()) {
      place = after(place);
    }
    told = place.position;
    return place;
  }

  /**
   * Tells this one, if he wasn't told before.
   *
   * @param next as {@link Place#call} has it
   */
  public void notify(Place place, boolean next) {
    if (!place.isNotified()) {
      place.setNotified(true);
      notified++;
      claims += place.claims() ? 1 : 0;
      boolean heard = true;
      try {
        heard = place.call(next);
      } catch (Throwable thrown) { // there is no memory; somebody may tell him again
        forget(place);
        throw thrown;
      }
      if (!heard) {
        remove(place);
      }
    }
  }

  private void uncount(Place place) {
    if (place.isNotified()) {
      notified--;
      claims -= place.claims() ? 1 : 0;
    }
  }

  /**
   * Tells the first who wasn't told before.
   *
   * @param next as {@link Place#call} has it
   * @return false if there is none
   */
  public boolean notifyOne(boolean next) {
    Place place = firstWaiting();
    if (place == null) {
      return false;
    }
    notify(place, next);
    return true;
  }

  /** Tells all, in their order. */
  public void notifyEach() {
    while (notifyOne(false)) {}
  }

  /** He found that it was gone, and waits on, where he was. */
  public void forget(Place place) {
    if (place.isNotified()) {
      uncount(place);
      place.setNotified(false);
      told = Math.min(told, place.position);
    }
  }
}
