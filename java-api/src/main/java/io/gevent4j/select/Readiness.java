package io.gevent4j.select;

import io.gevent4j.Hub;
import io.gevent4j.binding.Native;

/**
 * Lets greenlets wait until a set of descriptors has news. The first hub that waits becomes its
 * home, whose loop goes on watching the set between two waits, so that these cost no system call.
 *
 * <p><b>Thread rule:</b> one at a time.
 */
final class Readiness implements AutoCloseable {
  private final long socket; // gevent4j.h's gv_socket
  private Hub home; // null: none has waited yet

  /** Takes it over. */
  Readiness(long socket) {
    this.socket = socket;
  }

  /**
   * Suspends the calling greenlet of this hub, for so many ns at most; negative: as long as it
   * takes.
   *
   * @return a status: GV_OK when there are news, GV_ETIMEDOUT
   */
  int await(Hub hub, long nanos) {
    if (home != hub && (home == null || home.isClosed())) {
      settle(hub);
    }
    long self = hub.beginCall();
    long id = hub.callerId();
    int status = Native.gv_socket_wait(hub.address(), self, socket, Native.GV_READ, nanos);
    return (int) hub.endCall(self, id, status);
  }

  /** Where that fails, waits there are dearer. */
  private void settle(Hub hub) {
    if (Native.gv_socket_settle(hub.address(), socket) == Native.GV_OK) {
      home = hub;
    }
  }

  /** Nobody waits. The descriptor is closed in its home, and soon. */
  @Override
  public void close() {
    if (home == null || home.isHere()) {
      closeNow();
    } else {
      home.runInHubOrOnClose(this::closeNow);
    }
  }

  private void closeNow() {
    Native.gv_socket_close(socket);
    Native.gv_socket_free(socket);
  }
}
