package io.gevent4j.waiting;

import io.gevent4j.greenlet.Scheduler;

/**
 * Those who wait for one thing, first come first served. Who was notified keeps his place until he
 * has gone: so it is known who is about to come, and nobody who finds the thing gone loses it.
 *
 * <p><b>Thread rule:</b> inside the guard of its owner, throughout.
 *
 * <p>gevent: the {@code _links} of an {@code AbstractLinkable}, the {@code getters} of a queue.
 */
public final class WaitLine {
  private final Place end = new Waiting(); // its next is the first, its previous the last
  private final Scheduler home = Scheduler.here();
  private Waiting spare; // those that were used, by next; so that waiting allocates nothing
  private int size;
  private int notified;
  private int foreign;

  /** An empty line. */
  public WaitLine() {
    end.next = end;
    end.previous = end;
  }

  /** The caller's place, behind all others; to be given to {@link #leave}. */
  public Waiting join() {
    Waiting waiting = spare;
    if (waiting == null) {
      waiting = new Waiting();
    } else {
      spare = (Waiting) waiting.next;
    }
    Scheduler here = home != null && home.isHere() ? home : Scheduler.here();
    waiting.begin(here != null && here.isHere() ? here : null);
    waiting.foreign = here == null || here != home;
    add(waiting);
    return waiting;
  }

  /** Puts this behind all others. */
  public void add(Place place) {
    place.next = end;
    place.previous = end.previous;
    end.previous.next = place;
    end.previous = place;
    size++;
    if (place.foreign) {
      foreign++;
    }
  }

  /** Takes this out. Returns whether it was in. */
  public boolean remove(Place place) {
    if (place.next == null || place.previous == null) {
      return false;
    }
    place.previous.next = place.next;
    place.next.previous = place.previous;
    place.next = null;
    place.previous = null;
    size--;
    if (place.isNotified()) {
      notified--;
    }
    if (place.foreign) {
      foreign--;
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
      waiting.next = spare;
      spare = waiting;
    }
  }

  /** The first, or null. */
  public Place first() {
    return end.next == end ? null : end.next;
  }

  /** The one behind, or null. */
  public Place after(Place place) {
    return place.next == end ? null : place.next;
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

  /** How many of them were told. */
  public int notified() {
    return notified;
  }

  /** Whether some of them aren't of the hub in which this was made. */
  public boolean hasForeign() {
    return foreign > 0;
  }

  /** Tells this one, if he wasn't told before. */
  public void notify(Place place) {
    if (!place.isNotified()) {
      place.setNotified(true);
      notified++;
      place.call();
    }
  }

  /** The first who wasn't told, or null. */
  public Place firstWaiting() {
    if (notified == size) {
      return null;
    }
    Place place = end.next;
    while (place.isNotified()) {
      place = place.next;
    }
    return place;
  }

  /** Tells the first who wasn't told before. Returns false if there is none. */
  public boolean notifyOne() {
    Place place = firstWaiting();
    if (place == null) {
      return false;
    }
    notify(place);
    return true;
  }

  /** Tells all, in their order. */
  public void notifyEach() {
    for (Place place = end.next; notified < size; place = place.next) {
      notify(place);
    }
  }

  /** He found that it was gone, and waits on, where he was. */
  public void forget(Place place) {
    if (place.isNotified()) {
      place.setNotified(false);
      notified--;
    }
  }
}
