package io.gevent4j.server;

import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Hub;
import io.gevent4j.binding.Native;
import io.gevent4j.event.AsyncResult;
import io.gevent4j.event.Event;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.pool.Group;
import io.gevent4j.server.HubGroup.ServerMaker;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.waiting.Throwables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** A thread of a {@link HubGroup}: it has a hub, for as long as it isn't told to end. */
final class HubThread extends Thread {
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(1);

  private final int[] cpus; // none: any
  private final Group greenlets = new Group(); // that it was given; in the hub
  private final List<BaseServer> servers = new ArrayList<>(); // in the hub
  private final AsyncResult<Hub> hub = new AsyncResult<>();
  private final AsyncResult<Duration> end = new AsyncResult<>(); // how long they have
  private final AsyncResult<Void> ended = new AsyncResult<>();
  private boolean ending; // takes nothing more; guarded by this

  HubThread(String name, int[] cpus) {
    super(name);
    this.cpus = cpus;
  }

  @Override
  public void run() {
    try {
      runHub();
      ended.set(null);
    } catch (Throwable thrown) {
      takeNothingMore();
      if (!hub.ready()) {
        hub.setException(thrown);
        return;
      }
      ended.setException(thrown);
      throw thrown; // to the handler of uncaught exceptions
    }
  }

  private void runHub() {
    try (Hub hub = Hub.get()) {
      pin(); // after the first greenlets' threads have been made
      hub.loop().ref(); // else it would wake up now and then to look for other threads
      this.hub.set(hub);
      try {
        drain(hub, end.await());
      } finally {
        takeNothingMore(); // while it is open: what a closed hub takes would be lost
      }
    }
  }

  private void pin() {
    if (cpus.length == 0) {
      return;
    }
    int status = Native.gv_thread_pin(cpus, cpus.length);
    if (status == Native.GV_EINVAL) {
      throw new IllegalArgumentException("there is no such CPU: " + Arrays.toString(cpus));
    }
    if (status != Native.GV_OK) {
      throw new UnsupportedOperationException(
          "cannot pin a thread to " + Arrays.toString(cpus) + ": " + Native.gv_status_text(status));
    }
  }

  private synchronized void takeNothingMore() {
    ending = true;
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  private void drain(Hub hub, Duration timeout) {
    takeNothingMore();
    Event taken = new Event(); // what was sent before
    hub.loop().runCallbackThreadsafe(taken::set);
    taken.await();
    List<Greenlet<Void>> stops = new ArrayList<>();
    for (BaseServer server : servers) {
      stops.add(Gevent.spawn(() -> server.stop(timeout)));
    }
    greenlets.join(timeout);
    greenlets.kill(new GreenletExit(getName() + " ends"), true, KILL_TIMEOUT);
    Gevent.joinAll(stops);
  }

  /** Has this run in the hub, where it must not wait. Returns false if it ends, or has ended. */
  private synchronized boolean send(Runnable run) {
    Hub hub = this.hub.value();
    return !ending && hub != null && hub.runInHub(run);
  }

  /**
   * Starts it in a greenlet, unless the hub ends; if that ends before it begins, deals it again.
   */
  boolean spawn(Dealt dealt) {
    Dealt.Turn turn = dealt.new Turn(this);
    return start(turn, turn::giveBack, thrown -> turn.drop())
        || !turn.take(); // the hub's end has given it back
  }

  /**
   * Returns what gets what the call returns or throws, and is cancelled if that never begins; null
   * if it ends.
   */
  <T> AsyncResult<T> spawn(Callable<? extends T> call) {
    AsyncResult<T> result = new AsyncResult<>();
    Runnable run = () -> callInto(result, call);
    return start(run, () -> cancelUnlessSet(result), result::setException) ? result : null;
  }

  /**
   * Starts it in a greenlet, unless the hub ends.
   *
   * @param ended for the end of the greenlet, or of the hub: then no greenlet begins any more
   * @param failed gets what keeps it from being started
   */
  private boolean start(Runnable run, Runnable ended, Consumer<Throwable> failed) {
    if (isEnding()) {
      return false;
    }
    Hub hub = this.hub.value(); // the group has waited for it
    Runnable closer = ended::run;
    hub.onClose(closer);
    boolean sent = send(() -> startHere(hub, run, closer, failed));
    if (!sent) {
      hub.forgetOnClose(closer);
    }
    return sent;
  }

  private void startHere(Hub hub, Runnable run, Runnable closer, Consumer<Throwable> failed) {
    try {
      greenlets
          .spawn(run)
          .rawLink(
              ended -> {
                hub.forgetOnClose(closer);
                closer.run();
              });
    } catch (Throwable thrown) { // there is no greenlet
      hub.forgetOnClose(closer);
      failed.accept(thrown);
      throw thrown;
    }
  }

  private static <T> void callInto(AsyncResult<T> result, Callable<? extends T> call) {
    try {
      result.set(call.call());
    } catch (Throwable thrown) {
      result.setException(thrown);
      if (Hub.SYSTEM_ERROR.stream().anyMatch(type -> type.isInstance(thrown))) {
        throw Throwables.<RuntimeException>sneak(thrown);
      }
    }
  }

  /** Its greenlet was killed before it began, or the hub has ended. */
  private static void cancelUnlessSet(AsyncResult<?> result) {
    if (!result.ready()) {
      result.cancel(false);
    }
  }

  /** In a greenlet of it. */
  BaseServer serve(TcpListener listener, ServerMaker maker) throws Exception {
    BaseServer server = maker.make(listener);
    server.start();
    servers.add(server);
    return server;
  }

  /** Waits until it has a hub. Throws why it has none. */
  void awaitHub() {
    hub.await();
    if (hub.exception() != null) {
      throw Throwables.<RuntimeException>sneak(hub.exception());
    }
  }

  /** Whether it was told to. */
  boolean isToEnd() {
    return end.ready();
  }

  /** Has it end; greenlets and servers have so long. Only the first call counts. */
  synchronized void end(Duration timeout) {
    if (!end.ready()) {
      end.set(timeout);
    }
  }

  boolean isHere() {
    Hub hub = this.hub.value();
    return hub != null && hub.isHere();
  }

  /** Waits until it has ended. Returns what has ended it; null: {@link #end}. */
  Throwable awaitEnd() {
    ended.await();
    try {
      join(); // it has nothing left to do
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ended.exception();
  }
}
