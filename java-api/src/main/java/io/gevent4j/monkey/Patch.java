package io.gevent4j.monkey;

import io.gevent4j.binding.Native;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What can be made cooperative, each by itself. In this order it is patched. */
public enum Patch {
  /**
   * {@code Thread.start} makes a greenlet; what a greenlet waits for by the JDK's means (park,
   * monitors, {@code Object.wait}, {@code join}) lets the others run. gevent: {@code patch_thread}.
   */
  THREAD(Native.GV_PATCH_THREAD),

  /** {@code Thread.sleep}. gevent: {@code patch_time}. */
  TIME(Native.GV_PATCH_TIME),

  /** Sockets of {@code java.net} and {@code java.nio}. gevent: {@code patch_socket}. */
  SOCKET(Native.GV_PATCH_SOCKET),

  /** Names of hosts, in {@code java.net.InetAddress}. gevent: {@code patch_dns}. */
  DNS(Native.GV_PATCH_DNS),

  /** {@code java.nio.channels.Selector}. gevent: {@code patch_select}, {@code patch_selectors}. */
  SELECT(Native.GV_PATCH_SELECT),

  /** Pipes: the streams of {@code java.lang.Process}. gevent: {@code patch_subprocess}. */
  SUBPROCESS(Native.GV_PATCH_SUBPROCESS),

  /** Standard input, and terminals. gevent: {@code patch_sys}. */
  STDIN(Native.GV_PATCH_STDIN),

  /**
   * Native libraries that the program loads from then on: whatever else is patched is for them too,
   * and for their locks, conditions and sleeps a greenlet waits on its own kernel thread. Not those
   * of the VM's tools. Of ours.
   */
  LIBRARIES(Native.GV_PATCH_LIBRARIES),

  /** Regular files: each read and write then costs two hand-overs between kernel threads. */
  FILES(Native.GV_PATCH_FILES);

  private static final Set<Patch> BY_DEFAULT =
      Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(FILES)));

  final int bit; // gevent4j.h's gv_patch

  Patch(int bit) {
    this.bit = bit;
  }

  /** What is patched unless something else is asked for: all but {@link #FILES}. */
  public static Set<Patch> byDefault() {
    return BY_DEFAULT;
  }

  /** As options of the agent and the runner have it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Null: there is none. */
  static Patch labelled(String label) {
    for (Patch patch : values()) {
      if (patch.label().equals(label)) {
        return patch;
      }
    }
    return null;
  }

  /** Those of gevent4j.h's mask. */
  static Set<Patch> of(int mask) {
    EnumSet<Patch> patches = EnumSet.noneOf(Patch.class);
    for (Patch patch : values()) {
      if ((patch.bit & mask) != 0) {
        patches.add(patch);
      }
    }
    return Collections.unmodifiableSet(patches);
  }
}
