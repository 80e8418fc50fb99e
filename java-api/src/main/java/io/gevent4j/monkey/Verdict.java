package io.gevent4j.monkey;

import static java.util.stream.Collectors.joining;

import io.gevent4j.monkey.Slot.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Whether all is patched that should be. */
final class Verdict {
  private final int patched;
  private final List<String> complaints = new ArrayList<>();

  private Verdict(List<Slot> slots) {
    patched = (int) slots.stream().filter(inState(State.PATCHED)).count();
    tell(slots, inState(State.FOREIGN), "somebody else has replaced, so that it was left alone: ");
    tell(slots, inState(State.UNKNOWN), "is not as expected, so that it was left alone: ");
    tell(slots, inState(State.UNLOADED), "a library is not loaded: ");
    tell(
        slots,
        slot -> slot.state() == State.FREE && slot.patches().stream().anyMatch(Monkey::isPatched),
        "should be patched, and isn't: ");
    for (Patch patch : Patch.values()) {
      if (Monkey.isPatched(patch) && slots.stream().noneMatch(serving(patch))) {
        complaints.add(patch.label() + " is patched, but nothing serves it");
      }
    }
  }

  static Verdict of(List<Slot> slots) {
    return new Verdict(slots);
  }

  private static Predicate<Slot> inState(State state) {
    return slot -> slot.state() == state;
  }

  private static Predicate<Slot> serving(Patch patch) {
    return slot -> slot.state() == State.PATCHED && slot.patches().contains(patch);
  }

  private void tell(List<Slot> slots, Predicate<Slot> wrong, String why) {
    String names =
        slots.stream()
            .filter(wrong)
            .map(slot -> slot.library() + " " + slot.symbol())
            .collect(joining(", "));
    if (!names.isEmpty()) {
      complaints.add(why + names);
    }
  }

  /** What is wrong; empty: nothing. */
  List<String> complaints() {
    return complaints;
  }

  /** In one line. */
  String summary() {
    String on =
        Arrays.stream(Patch.values())
            .filter(Monkey::isPatched)
            .map(Patch::label)
            .collect(joining(", "));
    return patched
        + " places patched for "
        + (on.isEmpty() ? "nothing" : on)
        + (complaints.isEmpty() ? "" : "; " + String.join("; ", complaints));
  }
}
