package io.gevent4j;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.Watcher;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Throwables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What is used most, in one place: greenlets of the calling thread's hub are started, waited for
 * and ended with these.
 *
 * <p><b>Thread rule:</b> any platform thread; each works on the hub of the thread that calls.
 *
 * <p>gevent: the package {@code gevent} itself.
 */
public final class Gevent {
  private Gevent() {}

  // ---- starting ----

  /** Starts a greenlet: it runs when the caller next waits. gevent: {@code spawn}. */
  public static <T> Greenlet<T> spawn(Callable<? extends T> call) {
    return Greenlet.spawn(call);
  }

  /** As {@link #spawn(Callable)}, without a value. */
  public static Greenlet<Void> spawn(Runnable run) {
    return Greenlet.spawn(run);
  }

  /** Starts a greenlet after a while. gevent: {@code spawn_later}. */
  public static <T> Greenlet<T> spawnLater(Duration after, Callable<? extends T> call) {
    return Greenlet.spawnLater(after, call);
  }

  /** As {@link #spawnLater(Duration, Callable)}, without a value. */
  public static Greenlet<Void> spawnLater(Duration after, Runnable run) {
    return Greenlet.spawnLater(after, run);
  }

  /** As {@link #spawnLater(Duration, Callable)}, in seconds. */
  public static <T> Greenlet<T> spawnLater(double seconds, Callable<? extends T> call) {
    return Greenlet.spawnLater(Seconds.of(seconds), call);
  }

  /** As {@link #spawnLater(Duration, Runnable)}, in seconds. */
  public static Greenlet<Void> spawnLater(double seconds, Runnable run) {
    return Greenlet.spawnLater(Seconds.of(seconds), run);
  }

  /**
   * Starts a greenlet that nobody can link to, join or get a value from, and that is therefore
   * cheaper. Its errors go to the hub. gevent: {@code spawn_raw}.
   */
  public static RawGreenlet spawnRaw(Runnable run) {
    Hub hub = Hub.get();
    RawTask task = new RawTask(hub, Objects.requireNonNull(run, "run"));
    hub.loop().runCallback(task::enter);
    return task;
  }

  // ---- pausing ----

  /**
   * Lets others run for a while: for 0 or less until those that are ready have had their turn.
   * gevent: {@code sleep}.
   */
  public static void sleep(double seconds) {
    Hub hub = Hub.get();
    if (seconds <= 0) {
      hub.switchOutReady();
    } else {
      hub.switchOut(Seconds.nanos(seconds), true);
    }
  }

  /** As {@link #sleep(double)}. */
  public static void sleep(Duration span) {
    sleep(span, true);
  }

  /**
   * As {@link #sleep(double)}.
   *
   * @param ref whether this keeps the loop from being idle; if nothing else does, main gets a
   *     {@link LoopExit}
   */
  public static void sleep(Duration span, boolean ref) {
    Hub hub = Hub.get();
    long nanos = Seconds.nanos(span);
    if (nanos == 0) {
      hub.switchOutReady();
    } else {
      hub.switchOut(nanos, ref);
    }
  }

  /** Waits until the loop has nothing else to do. gevent: {@code idle}. */
  public static void idle() {
    idle(0);
  }

  /**
   * Waits until the loop has nothing else to do.
   *
   * @param priority among those that wait for this, from -2 to 2
   */
  public static void idle(int priority) {
    Hub hub = Hub.get();
    try (Watcher watcher = hub.loop().idle()) {
      watcher.setPriority(priority);
      hub.waitFor(watcher);
    }
  }

  // ---- waiting for greenlets ----

  /** Waits for all of them. Returns them in the order in which they ended. */
  @SafeVarargs
  public static <G extends Greenlet<?>> List<G> joinAll(G... greenlets) {
    return joinAll(Arrays.asList(greenlets));
  }

  /** Waits for all of them. Returns them in the order in which they ended. */
  public static <G extends Greenlet<?>> List<G> joinAll(Collection<? extends G> greenlets) {
    return joinAll(greenlets, null);
  }

  /** As {@link #joinAll(Collection, Duration, boolean, int)}, for all, without throwing. */
  public static <G extends Greenlet<?>> List<G> joinAll(
      Collection<? extends G> greenlets, Duration timeout) {
    return joinAll(greenlets, timeout, false, -1);
  }

