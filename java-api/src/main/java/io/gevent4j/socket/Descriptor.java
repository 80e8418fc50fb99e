package io.gevent4j.socket;

import io.gevent4j.Hub;
import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scheduler;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A native socket, and the way into it: a call that would block suspends the calling greenlet in
 * its hub, or blocks a thread that has none. One that nobody refers to any more is closed.
 *
 * <p>The first hub that uses it becomes its home, where waiting for it is cheap; it can be used in
 * all others and in any thread.
 */
final class Descriptor {
  /** One of the native calls. */
  interface Call {
    long perform(long hub, long self, long socket, long memory, long size, long nanos);
  }

  private static final Cleaner CLEANER = Cleaner.create();

  private final State state;
  private final int fd;

  /** Takes an open one over, which is closed if that fails. */
  Descriptor(int fd) {
    int[] status = new int[1];
    long socket = Native.gv_socket_new(fd, status);
    if (socket == 0) {
      throw unusable(fd, status[0]);
    }
    this.fd = fd;
    this.state = new State(socket);
    CLEANER.register(this, state);
  }

  private static RuntimeException unusable(int fd, int status) {
    String message = "cannot use descriptor " + fd + ": " + Native.gv_status_text(status);
    if (status == Native.GV_ENOMEM) {
      Native.gv_file_close(fd);
      throw new OutOfMemoryError(message);
    }
    return new IllegalArgumentException(message);
  }

  /** For calls that don't wait; 0 for a closed one, which they are not to be made of. */
  long address() {
    return state.socket;
  }

  int number() {
    return state.closed ? -1 : fd;
  }

  boolean isOpen() {
    return !state.closed;
  }

  /** Any thread. Who waits is woken. */
  void close() {
    state.close();
  }

  /** Any thread. Who waits in a hub tries again. */
  void retry() {
    state.retry();
  }

  /**
   * Carries it out as the caller may: in his hub, or blocking. Allocates nothing at home.
   *
   * @param nanos at most; negative: as long as it takes
   * @return what the call returns, which may be a negative status: that it is closed, for who comes
   *     back with nothing, whatever else has ended the call
   */
  long perform(Call call, long memory, long size, long nanos) {
    State state = this.state;
    if (state.closed) {
      return Native.GV_ECLOSED;
    }
    long result = performOpen(state, call, memory, size, nanos);
    // Its hub may not have got round to closing it, but to an end that the peer has answered with.
    return result <= 0 && state.closed ? Native.GV_ECLOSED : result;
  }

  private long performOpen(State state, Call call, long memory, long size, long nanos) {
    Scheduler hub = Scheduler.here();
    try {
      if (hub == null || !hub.isHere()) {
        return state.performAlone(call, memory, size, nanos);
      }
      if (state.home != hub && !state.settle(hub)) {
        return state.performElsewhere(hub, call, memory, size, nanos);
      }
      long self = hub.beginCall();
      long id = hub.callerId();
      long result = call.perform(hub.address(), self, state.socket, memory, size, nanos);
      return hub.endCall(self, id, result);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** What the cleaner needs of a descriptor that is gone. */
  private static final class State implements Runnable {
    private final long socket; // gevent4j.h's gv_socket
    private volatile boolean closed; // for all who come
    private boolean done; // and the native side too
    private boolean dropped; // by all who knew it
    private boolean freed;
    private volatile Scheduler home; // null: none has used it yet
    private int alone; // who are in a call and in no hub
    private Scheduler[] elsewhere = {}; // the hubs of those who are in a call and not at home

    State(long socket) {
      this.socket = socket;
    }

    /** Makes a hub the home of a socket that has none any more. Returns whether it is. */
    private synchronized boolean settle(Scheduler hub) {
      if (!closed
          && (home == null || !home.isOpen())
          && Native.gv_socket_settle(hub.address(), socket) == Native.GV_OK) {
        home = hub;
      }
      return home == hub;
    }

    private long performAlone(Call call, long memory, long size, long nanos) {
      synchronized (this) {
        alone++;
      }
      try {
        return call.perform(0, 0, socket, memory, size, nanos);
      } finally {
        synchronized (this) {
          alone--;
        }
      }
    }

    private long performElsewhere(Scheduler hub, Call call, long memory, long size, long nanos) {
      synchronized (this) {
        Scheduler[] more = Arrays.copyOf(elsewhere, elsewhere.length + 1);
        more[elsewhere.length] = hub;
        elsewhere = more;
      }
      try {
        long self = hub.beginCall();
        long id = hub.callerId();
        return hub.endCall(
            self, id, call.perform(hub.address(), self, socket, memory, size, nanos));
      } finally {
        synchronized (this) {
          remove(hub);
        }
      }
    }

    private void remove(Scheduler hub) {
      Scheduler[] less = new Scheduler[elsewhere.length - 1];
      int found = 0;
      while (elsewhere[found] != hub) {
        found++;
      }
      System.arraycopy(elsewhere, 0, less, 0, found);
      System.arraycopy(elsewhere, found + 1, less, found, less.length - found);
      elsewhere = less;
    }

    private void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true; // from now on home stays as it is
      }
      atHome(this::closeNow);
    }

    /** At home there is nobody who has just found it open and is about to wait. */
    private void closeNow() {
      Native.gv_socket_close(socket);
      synchronized (this) {
        if (alone > 0) {
          Native.gv_socket_wake(0, socket);
        }
        for (Scheduler hub : elsewhere) {
          in(hub, () -> wakeIn(hub));
        }
        done = true;
        freeIfDropped();
      }
    }

    /** Who waited there may have left meanwhile, and dropped it. */
    private synchronized void wakeIn(Scheduler hub) {
      if (!freed) {
        Native.gv_socket_wake(hub.address(), socket);
      }
    }

    /**
     * In the thread of its home, or once that has come to its end. Without the monitor, since that
     * end may close other sockets as well.
     */
    private void atHome(Runnable run) {
      if (home == null || home.isHere()) {
        run.run();
      } else {
        ((Hub) home).runInHubOrOnClose(run);
      }
    }

    private synchronized void retry() {
      if (home != null) {
        in(home, () -> retryIn(home));
      }
      for (Scheduler hub : elsewhere) {
        in(hub, () -> retryIn(hub));
      }
    }

    private synchronized void retryIn(Scheduler hub) {
      if (!freed) {
        Native.gv_socket_retry(hub.address(), socket);
      }
    }

    /** In the thread of a hub, unless that is gone: then nobody waits there any more. */
    private static void in(Scheduler hub, Runnable run) {
      if (hub.isInCharge()) {
        run.run();
      } else {
        hub.runInHub(run);
      }
    }

    /** Nobody refers to it any more, so that nobody is in a call. */
    @Override
    public void run() {
      synchronized (this) {
        dropped = true;
      }
      close();
      freeIfDropped();
    }

    private synchronized void freeIfDropped() {
      if (dropped && done && !freed) {
        freed = true;
        Native.gv_socket_free(socket);
      }
    }
  }
}
