package io.gevent4j.socket;

import io.gevent4j.greenlet.Scratch;
import java.nio.ByteBuffer;

/** gevent4j.h's gv_datagram at the beginning of the scratch, and bytes behind it. */
final class Datagram {
  /** Where the address begins. */
  static final int ADDRESS = 32;

  /** Where there is room for bytes. */
  static final int BYTES = 256;

  /** Bytes that there is room for: as many as any datagram of IP has. */
  static final int MOST = Scratch.SIZE - BYTES;

  private static final int SIZE = 8;
  private static final int ARRIVED = 16;
  private static final int ARRIVED_AT_CARD = 24;

  private Datagram() {}

  static void put(Scratch scratch, long memory, int size) {
    scratch.buffer().putLong(0, memory).putLong(SIZE, size);
  }

  static long size(Scratch scratch) {
    return scratch.buffer().getLong(SIZE);
  }

  static long arrived(Scratch scratch) {
    return scratch.buffer().getLong(ARRIVED);
  }

  static long arrivedAtCard(Scratch scratch) {
    return scratch.buffer().getLong(ARRIVED_AT_CARD);
  }

  /** How many bytes may come by way of the scratch. */
  static int most(ByteBuffer buffer) {
    return Math.min(buffer.remaining(), MOST);
  }

  /** Copies what remains of a buffer, {@link #MOST} at most, into the scratch. Returns where. */
  static long copy(Scratch scratch, ByteBuffer buffer) {
    int size = buffer.remaining();
    if (buffer.hasArray()) {
      scratch
          .buffer()
          .clear()
          .position(BYTES)
          .put(buffer.array(), buffer.arrayOffset() + buffer.position(), size);
    } else {
      scratch
          .buffer()
          .clear()
          .position(BYTES)
          .put(buffer.duplicate().limit(buffer.position() + size));
    }
    return scratch.address() + BYTES;
  }

  /** Copies bytes out of the scratch into a buffer, which has an array. */
  static void copy(ByteBuffer buffer, Scratch scratch, int count) {
    int offset = buffer.arrayOffset() + buffer.position();
    scratch.buffer().clear().position(BYTES).get(buffer.array(), offset, count);
    buffer.position(buffer.position() + count);
  }
}
