package io.gevent4j.monkey;

import java.util.Set;

/**
 * A place through which a library calls the C library, or the VM itself, and what has become of it.
 *
 * @param library that calls, such as {@code libnio}
 * @param symbol that it calls, such as {@code poll}
 * @param patches for whose sake it is replaced: any of them
 * @param state whether it is
 */
public record Slot(String library, String symbol, Set<Patch> patches, State state) {
  /** In the order of gevent4j.h's gv_slot, which has all but the last one. */
  public enum State {
    /** Known, and as the JDK has it. */
    FREE,
    /** It leads to us. */
    PATCHED,
    /** The library has no such place, as some versions of the JDK. */
    MISSING,
    /** Somebody else has replaced it, so that it was left alone. */
    FOREIGN,
    /** The library is not loaded. */
    UNLOADED,
    /** The VM is not as expected there, so that it was left alone. */
    UNKNOWN
  }
}
