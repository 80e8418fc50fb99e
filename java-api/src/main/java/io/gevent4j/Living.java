package io.gevent4j;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The greenlets that a hub has started, until they end: they are reachable however they wait, and
 * it can be told who they are.
 */
final class Living {
  private static final int SHOWN = 20;
  private static final Pattern INNER = Pattern.compile("io\\.gevent4j\\.(waiting|greenlet)\\.");

  private final Set<RawGreenlet> greenlets = new LinkedHashSet<>();

  void add(RawGreenlet greenlet) {
    greenlets.add(greenlet);
  }

  void remove(RawGreenlet greenlet) {
    greenlets.remove(greenlet);
  }

  int size() {
    return greenlets.size();
  }

  /** In the hub: throws this in all of them. */
  void endAll(Throwable thrown) {
    for (RawGreenlet greenlet : new ArrayList<>(greenlets)) {
      if (greenlet.isActive()) {
        greenlet.throwInto(thrown);
      }
    }
  }

  /** The hub has ended: those that haven't started never will, which others may wait for. */
  void abandon(GreenletExit exit) {
    for (RawGreenlet greenlet : new ArrayList<>(greenlets)) {
      if (greenlet instanceof Greenlet && !greenlet.isActive()) {
        ((Greenlet<?>) greenlet).endUnstarted(exit);
      }
    }
  }

  /** Who waits, and where; for main, which will wait for ever. */
  String describe(Hub hub) {
    List<RawGreenlet> waiting = new ArrayList<>(greenlets);
    waiting.removeIf(greenlet -> !greenlet.isActive());
    StringBuilder text =
        new StringBuilder("this would wait for ever: nothing is left to happen in ");
    text.append(hub);
    line(text, "main", hub.main());
    for (RawGreenlet greenlet : waiting.subList(0, Math.min(SHOWN, waiting.size()))) {
      line(text, greenlet.toString(), greenlet);
    }
    if (waiting.size() > SHOWN) {
      text.append("\n  and ").append(waiting.size() - SHOWN).append(" others");
    }
    return text.toString();
  }

  private static String simpleName(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
  }

  private static void line(StringBuilder text, String name, RawGreenlet greenlet) {
    StackTraceElement[] frames = greenlet.getStackTrace();
    text.append("\n  ").append(name).append(" waits");
    String before = " in ";
    for (StackTraceElement frame : frames) {
      boolean ours = frame.getClassName().startsWith("io.gevent4j.");
      if (!ours || !INNER.matcher(frame.getClassName()).lookingAt()) {
        text.append(before).append(ours ? simpleName(frame) : frame.toString());
        before = ", called by ";
      }
      if (!ours) {
        return; // the caller of ours is who knows
      }
    }
  }
}
