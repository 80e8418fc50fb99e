package io.gevent4j.select;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.binding.Native;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.LoopException;
import java.util.Arrays;

/** Descriptors for one poll(2), what to look for at each, and what was found. */
final class PollList {
  private static final int FIELDS = 3; // descriptor, what to look for, what was found
  private static final int FEW = 8;

  private int[] list = new int[FIELDS * FEW];
  private int count;

  /** Returns its place. */
  int add(int fd, int events) {
    if (FIELDS * count == list.length) {
      list = Arrays.copyOf(list, 2 * list.length);
    }
    list[FIELDS * count] = fd;
    list[FIELDS * count + 1] = events;
    return count++;
  }

  int count() {
    return count;
  }

  int fd(int place) {
    return list[FIELDS * place];
  }

  /** What to look for. */
  int events(int place) {
    return list[FIELDS * place + 1];
  }

  /** As {@link #events}, and this. */
  void addEvents(int place, int events) {
    list[FIELDS * place + 1] |= events;
  }

  /** What was found. */
  int found(int place) {
    return list[FIELDS * place + 2];
  }

  /** Looks. Returns at how many descriptors there is something. */
  int now() {
    return poll(0);
  }

  private int poll(long nanos) {
    int found = Native.gv_poll(list, count, nanos);
    if (found == Native.GV_ENOMEM) {
      throw new OutOfMemoryError("cannot poll " + count + " descriptors");
    }
    if (found < 0) {
      throw new LoopException(
          "cannot poll " + count + " descriptors: " + Native.gv_status_text(found),
          Native.GV_ESYSTEM - found);
    }
    return found;
  }

  /** Lets others run, where the caller needn't wait. */
  static void giveWay() {
    Hub hub = Hub.getIfExists();
    if (hub != null && hub.isHere()) {
      Gevent.sleep(0);
    }
  }

  /**
   * Waits until there is something, after {@link #now} has found nothing. In a hub, others run.
   *
   * @param nanos at most; negative: as long as it takes
   * @return as {@link #now}
   */
  int await(long nanos) {
    Hub hub = Hub.getIfExists();
    return hub == null || !hub.isHere() ? poll(nanos) : await(hub, nanos);
  }

  private int await(Hub hub, long nanos) {
    long end = nanos < 0 ? 0 : System.nanoTime() + nanos;
    try (News news = new News(hub);
        PollSet odd = oddOnes()) {
      for (int i = 0; i < count; i++) {
        int watched = loopEvents(events(i));
        if (watched != 0) {
          news.of(fd(i), watched);
        }
      }
      if (odd != null) {
        news.of(odd.fileno(), Loop.READ);
      }
      for (long left = nanos; ; left = end - System.nanoTime()) {
        boolean come = news.await(nanos < 0 ? nanos : Math.max(left, 0));
        int found = now();
        if (found != 0 || !come) {
          return found;
        }
      }
    }
  }

  private static int loopEvents(int events) {
    return ((events & Poll.POLLIN) != 0 ? Loop.READ : 0)
        + ((events & Poll.POLLOUT) != 0 ? Loop.WRITE : 0);
  }

  /** Those with something to look for that a loop doesn't know; null if there are none. */
  private PollSet oddOnes() {
    PollSet odd = null;
    try {
      for (int i = 0; i < count; i++) {
        int events = events(i);
        if ((events & ~(Poll.POLLIN | Poll.POLLOUT)) != 0 || events == 0) {
          odd = odd == null ? PollSet.open() : odd;
          odd.watch(fd(i), 0, events | Poll.POLLERR); // which is always looked for
        }
      }
      return odd;
    } catch (Throwable thrown) { // nobody else closes it
      if (odd != null) {
        odd.close();
      }
      throw thrown;
    }
  }
}
