package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import io.gevent4j.socket.Descriptor.Call;

/** Reads of a connection that say when it came what they return: of who reads. */
final class Arrivals {
  private static final Call READ =
      (hub, self, socket, memory, size, nanos) ->
          Native.gv_socket_read_timed(hub, self, socket, memory, nanos);

  private long arrived;
  private long arrivedAtCard;

  /**
   * As {@link Descriptor#perform}, to this memory, which may be of the scratch: behind its head.
   */
  long read(Descriptor descriptor, long memory, int size, long nanos) {
    Scratch scratch = Scratch.here();
    Datagram.put(scratch, memory, size);
    long count = descriptor.perform(READ, scratch.address(), 0, nanos);
    if (count > 0) {
      arrived = Datagram.arrived(scratch);
      arrivedAtCard = Datagram.arrivedAtCard(scratch);
    }
    return count;
  }

  long arrived() {
    return arrived;
  }

  long arrivedAtCard() {
    return arrivedAtCard;
  }
}
