package io.gevent4j.select;

import io.gevent4j.Hub;
import io.gevent4j.binding.Native;
import io.gevent4j.loop.LoopException;
import java.nio.IntBuffer;

/**
 * A set of descriptors in the system, which is itself a descriptor, so that a hub can wait for all
 * of them with one watcher.
 *
 * <p><b>Thread rule:</b> one at a time, but for {@link #wake}.
 */
final class PollSet implements AutoCloseable {
  private static final int EPERM = 1;

  private final Object wakers = new Object(); // for a moment only: nobody waits inside
  private final IntBuffer shared; // gv_pollset_news: pairs of a descriptor and what it has
  private final int[] pairs = new int[2 * Native.GV_POLLSET_NEWS];
  private long ptr; // gevent4j.h's gv_pollset; 0 when closed
  private Readiness readiness; // of the set, for hubs; null until one waits for it

  private PollSet(long ptr) {
    this.ptr = ptr;
    this.shared = Native.gv_pollset_news(ptr).capacity(2L * Native.GV_POLLSET_NEWS).asBuffer();
  }

  /** An empty one. */
  static PollSet open() {
    int[] status = new int[1];
    long ptr = Native.gv_pollset_new(status);
    if (ptr == 0) {
      throw failed("make a set of descriptors", status[0]);
    }
    return new PollSet(ptr);
  }

  private static LoopException failed(String operation, int status) {
    if (status == Native.GV_ENOMEM) {
      throw new OutOfMemoryError("cannot " + operation);
    }
    return new LoopException(
        "cannot " + operation + ": " + Native.gv_status_text(status), Native.GV_ESYSTEM - status);
  }

  int fileno() {
    return Native.gv_pollset_fileno(ptr);
  }

  /**
   * What to look for at a descriptor, in place of what was asked before; 0 takes it out, and is
   * harmless where it has gone out by itself, since another was put in its place by dup2(2).
   */
  void watch(int fd, int before, int events) {
    int status = Native.gv_pollset_watch(ptr, fd, before, events);
    boolean hasNoNews = status == Native.GV_ESYSTEM - EPERM; // a file
    if (status < 0 && events != 0 && !hasNoNews) {
      throw failed("poll descriptor " + fd, status);
    }
  }

  /**
   * Waits until some of them have something, or somebody wakes the caller. In a hub, others run,
   * even if there is nothing to wait for.
   *
   * @param nanos at most; 0: not at all; negative: as long as it takes
   * @return how many have, counting who was woken
   */
  int await(long nanos) {
    Hub hub = Hub.getIfExists();
    if (hub == null || !hub.isHere()) {
      return poll(nanos);
    }
    int count = poll(0);
    if (count != 0 || nanos == 0) {
      hub.switchOutReady();
      return count;
    }
    return await(hub, nanos);
  }

  private int await(Hub hub, long nanos) {
    if (readiness == null) {
      readiness = openReadiness();
    }
    long end = nanos < 0 ? 0 : System.nanoTime() + nanos;
    for (long left = nanos; ; left = Math.max(end - System.nanoTime(), 0)) {
      int status = readiness.await(hub, nanos < 0 ? -1 : left);
      if (status != Native.GV_OK && status != Native.GV_ETIMEDOUT) {
        throw failed("wait for a set of descriptors", status);
      }
      int count = poll(0);
      if (count != 0 || status == Native.GV_ETIMEDOUT) {
        return count;
      }
    }
  }

  private Readiness openReadiness() {
    int[] status = new int[1];
    long socket = Native.gv_pollset_socket(ptr, status);
    if (socket == 0) {
      throw failed("wait for a set of descriptors", status[0]);
    }
    return new Readiness(socket);
  }

  private int poll(long nanos) {
    int count = Native.gv_pollset_poll(ptr, nanos);
    if (count < 0) {
      throw failed("poll a set of descriptors", count);
    }
    shared.get(0, pairs, 0, 2 * count);
    return count;
  }

  /** Of the news that came last: a descriptor; negative: the caller was woken. */
  int fd(int place) {
    return pairs[2 * place];
  }

  /** What it has. */
  int events(int place) {
    return pairs[2 * place + 1];
  }

  /** Ends the wait, or the next one if there is none. Harmless when it is closed. Any thread. */
  void wake() {
    synchronized (wakers) {
      if (ptr != 0) {
        Native.gv_pollset_wake(ptr);
      }
    }
  }

  /** Harmless when it is closed. */
  @Override
  public void close() {
    if (readiness != null) {
      readiness.close();
      readiness = null;
    }
    synchronized (wakers) {
      if (ptr != 0) {
        Native.gv_pollset_free(ptr);
        ptr = 0;
      }
    }
  }
}
