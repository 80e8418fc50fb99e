package io.gevent4j.select;

import io.gevent4j.loop.LoopException;
import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Waits until some of many descriptors are ready. They are given as numbers, as {@link
 * io.gevent4j.HasDescriptor}s or as the JDK's selectable channels.
 *
 * <p><b>Thread rule:</b> any thread. In a hub the other greenlets run meanwhile, even if there is
 * nothing to wait for; elsewhere the thread blocks. An interrupt doesn't end the wait.
 *
 * <p>gevent: {@code gevent.select.select}.
 */
public final class Select {
  private static final int READABLE = Poll.POLLIN | Poll.POLLERR | Poll.POLLHUP;
  private static final int WRITABLE = Poll.POLLOUT | Poll.POLLERR;
  private static final int ENDED = Poll.POLLERR | Poll.POLLHUP | Poll.POLLNVAL;

  private final PollList list = new PollList();
  private final Map<Integer, Integer> places = new HashMap<>(); // in the list, by descriptor

  private Select() {}

  /** As {@link #select(Collection, Collection, Collection, Duration)}, as long as it takes. */
  public static <T> Selected<T> select(
      Collection<? extends T> read, Collection<? extends T> write, Collection<? extends T> error) {
    return select(read, write, error, Waiting.FOREVER);
  }

  /**
   * Waits until at least one is ready for what is asked of it. One that is given twice is returned
   * twice.
   *
   * <p>One that can say nothing of what is asked, since the other side has hung up, or since it was
   * closed meanwhile, counts as ready: whoever uses it is told.
   *
   * @param timeout null: as long as it takes; zero: not at all
   * @return those that are ready; three empty lists when the time is up
   * @throws LoopException (EBADF) if one isn't open when the call begins
   * @throws IllegalArgumentException if the timeout is negative, or if something has no descriptor
   */
  public static <T> Selected<T> select(
      Collection<? extends T> read,
      Collection<? extends T> write,
      Collection<? extends T> error,
      Duration timeout) {
    return select(read, write, error, Timeouts.requireNanos(timeout));
  }

  /** As {@link #select(Collection, Collection, Collection, Duration)}, in seconds. */
  public static <T> Selected<T> select(
      Collection<? extends T> read,
      Collection<? extends T> write,
      Collection<? extends T> error,
      double seconds) {
    return select(read, write, error, Timeouts.requireSeconds(seconds));
  }

  private static <T> Selected<T> select(
      Collection<? extends T> read,
      Collection<? extends T> write,
      Collection<? extends T> error,
      long nanos) {
    Select all = new Select();
    Asked<T> readers = all.ask(read, Poll.POLLIN, READABLE);
    Asked<T> writers = all.ask(write, Poll.POLLOUT, WRITABLE);
    Asked<T> erring = all.ask(error, Poll.POLLPRI, Poll.POLLPRI);
    all.await(nanos);
    return new Selected<>(all.ready(readers), all.ready(writers), all.ready(erring));
  }

  /** One of the three collections. */
  private static final class Asked<T> {
    final List<T> things;
    final int[] places; // in the list, of each of them
    final int ready; // what makes one ready

    Asked(Collection<? extends T> things, int ready) {
      this.things = new ArrayList<>(things);
      this.places = new int[things.size()];
      this.ready = ready;
    }
  }

  private <T> Asked<T> ask(Collection<? extends T> things, int events, int ready) {
    Asked<T> asked = new Asked<>(things, ready);
    for (int i = 0; i < asked.places.length; i++) {
      int fd = Descriptors.of(asked.things.get(i), "select");
      Integer before = places.get(fd);
      int place = before != null ? before : list.add(fd, 0);
      places.put(fd, place);
      list.addEvents(place, events);
      asked.places[i] = place;
    }
    return asked;
  }

  private void await(long nanos) {
    int found = list.now();
    for (int i = 0; found != 0 && i < list.count(); i++) {
      if ((list.found(i) & Poll.POLLNVAL) != 0) {
        throw Descriptors.notOpen("select", list.fd(i));
      }
    }
    if (found == 0 && nanos != 0) {
      list.await(nanos);
    } else {
      PollList.giveWay();
    }
  }

  private <T> List<T> ready(Asked<T> asked) {
    List<T> ready = new ArrayList<>();
    for (int i = 0; i < asked.places.length; i++) {
      int place = asked.places[i];
      if ((list.found(place) & (asked.ready | saysNothing(place))) != 0) {
        ready.add(asked.things.get(i));
      }
    }
    return ready;
  }

  /** The end of a descriptor, if it is none of what was asked: or else nobody would be told. */
  private int saysNothing(int place) {
    int asked =
        ((list.events(place) & Poll.POLLIN) != 0 ? READABLE : 0)
            | ((list.events(place) & Poll.POLLOUT) != 0 ? WRITABLE : 0)
            | Poll.POLLPRI;
    return (list.found(place) & asked) != 0 ? 0 : ENDED;
  }
}
