package io.gevent4j;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.local.Locals;

/** What {@link Gevent#spawnRaw} starts: no value, no links; its errors go to the hub. */
final class RawTask extends RawGreenlet {
  private final Hub hub;
  private final Runnable run;
  private boolean killed; // before it could start

  RawTask(Hub hub, Runnable run) {
    super(hub.runner());
    this.hub = hub;
    this.run = run;
  }

  /** In the hub. */
  void enter() {
    if (!isDead() && !hub.isClosing()) {
      hub.living.add(this);
      try {
        hub.enter(this);
      } catch (Throwable thrown) { // there is no stack for it
        hub.living.remove(this);
        throw thrown;
      }
    }
  }

  @Override
  public boolean isDead() {
    return killed || super.isDead();
  }

  /** As {@link Greenlet#throwInto}. */
  @Override
  public Object throwInto(Throwable thrown) {
    if (!isStarted() && !killed) {
      requireHere();
      killed = true;
      hub.handleError(this, thrown);
      return null;
    }
    return super.throwInto(thrown);
  }

  private void requireHere() {
    if (!hub.isHere()) {
      throw new GreenletException("cannot throw into a greenlet of a different thread: " + this);
    }
  }

  Hub hub() {
    return hub;
  }

  @Override
  protected Object run(Object ignored) {
    try {
      run.run();
    } catch (Throwable thrown) {
      hub.handleError(this, thrown);
    } finally {
      hub.living.remove(this);
      Locals.end();
    }
    return null;
  }
}
