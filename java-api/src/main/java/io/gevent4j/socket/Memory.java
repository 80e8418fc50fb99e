package io.gevent4j.socket;

import io.gevent4j.binding.Native;
import java.nio.ByteBuffer;

/**
 * Where direct buffers begin. To ask the VM costs some tens of ns, so that the last answer is
 * remembered; a socket has one of these for each direction.
 */
final class Memory {
  private ByteBuffer last;
  private long address;

  /** The address of the first byte of a direct buffer. */
  long of(ByteBuffer buffer) {
    if (buffer != last) {
      address = Native.gv_vm_buffer(buffer);
      last = buffer;
    }
    return address;
  }
}
