package io.gevent4j.server;

import io.gevent4j.Hub;
import io.gevent4j.Linkable;
import io.gevent4j.loop.IoWatcher;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.TimerWatcher;
import io.gevent4j.pool.Group;
import io.gevent4j.pool.Pool;
import io.gevent4j.server.BaseServer.Job;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Takes what comes in and has it handled, in the hub, whenever the descriptor is readable. It
 * pauses while the pool is full, until a slot is free; and for a while after each failure, or when
 * the server is full in another way.
 */
final class Acceptor {
  private final BaseServer server;
  private final Hub hub;
  private final IoWatcher readable; // active: it accepts
  private final Consumer<Linkable> slotFree = slots -> begin();
  private Linkable slots; // of the full pool that it waits for; or null
  private TimerWatcher pause; // for a while; or null
  private Duration delay; // of the next pause

  Acceptor(BaseServer server, Hub hub, int fd) {
    this.server = server;
    this.hub = hub;
    this.delay = server.minDelay();
    this.readable = hub.loop().io(fd, Loop.READ);
  }

  Hub hub() {
    return hub;
  }

  void begin() {
    end();
    readable.start(this::accept);
  }

  void end() {
    readable.stop();
    if (pause != null) {
      pause.close();
      pause = null;
    }
    if (slots != null) {
      slots.unlink(slotFree);
      slots = null;
    }
  }

  void close() {
    end();
    readable.close();
  }

  /** As many at a time as the server wants; each handler may stop it. */
  private void accept() {
    for (int i = 0; i < server.maxAccept() && readable.isActive(); i++) {
      if (server.full()) {
        awaitRoom(server.pool());
        return;
      }
      if (!acceptOne()) {
        return;
      }
    }
  }

  private void awaitRoom(Group pool) {
    if (pool instanceof Pool && pool.full()) {
      end();
      slots = ((Pool) pool).slots();
      slots.rawLink(slotFree);
    } else { // full in a way of its own, of whose end nobody may tell
      pause();
    }
  }

  /** Returns whether there may be more. */
  private boolean acceptOne() {
    Job job;
    try {
      job = server.next();
      delay = server.minDelay();
    } catch (Throwable thrown) {
      hub.loop().handleError(server, thrown);
      if (server.isFatal(thrown)) {
        server.closeListener();
      } else {
        pause();
      }
      return false;
    }
    return job != null && handle(job);
  }

  private boolean handle(Job job) {
    try {
      server.spawn().spawn(job);
      return true;
    } catch (Throwable thrown) {
      job.drop();
      hub.loop().handleError(server, thrown);
      pause();
      return false;
    }
  }

  private void pause() {
    if (!readable.isActive()) {
      return; // a handler has stopped it
    }
    end();
    pause = hub.loop().timer(delay);
    pause.start(this::begin);
    Duration twice = delay.multipliedBy(2);
    delay = twice.compareTo(server.maxDelay()) > 0 ? server.maxDelay() : twice;
  }
}
