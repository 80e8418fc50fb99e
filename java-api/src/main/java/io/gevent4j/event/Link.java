package io.gevent4j.event;

import io.gevent4j.Linkable;
import io.gevent4j.waiting.CallbackPlace;
import io.gevent4j.waiting.Place;
import io.gevent4j.waiting.WaitLine;
import java.util.function.Consumer;

/** A callback in the line of what it is linked to. */
final class Link extends CallbackPlace {
  private final AbstractLinkable source;
  private final Consumer<? super Linkable> callback;

  Link(AbstractLinkable source, Consumer<? super Linkable> callback) {
    this.source = source;
    this.callback = callback;
  }

  @Override
  public void run() {
    if (source.take(this)) {
      callback.accept(source);
    }
  }

  /** Takes the first link of this callback out of a line, if there is one. */
  static void removeFirst(WaitLine line, Consumer<?> callback) {
    for (Place place = line.first(); place != null; place = line.after(place)) {
      if (place instanceof Link && ((Link) place).callback.equals(callback)) {
        line.remove(place);
        return;
      }
    }
  }

  @Override
  public String toString() {
    return "link of " + source + " to " + callback;
  }
}
