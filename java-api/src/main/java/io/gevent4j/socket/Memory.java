package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Where direct buffers begin. To ask the VM costs some tens of ns, so that the last answer is
 * remembered; a socket has one of these for each direction. Any thread.
 */
final class Memory {
  private Known last = new Known(null, 0);

  private static final class Known extends WeakReference<ByteBuffer> {
    private final long address;

    Known(ByteBuffer buffer, long address) {
      super(buffer);
      this.address = address;
    }
  }

  /**
   * The address of the first byte of a direct buffer.
   *
   * @throws IllegalStateException if its memory is gone, with the arena that it was of
   */
  long of(ByteBuffer buffer) {
    if (buffer.hasRemaining()) {
      buffer.get(buffer.position()); // asks whether its memory is still there
    }
    Known known = last; // read once: another thread may bring another buffer
    if (!known.refersTo(buffer)) {
      known = new Known(buffer, Native.gv_vm_buffer(buffer));
      last = known;
    }
    return known.address;
  }
}
