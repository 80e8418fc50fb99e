package io.gevent4j.monkey;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.Guests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The native side: what it answers becomes values and exceptions here. */
final class Interposition {
  private static final String VM = "the VM";

  private Interposition() {}

  static void patch(Patch patch) {
    check(Native.gv_patch(patch.bit), "patch " + patch);
    if (patch == Patch.THREAD || patch == Patch.TIME) {
      Guests.prepare(); // if it can't, that is a line of the table
    }
    if (patch == Patch.THREAD) {
      Guests.watch(true);
    }
  }

  static void unpatch(Patch patch) {
    if (patch == Patch.THREAD) {
      Guests.watch(false);
    }
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
    if (!slots.isEmpty()) {
      slots.addAll(vmSlots());
    }
    return slots;
  }

  /** What the VM itself has been made to do. */
  private static List<Slot> vmSlots() {
    boolean waits = isPatched(Patch.THREAD) || isPatched(Patch.TIME);
    int bound = Native.gv_vm_bound();
    return List.of(
        vmSlot("waits of its threads", waits && Guests.prepare(), Patch.THREAD, Patch.TIME),
        vmSlot("Thread.start", true, Patch.THREAD), // or Guests.watch has thrown
        vmSlot("Thread.yield", (bound & Native.GV_BOUND_YIELD) != 0, Patch.THREAD),
        vmSlot("Thread.sleep(0)", (bound & Native.GV_BOUND_SLEEP) != 0, Patch.TIME),
        vmSlot("park, unpark, interrupt", (bound & Native.GV_BOUND_PARK) != 0, Patch.THREAD),
        vmSlot("availableProcessors", (bound & Native.GV_BOUND_PROCESSORS) != 0, Patch.THREAD),
        vmSlot("monitors that are held", (bound & Native.GV_BOUND_MONITORS) != 0, Patch.THREAD));
  }

  private static Slot vmSlot(String what, boolean asExpected, Patch... patches) {
    Set<Patch> served = EnumSet.copyOf(List.of(patches));
    Slot.State state = Slot.State.FREE;
    if (served.stream().anyMatch(Interposition::isPatched)) {
      state = asExpected ? Slot.State.PATCHED : Slot.State.UNKNOWN;
    }
    return new Slot(VM, what, Collections.unmodifiableSet(served), state);
  }

  // ---- threads ----

  /** The calling thread becomes a greenlet of the next hub. */
  static void joinHub() {
    Guests.join();
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