  /** As {@link #joinAll(Collection, Duration, boolean, int)}, for all. */
  public static <G extends Greenlet<?>> List<G> joinAll(
      Collection<? extends G> greenlets, Duration timeout, boolean raiseError) {
    return joinAll(greenlets, timeout, raiseError, -1);
  }

  /**
   * Waits for greenlets. gevent: {@code joinall}.
   *
   * @param timeout null: none
   * @param raiseError whether to throw, as it was, what the first of them to fail has thrown
   * @param count for how many to wait; negative: for all
   * @return those that have ended, in that order
   */
  public static <G extends Greenlet<?>> List<G> joinAll(
      Collection<? extends G> greenlets, Duration timeout, boolean raiseError, int count) {
    List<G> done = new ArrayList<>();
    try (IWait<G> ready = iwait(greenlets, timeout, count)) {
      for (G greenlet : ready) {
        if (raiseError && greenlet.exception() != null) {
          throw Throwables.<RuntimeException>sneak(greenlet.exception());
        }
        done.add(greenlet);
      }
    }
    return done;
  }

  /** Waits until the hub has nothing left to do: {@link Hub#join()}. gevent: {@code wait()}. */
  public static void waitAll() {
    Hub.get().join();
  }

  /** Waits for all of them, of any kind. Returns them in the order in which they became ready. */
  public static <L extends Linkable> List<L> waitAll(Collection<? extends L> objects) {
    return waitAll(objects, null, -1);
  }

  /** As {@link #waitAll(Collection)}; when the time is up, returns those that are ready. */
  public static <L extends Linkable> List<L> waitAll(
      Collection<? extends L> objects, Duration timeout) {
    return waitAll(objects, timeout, -1);
  }

  /**
   * Waits for things to become ready. gevent: {@code wait}.
   *
   * @param timeout null: none
   * @param count for how many to wait; negative: for all
   * @return those that are ready, in the order in which they became so
   */
  public static <L extends Linkable> List<L> waitAll(
      Collection<? extends L> objects, Duration timeout, int count) {
    List<L> done = new ArrayList<>();
    try (IWait<L> ready = iwait(objects, timeout, count)) {
      ready.forEach(done::add);
    }
    return done;
  }

  /** Waits for the first of them; null if there is none, or the time was up. */
  public static <L extends Linkable> L waitAny(Collection<? extends L> objects, Duration timeout) {
    try (IWait<L> ready = iwait(objects, timeout, 1)) {
      return ready.hasNext() ? ready.next() : null;
    }
  }

  /** Gives them as they become ready. gevent: {@code iwait}. */
  public static <L extends Linkable> IWait<L> iwait(Collection<? extends L> objects) {
    return iwait(objects, null, -1);
  }

  /** As {@link #iwait(Collection)}, for so many of them (negative: all), within this time. */
  public static <L extends Linkable> IWait<L> iwait(
      Collection<? extends L> objects, Duration timeout, int count) {
    return new IWait<>(objects, timeout, count);
  }

  // ---- ending ----

  /** Has the hub throw a {@link GreenletExit} in any greenlet, and doesn't wait. */
  public static void kill(RawGreenlet greenlet) {
    kill(greenlet, new GreenletExit("killed"));
  }

  /** Has the hub throw this in any greenlet, and doesn't wait. gevent: {@code kill}. */
  public static void kill(RawGreenlet greenlet, Throwable thrown) {
    Objects.requireNonNull(thrown, "thrown");
    if (greenlet instanceof Greenlet) {
      ((Greenlet<?>) greenlet).kill(thrown, false, null);
    } else if (!greenlet.isDead()) {
      Hub hub = greenlet instanceof RawTask ? ((RawTask) greenlet).hub() : Hub.get();
      if (hub.isHere()) {
        hub.loop().runCallback(() -> throwInto(greenlet, thrown));
      } else {
        hub.loop().runCallbackThreadsafe(() -> throwInto(greenlet, thrown));
      }
    }
  }

  private static void throwInto(RawGreenlet greenlet, Throwable thrown) {
    if (!greenlet.isDead()) {
      greenlet.throwInto(thrown);
    }
  }

  /** Kills them all with a {@link GreenletExit} and waits until they have ended. */
  public static void killAll(Collection<? extends RawGreenlet> greenlets) {
    killAll(greenlets, new GreenletExit("killed"), true, null);
  }

