package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Where a direct buffer begins. To ask the VM costs some tens of ns, so that a socket remembers the
 * last answer for each direction; those that share a buffer share the answer. Any thread.
 */
final class Memory extends WeakReference<ByteBuffer> {
  /** Of no buffer. */
  static final Memory NONE = new Memory(null, 0);

  private static Memory last = NONE; // that anybody has asked for

  private final long address;

  private Memory(ByteBuffer buffer, long address) {
    super(buffer);
    this.address = address;
  }

  boolean isOf(ByteBuffer buffer) {
    return refersTo(buffer);
  }

  /** That of a direct buffer. */
  static Memory of(ByteBuffer buffer) {
    Memory memory = last; // read once: another thread may bring another buffer
    if (!memory.isOf(buffer)) {
      memory = new Memory(buffer, Native.gv_vm_buffer(buffer));
      last = memory;
    }
    return memory;
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
