package io.gevent4j.monkey;

import io.gevent4j.binding.Native;
import java.util.ArrayList;
import java.util.List;

/** The native side: what it answers becomes values and exceptions here. */
final class Interposition {
  private Interposition() {}

  static void patch(Patch patch) {
    check(Native.gv_patch(patch.bit), "patch " + patch);
  }

  static void unpatch(Patch patch) {
    check(Native.gv_unpatch(patch.bit), "undo the patch " + patch);
  }

  static boolean isPatched(Patch patch) {
    return (Native.gv_patched() & patch.bit) != 0;
  }

  /** How many places were found in it. */
  static int patchLibrary(String name) {
    return check(Native.gv_patch_library(name), "patch " + name);
  }

  static List<Slot> slots() {
    List<Slot> slots = new ArrayList<>();
    Slot.State[] states = Slot.State.values();
    for (int row = 0; row < Native.gv_slot_count(); row++) {
      slots.add(
          new Slot(
              Native.gv_slot_library(row),
              Native.gv_slot_symbol(row),
              Patch.of(Native.gv_slot_patch(row)),
              states[Native.gv_slot_state(row)]));
    }
    return slots;
  }

  // ---- threads ----

  /** Has the hub of the calling thread run threads from now on, in turn with others. */
  static void addAdopter(long hub) {
    check(Native.gv_adopter_add(hub), "have a hub run threads");
  }

  static void prepareThreads() {
    check(Native.gv_vm_patch_threads(Thread.currentThread()), "patch THREAD");
  }

  /** The calling thread becomes a greenlet of the next hub. */
  static void adoptCaller() {
    check(Native.gv_vm_adopt(Thread.currentThread()), "make a greenlet of the calling thread");
  }

  private static int check(int status, String operation) {
    if (status == Native.GV_ENOMEM) {
      throw new OutOfMemoryError("cannot " + operation);
    }
    if (status < 0) {
      throw new IllegalStateException("cannot " + operation + ": " + Native.gv_status_text(status));
    }
    return status;
  }
}
