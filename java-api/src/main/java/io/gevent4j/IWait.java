package io.gevent4j;

import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.waiting.Seconds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * Gives things in the order in which they become ready, waiting for the next where none is. To be
 * closed, unless it is used to its end: it then forgets those that are not ready yet.
 *
 * <p><b>Thread rule:</b> one greenlet at a time.
 *
 * <p>gevent: what {@code gevent.iwait} returns.
 *
 * @param <L> what is waited for
 */
public final class IWait<L extends Linkable>
    implements Iterable<L>, Iterator<L>, AutoCloseable, Consumer<Linkable>, Foreign {
  private final Hub hub = Hub.get();
  private final List<L> objects;
  private final long end; // System.nanoTime()
  private final boolean limited; // by the end
  private final ArrayDeque<L> ready = new ArrayDeque<>();
  private int left; // to be given
  private int foreign; // of other hubs
  private boolean open; // some aren't greenlets: anybody may make them ready
  private boolean linked;
  private boolean closed;
  private RawGreenlet waiter; // null unless somebody waits

  IWait(Collection<? extends L> objects, Duration timeout, int count) {
    this.objects = new ArrayList<>(objects);
    this.left = count < 0 ? this.objects.size() : Math.min(count, this.objects.size());
    this.limited = timeout != null;
    this.end = limited ? System.nanoTime() + Seconds.nanos(timeout) : 0;
  }

  /** This, which can be used once. */
  @Override
  public Iterator<L> iterator() {
    return this;
  }

  /** Waits for the next. False when all asked for were given, or the time is up. */
  @Override
  public boolean hasNext() {
    if (closed || left == 0) {
      close();
      return false;
    }
    link();
    while (ready.isEmpty()) {
      if (!await()) {
        close();
        return false;
      }
    }
    return true;
  }

  /** The next that is ready, which is waited for. */
  @Override
  public L next() {
    if (!hasNext()) {
      throw new NoSuchElementException("nothing more has become ready");
    }
    left--;
    L next = ready.poll();
    if (left == 0) {
      close();
    }
    return next;
  }

  private void link() {
    if (linked) {
      return;
    }
    linked = true;
    for (L object : objects) {
      open |= !(object instanceof Greenlet);
      if (object instanceof Greenlet && ((Greenlet<?>) object).hub() != hub) {
        foreign++; // somebody will call
        hub.loop().ref();
      }
      object.rawLink(this);
    }
  }

  /** Returns false when the time is up. */
  private boolean await() {
    waiter = RawGreenlet.getCurrent();
    try {
      if (!limited) {
        if (open) {
          hub.switchOutForAnybody(false);
        } else {
          hub.switchOut();
        }
        return true;
      }
      long nanos = end - System.nanoTime();
      if (nanos <= 0) {
        hub.switchOutReady(); // what is ready already is told in the next turn
        return !ready.isEmpty();
      }
      hub.switchOut(nanos, true);
      return !ready.isEmpty() || end - System.nanoTime() > 0;
    } finally {
      waiter = null;
    }
  }

  /** In the hub of what has become ready. */
  @Override
  public void accept(Linkable object) {
    if (hub.isHere()) {
      arrive(object);
    } else if (!hub.isClosed()) {
      hub.loop().runCallbackThreadsafe(() -> arrive(object));
    }
  }

  @Override
  public boolean isForeignTo(Hub other) {
    return hub != other;
  }

  @SuppressWarnings("unchecked")
  private void arrive(Linkable object) {
    if (!closed) {
      ready.add((L) object);
      if (waiter != null) {
        hub.makeReady(waiter);
      }
    }
  }

  /** Forgets those that haven't been given. Harmless when it is closed. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (linked) {
      for (L object : objects) {
        object.unlink(this);
      }
    }
    for (; foreign > 0; foreign--) {
      hub.loop().unref();
    }
  }
}
