package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory for what is handed to a native call or taken from it. All greenlets of a hub have
 * the same: what is in it lasts until the caller next switches out, or asks for it again.
 */
public final class Scratch {
  /** Bytes: the largest datagram, and what is said of it. */
  public static final int SIZE = (1 << 16) + 256;

  private static final ThreadLocal<Scratch> ALONE = ThreadLocal.withInitial(Scratch::new);

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long address = Native.gv_vm_buffer(buffer);

  private Scratch() {}

  /** That of the caller's hub, or else of the thread. Any thread. */
  public static Scratch here() {
    Scheduler scheduler = Scheduler.here();
    if (scheduler == null || !scheduler.isHere()) {
      return ALONE.get();
    }
    scheduler.settleScratch();
    if (scheduler.scratch == null) {
      scheduler.scratch = new Scratch();
    }
    return scheduler.scratch;
  }

  /** The whole of it, in the machine's byte order. Position and limit are the caller's to set. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Where it begins. */
  public long address() {
    return address;
  }
}
