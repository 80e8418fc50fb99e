package io.gevent4j.select;

import io.gevent4j.waiting.Timeouts;
import io.gevent4j.waiting.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;

/**
 * Descriptors, given as {@link Select} takes them, and what to look for at each, kept for any
 * number of polls. It holds nothing of the system's, so that it needn't be closed; a descriptor
 * that is closed and not unregistered shows as {@link #POLLNVAL}.
 *
 * <p><b>Thread rule:</b> the greenlets of one hub, or one thread at a time; several may poll at
 * once, each what is registered when it begins. In a hub the other greenlets run meanwhile, even if
 * there is nothing to wait for; elsewhere the thread blocks. An interrupt doesn't end the wait.
 *
 * <p>gevent: {@code gevent.select.poll}.
 */
public final class Poll {
  /** It can be read without waiting. */
  public static final int POLLIN = 1;

  /** It has something exceptional, such as urgent data. */
  public static final int POLLPRI = 2;

  /** It can be written without waiting. */
  public static final int POLLOUT = 4;

  /** Something has gone wrong with it. Looked for always. */
  public static final int POLLERR = 8;

  /** The other side has hung up. Looked for always. */
  public static final int POLLHUP = 16;

  /** It isn't open. Looked for always. */
  public static final int POLLNVAL = 32;

  private static final int MOST = 0xFFFF; // the system has 16 bits for them

  /**
   * What a poll has found at one descriptor.
   *
   * @param events a sum of {@link #POLLIN} and so on
   */
  public record Ready(int fd, int events) {}

  private final Map<Integer, Integer> registered = new LinkedHashMap<>(); // by descriptor: events

  /** Of nothing yet. */
  public Poll() {}

  /** As {@link #register(Object, int)}, for {@link #POLLIN} and {@link #POLLOUT}. */
  public void register(Object descriptor) {
    register(descriptor, POLLIN | POLLOUT);
  }

  /**
   * From now on a poll looks for these, and not for what was registered before.
   *
   * @param events a sum of {@link #POLLIN}, {@link #POLLPRI}, {@link #POLLOUT} and what else the
   *     system knows; 0: only for what is looked for always
   * @throws IllegalArgumentException if it is no descriptor, or these are no events
   */
  public void register(Object descriptor, int events) {
    int fd = Descriptors.of(descriptor, "register");
    if (events < 0 || events > MOST) {
      throw new IllegalArgumentException(
          "cannot register descriptor " + fd + " for these events: " + events);
    }
    registered.put(fd, events);
  }

  /**
   * As {@link #register(Object, int)}, of one that is registered. gevent registers any.
   *
   * @throws NoSuchElementException if it isn't registered
   */
  public void modify(Object descriptor, int events) {
    requireRegistered(descriptor, "modify");
    register(descriptor, events);
  }

  /**
   * From now on it isn't polled.
   *
   * @throws NoSuchElementException if it isn't registered
   */
  public void unregister(Object descriptor) {
    registered.remove(requireRegistered(descriptor, "unregister"));
  }

  private int requireRegistered(Object descriptor, String operation) {
    int fd = Descriptors.of(descriptor, operation);
    if (!registered.containsKey(fd)) {
      throw new NoSuchElementException(
          "cannot " + operation + " descriptor " + fd + ": it isn't registered");
    }
    return fd;
  }

  /** Waits, as long as it takes, until something is found. */
  public List<Ready> poll() {
    return pollNanos(Waiting.FOREVER);
  }

  /** As {@link #poll()}, for at most so many ms; negative: as long as it takes. */
  public List<Ready> poll(long millis) {
    return pollNanos(millis < 0 ? Waiting.FOREVER : TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /**
   * As {@link #poll()}.
   *
   * @param timeout zero: it only looks; null or negative: as long as it takes
   * @return what was found, in the order in which they were registered; nothing when the time is up
   */
  public List<Ready> poll(Duration timeout) {
    return pollNanos(
        timeout == null || timeout.isNegative() ? Waiting.FOREVER : Timeouts.nanos(timeout));
  }

  private List<Ready> pollNanos(long nanos) {
    PollList list = new PollList();
    registered.forEach(list::add);
    if (list.now() == 0 && nanos != 0) {
      list.await(nanos);
    } else {
      PollList.giveWay();
    }
    List<Ready> ready = new ArrayList<>();
    for (int i = 0; i < list.count(); i++) {
      if (list.found(i) != 0) {
        ready.add(new Ready(list.fd(i), list.found(i)));
      }
    }
    return ready;
  }

  @Override
  public String toString() {
    return "Poll@" + Integer.toHexString(hashCode()) + registered;
  }
}