  /**
   * Kills greenlets of this hub, in this order; those that haven't run never will. gevent: {@code
   * killall}.
   *
   * @param block whether to wait until they have ended, which only {@link Greenlet}s are waited for
   * @param timeout null: none
   * @throws Timeout when the time is up
   */
  public static void killAll(
      Collection<? extends RawGreenlet> greenlets,
      Throwable thrown,
      boolean block,
      Duration timeout) {
    Objects.requireNonNull(thrown, "thrown");
    Hub hub = Hub.get();
    List<RawGreenlet> all = new ArrayList<>(greenlets);
    for (RawGreenlet greenlet : all) { // those that haven't run, at once
      if (!greenlet.isDead() && !greenlet.isActive()) {
        greenlet.throwInto(thrown);
      }
    }
    Waiter<Void> done = new Waiter<>(hub);
    hub.loop()
        .runCallback(
            () -> {
              for (RawGreenlet greenlet : all) {
                throwInto(greenlet, thrown);
              }
              done.switchTo(null);
            });
    if (block) {
      try (Timeout pending = Timeout.startNew(new Timeout(timeout))) {
        done.get();
        for (RawGreenlet greenlet : all) {
          if (greenlet instanceof Greenlet) {
            ((Greenlet<?>) greenlet).join();
          }
        }
      }
    }
  }

  /**
   * Calls this, for at most so long. gevent: {@code with_timeout}.
   *
   * @return what the call returns
   * @throws Timeout when the time is up
   */
  public static <T> T withTimeout(Duration timeout, Callable<T> call) throws Exception {
    return new Timeout(timeout).call(call);
  }

  /** As {@link #withTimeout(Duration, Callable)}; when the time is up, returns this value. */
  public static <T> T withTimeout(Duration timeout, Callable<T> call, T timeoutValue)
      throws Exception {
    Timeout pending = new Timeout(timeout);
    try {
      return pending.call(call);
    } catch (Timeout thrown) {
      if (thrown != pending) {
        throw thrown;
      }
      return timeoutValue;
    }
  }

  /** As {@link #withTimeout(Duration, Callable)}, without a value. */
  public static void withTimeout(Duration timeout, Runnable run) {
    new Timeout(timeout).run(run);
  }

  /** As {@link #withTimeout(Duration, Callable)}, in seconds. */
  public static <T> T withTimeout(double seconds, Callable<T> call) throws Exception {
    return withTimeout(Seconds.of(seconds), call);
  }

  /** As {@link #withTimeout(Duration, Runnable)}, in seconds. */
  public static void withTimeout(double seconds, Runnable run) {
    withTimeout(Seconds.of(seconds), run);
  }

  // ---- who and where ----

  /** The greenlet that calls: a {@link Greenlet}, or a raw one such as main or the hub's. */
  public static RawGreenlet getCurrent() {
    return RawGreenlet.getCurrent();
  }

  /** The hub of the calling thread, made if there is none. */
  public static Hub getHub() {
    return Hub.get();
  }

  // ---- signals ----

  /**
   * Has this run, in a greenlet of its own, whenever the process gets the signal, in place of what
   * the signal did before. Waiting for a signal alone doesn't keep the loop from being idle.
   * gevent: {@code signal_handler}.
   *
   * @param name {@code SIGTERM} or {@code TERM}
   * @throws IllegalArgumentException if there is no such signal, or the virtual machine needs it
   */
  public static SignalHandler signalHandler(String name, Runnable handler) {
    Objects.requireNonNull(handler, "handler");
    return new SignalHandler(Hub.get().loop().signal(name), handler);
  }

  /** As {@link #signalHandler(String, Runnable)}, by number. */
  public static SignalHandler signalHandler(int number, Runnable handler) {
    Objects.requireNonNull(handler, "handler");
    return new SignalHandler(Hub.get().loop().signal(number), handler);
  }

  // ---- settings of the calling thread's hub ----

  /**
   * How long the loop may go unasked, in seconds, while greenlets and callbacks are ready. gevent:
   * {@code setswitchinterval}.
   */
  public static void setSwitchInterval(double seconds) {
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("not a number of seconds: " + seconds);
    }
    Native.gv_hub_set_interval(Hub.get().loop().ptr(), Seconds.nanos(seconds));
    Hub.get().switchInterval = seconds;
  }

  /** As set; at first {@link Config#SWITCH_INTERVAL}. */
  public static double getSwitchInterval() {
    return Hub.get().switchInterval;
  }

  /** Has fork watchers fire. A virtual machine doesn't fork, so that nothing else is to be done. */
  public static void reinit() {
    Hub.get().loop().reinit();
  }
}
