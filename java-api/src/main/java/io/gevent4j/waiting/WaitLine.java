package io.gevent4j.waiting;

import io.gevent4j.greenlet.Scheduler;

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

  /** An empty line, to be used inside this guard. */
  public WaitLine(Guard guard) {
    this.guard = guard;
  }

  // ---- coming and leaving ----

  /** The caller's place, behind all others; to be given to {@link #leave}. */
  public Waiting join() {
    if (end - first == ring.length) {
      makeRoom();
    }
    Place left = ring[at(end)];
    Waiting waiting = left instanceof Waiting ? (Waiting) left : seat();
    if (!guard.isFree() || !waiting.beginAgain(guard.home())) {
      begin(waiting);
    }
    waiting.position = end++;
    size++;
    return waiting;
  }

  private Waiting seat() {
    Waiting waiting = new Waiting();
    ring[at(end)] = waiting;
    return waiting;
  }

  /** The first time, or where several hubs have a part in it, or there is none. */
  private void begin(Waiting waiting) {
    Scheduler here = Scheduler.here();
    waiting.begin(here != null && here.isHere() ? here : null);
    if (!isHome()) {
      waiting.foreign = true;
      foreign++;
    }
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
    ring[at(end)] = place;
    place.position = end++;
    size++;
  }

  /** Takes this out. Returns whether it was in. */
  public boolean remove(Place place) {
    if (place.position < 0) {
      return false;
    }
    ring[at(place.position)] = null;
    gone(place);
    return true;
  }

  /**
   * The wait is over.
   *
   * @param free whether no other thread can know of it, so that the next to come may have it
   */
  public void leave(Waiting waiting, boolean free) {
    if (!free) {
      remove(waiting);
    } else if (waiting.position >= 0) {
      gone(waiting);
      waiting.renew();
    }
  }

  private void gone(Place place) {
    long position = place.position;
    place.position = -1;
    uncount(place);
    if (place.foreign) {
      place.foreign = false;
      foreign--;
    }
    if (--size == 0) {
      first = end = position + ring.length; // so that the next one finds what lies there
    } else if (position == first) {
      skipGaps();
    }
  }

  /** The first has gone, and there are others. */
  private void skipGaps() {
    do {
      first++;
    } while (in(first) == null);
  }

  private int at(long position) {
    return (int) position & ring.length - 1;
  }

  /** Who is there; null in a gap, even if something lies there that was used before. */
  private Place in(long position) {
    Place place = ring[at(position)];
    return place != null && place.position == position ? place : null;
  }

  /** Closes the gaps; where there are few, takes a larger ring. Positions go on growing. */
  private void makeRoom() {
    Place[] former = ring;
    long last = end;
    boolean toldAll = true;
    ring = new Place[size > former.length / 2 ? 2 * former.length : former.length];
    for (long position = first; position < last; position++) {
      Place place = former[(int) position & former.length - 1];
      if (place != null && place.position == position) {
        if (toldAll && position >= told) {
          told = end;
          toldAll = false;
        }
        ring[at(end)] = place;
        place.position = end++;
      }
    }
    first = last;
    told = toldAll ? end : told;
    keepUsed(former);
  }

  /** What was used before is for those who come next. */
  private void keepUsed(Place[] former) {
    long next = end;
    for (Place place : former) {
      if (place != null && place.position < 0 && next - first < ring.length) {
        ring[at(next++)] = place;
      }
    }
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
      Place place = in(position);
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
    Place place = in(Math.max(first, told));
    return place != null && !place.notified ? place : findWaiting();
  }

  private Place findWaiting() {
    Place place = from(Math.max(first, told));
    while (place.notified) {
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
    if (!place.notified) {
      if (place instanceof Waiting && guard.isFree()) {
        place.notified = true;
        notified++;
        claims++;
        ((Waiting) place).callHere(next);
      } else {
        call(place, next);
      }
    }
  }

  private void call(Place place, boolean next) {
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

  private void uncount(Place place) {
    if (place.notified) {
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
    if (place.notified) {
      uncount(place);
      place.setNotified(false);
      told = Math.min(told, place.position);
    }
  }
}
