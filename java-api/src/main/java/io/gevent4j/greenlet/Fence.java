package io.gevent4j.greenlet;

import io.gevent4j.binding.Native;
import java.lang.invoke.VarHandle;

/**
 * A pair of fences for two who each say something and then look at what the other has said: one
 * often, who passes the light fence in between, and one seldom, who passes the heavy one. At least
 * one of them sees what the other has said. What they say and look at are opaque accesses, which
 * HotSpot's compilers keep in order.
 */
public final class Fence {
  /** Whether the light one costs nothing, since the heavy one makes every thread pass a fence. */
  public static final boolean LIGHT = Native.gv_fence_all() == Native.GV_OK;

  private Fence() {}

  /** Of the one who passes often. */
  public static void light() {
    if (!LIGHT) {
      VarHandle.fullFence();
    }
  }

  /** Of the one who passes seldom: 20 us. */
  public static void heavy() {
    VarHandle.fullFence();
    if (LIGHT) {
      Native.gv_fence_all();
    }
  }
}
