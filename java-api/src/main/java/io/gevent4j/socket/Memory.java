package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Where a direct buffer begins. To ask the VM costs some tens of ns, so that a socket remembers the
 * last answer for each direction, and both the same one for the same buffer. Any thread.
 */
final class Memory extends WeakReference<ByteBuffer> {
  /** Of no buffer. */
  static final Memory NONE = new Memory(null, 0);

  private final long address;

  private Memory(ByteBuffer buffer, long address) {
    super(buffer);
    this.address = address;
  }

  /** That of a direct buffer, which may be one of those that the caller knows. */
  static Memory of(ByteBuffer buffer, Memory last, Memory other) {
    if (last.refersTo(buffer)) {
      return last;
    }
    return other.refersTo(buffer) ? other : new Memory(buffer, Native.gv_vm_buffer(buffer));
  }

  /**
   * The address of its first byte.
   *
   * @throws IllegalStateException if its memory is gone, with the arena that it was of
   */
  long address(ByteBuffer buffer) {
    if (buffer.hasRemaining()) {
      buffer.get(buffer.position()); // asks whether its memory is still there
    }
    return address;
  }
}
