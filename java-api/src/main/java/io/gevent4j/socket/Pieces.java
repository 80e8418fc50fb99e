package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Scratch;
import java.nio.ByteBuffer;

/**
 * Several buffers for one write, in the scratch: a table of where each piece begins and how long it
 * is, and behind it copies of what isn't in direct buffers. Allocates nothing.
 */
final class Pieces {
  private static final int ENTRY = 2 * Long.BYTES;
  private static final int TABLE = ENTRY * Native.GV_PIECES_MAX;

  private Pieces() {}

  /** Puts what there is room for, from the first buffer on. Returns how many pieces. */
  static int put(Scratch scratch, ByteBuffer[] buffers, int first, int last) {
    ByteBuffer memory = scratch.buffer().clear();
    int copied = TABLE;
    int count = 0;
    for (int i = first; i < last && count < Native.GV_PIECES_MAX; i++) {
      ByteBuffer buffer = buffers[i];
      int position = buffer.position();
      int size = buffer.remaining();
      long begin;
      if (buffer.isDirect()) {
        begin = Native.gv_vm_buffer(buffer) + position;
      } else {
        size = Math.min(size, Scratch.SIZE - copied);
        memory.put(copied, buffer, position, size);
        begin = scratch.address() + copied;
        copied += size;
      }
      memory.putLong(ENTRY * count, begin).putLong(ENTRY * count + Long.BYTES, size);
      count++;
      if (size < buffer.remaining()) {
        break;
      }
    }
    return count;
  }

  /** So many bytes of them were written. */
  static void advance(ByteBuffer[] buffers, int first, long count) {
    long left = count;
    for (int i = first; left > 0; i++) {
      int part = (int) Math.min(left, buffers[i].remaining());
      buffers[i].position(buffers[i].position() + part);
      left -= part;
    }
  }
}
