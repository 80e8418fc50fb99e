package io.gevent4j.event;

import io.gevent4j.Linkable;
import io.gevent4j.waiting.Guard;
import io.gevent4j.waiting.WaitLine;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What becomes ready, has greenlets and threads wait for it, and tells those linked to it: all in
 * one line, in the order in which they came. A link is taken out before it is called; what it
 * throws goes to the hub's error handler, and the others are told all the same.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub.
 *
 * <p>gevent: {@code gevent._abstract_linkable.AbstractLinkable}.
 */
public abstract class AbstractLinkable implements Linkable {
  /** Of all that follows. */
  protected final Guard guard = new Guard();

  /** Whoever waits, and the links; inside the guard. */
  protected final WaitLine line = new WaitLine(guard);

  /** Nobody waits yet. */
  protected AbstractLinkable() {}

  /** Inside the guard: whether it is ready now. */
  protected abstract boolean isReady();

  @Override
  public boolean ready() {
    boolean free = guard.enter();
    try {
      return isReady();
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public void rawLink(Consumer<? super Linkable> callback) {
    Link link = new Link(this, Objects.requireNonNull(callback, "callback"));
    boolean free = guard.enter();
    try {
      line.add(link);
      if (isReady()) {
        line.notify(link, false);
      }
    } finally {
      guard.leave(free);
    }
  }

  @Override
  public void unlink(Consumer<?> callback) {
    boolean free = guard.enter();
    try {
      Link.removeFirst(line, callback);
    } finally {
      guard.leave(free);
    }
  }

  /** How many wait and are linked. gevent: {@code linkcount}. */
  public int linkCount() {
    boolean free = guard.enter();
    try {
      return line.size();
    } finally {
      guard.leave(free);
    }
  }

  /** The link's turn has come. Returns false if it was taken back meanwhile. */
  boolean take(Link link) {
    boolean free = guard.enter();
    try {
      return line.remove(link);
    } finally {
      guard.leave(free);
    }
  }

  /** For messages; of use inside the guard too. */
  protected final String name() {
    return getClass().getSimpleName() + "@" + Integer.toHexString(System.identityHashCode(this));
  }

  /** For toString. */
  protected final String describe(String state) {
    int waiting = linkCount();
    return name() + "[" + state + (waiting == 0 ? "" : " " + waiting + " waiting") + "]";
  }
}
