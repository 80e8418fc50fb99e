package io.gevent4j;

import io.gevent4j.greenlet.GreenletException;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.local.Locals;
import io.gevent4j.loop.Callback;
import io.gevent4j.loop.TimerWatcher;
import io.gevent4j.waiting.Seconds;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A greenlet that the hub starts, and that tells who is interested how it ended. What it does is
 * given as a function, or overridden in {@link #run()}.
 *
 * <p>An exception that it throws is kept for {@link #get}, and is also handed to the hub, which
 * prints it once: it is never thrown into the parent. A {@link GreenletExit} ends it too, but is no
 * error: the greenlet then counts as successful and, for a {@link Future}, as cancelled.
 *
 * <p><b>Thread rule:</b> the greenlets of the hub that it was made in. Any thread may ask for its
 * state, {@link #get} and {@link #join} it, {@link #cancel} it, and link to it.
 *
 * <p>gevent: {@code gevent.Greenlet}.
 *
 * @param <T> what it returns
 */
public class Greenlet<T> extends RawGreenlet implements Future<T>, Linkable, AutoCloseable {
  private static final Object NOT_STARTED = new Object();

  private final Hub hub = Hub.get();
  private final Origin origin;
  private Locals inherited = Locals.inherit(); // of who makes it; null: nothing, or entered
  private Callable<? extends T> call; // null where run() is overridden, and once it has ended
  private Object start = NOT_STARTED; // or what starts it: a Callback or a TimerWatcher; or null
  private volatile Links links; // null: none yet
  private String name;
  private int ident = -1;
  private T value;
  private Throwable exception; // what it threw, or the GreenletExit
  private volatile boolean ready; // written last

  /** Not started; for those that override {@link #run()}. */
  protected Greenlet() {
    super(Hub.get().runner());
    this.origin = Origin.here(this);
  }

  /** Not started. */
  public Greenlet(Callable<? extends T> call) {
    super(Hub.get().runner());
    this.call = Objects.requireNonNull(call, "call");
    this.origin = Origin.here(call);
  }

  /** Not started; its value will be null. */
  public Greenlet(Runnable run) {
    super(Hub.get().runner());
    Objects.requireNonNull(run, "run");
    this.origin = Origin.here(run);
    this.call =
        () -> {
          run.run();
          return null;
        };
  }

  /** What it does. gevent: {@code _run}. */
  protected T run() throws Exception {
    if (call == null) {
      throw new UnsupportedOperationException("a greenlet that neither has nor overrides run");
    }
    return call.call();
  }

  // ---- starting ----

  /** Makes one and starts it. gevent: {@code Greenlet.spawn}. */
  public static <T> Greenlet<T> spawn(Callable<? extends T> call) {
    Greenlet<T> greenlet = new Greenlet<>(call);
    greenlet.start();
    return greenlet;
  }

  /** As {@link #spawn(Callable)}, without a value. */
  public static Greenlet<Void> spawn(Runnable run) {
    Greenlet<Void> greenlet = new Greenlet<>(run);
    greenlet.start();
    return greenlet;
  }

  /** Makes one that starts after a while. gevent: {@code Greenlet.spawn_later}. */
  public static <T> Greenlet<T> spawnLater(Duration after, Callable<? extends T> call) {
    Greenlet<T> greenlet = new Greenlet<>(call);
    greenlet.startLater(after);
    return greenlet;
  }

  /** As {@link #spawnLater(Duration, Callable)}, without a value. */
  public static Greenlet<Void> spawnLater(Duration after, Runnable run) {
    Greenlet<Void> greenlet = new Greenlet<>(run);
    greenlet.startLater(after);
    return greenlet;
  }

  /**
   * Has it run once those that are ready have had their turn. Harmless if it was started or killed
   * before.
   */
  public void start() {
    if (start == NOT_STARTED && !ready) {
      SpawnCallbacks.call(this);
      start = hub.loop().runCallback(this::enter);
      hub.living.add(this);
    }
  }

  /** As {@link #start}, after a while. */
  public void startLater(Duration after) {
    if (start == NOT_STARTED && !ready) {
      SpawnCallbacks.call(this);
      TimerWatcher timer = hub.loop().timer(after);
      timer.start(this::enter);
      start = timer;
      hub.living.add(this);
    }
  }

  /** As {@link #startLater(Duration)}, in seconds. */
  public void startLater(double seconds) {
    startLater(Seconds.of(seconds));
  }

  /** In the hub. */
  private void enter() {
    forgetStart();
    if (hub.isClosing()) {
      endUnstarted(new HubDestroyed(hub));
    } else if (!ready) {
      try {
        hub.enter(this);
      } catch (Throwable thrown) { // there is no thread to be had for it
        if (super.isStarted()) {
          throw thrown;
        }
        hub.living.remove(this);
        endUnstarted(thrown);
      }
    }
  }

  private void forgetStart() {
    Object pending = start;
    start = null;
    if (pending instanceof TimerWatcher) {
      ((TimerWatcher) pending).close();
    } else if (pending instanceof Callback) {
      ((Callback) pending).stop();
    }
  }

  // ---- running and ending ----

  @Override
  protected final Object run(Object ignored) {
    T result = null;
    Throwable thrown = null;
    try {
      enterLocals();
      result = run();
    } catch (Throwable t) {
      thrown = t;
    }
    try {
      finish(result, thrown);
    } finally {
      Locals.end(); // once the hub's error handler has had them
    }
    return null;
  }

  private void enterLocals() {
    Locals entered = inherited;
    if (entered != null) {
      inherited = null;
      entered.enter();
    }
  }

  private void finish(T result, Throwable thrown) {
    value = result;
    exception = thrown;
    call = null;
    ready = true;
    hub.living.remove(this);
    if (ident >= 0) {
      hub.greenletIdents.giveBack(ident);
    }
    notifyLinks();
    if (thrown != null && !(thrown instanceof GreenletExit)) {
      hub.handleError(this, thrown);
    }
  }

  private void notifyLinks() {
    Links made = links;
    if (made != null) {
      made.schedule();
    }
  }

  /** Ends it before it has started: it never will. */
  void endUnstarted(Throwable thrown) {
    forgetStart();
    hub.living.remove(this);
    discardLocals();
    value = null;
    exception = thrown;
    call = null;
    ready = true;
    if (ident >= 0) {
      hub.greenletIdents.giveBack(ident);
    }
    notifyLinks();
    if (!(thrown instanceof GreenletExit)) {
      hub.handleError(this, thrown);
    }
  }

  private void discardLocals() {
    if (inherited != null) {
      inherited.discard();
      inherited = null;
    }
  }

  /**
   * Throws in this greenlet, as {@link RawGreenlet#throwInto} does; one that hasn't run never will.
   * Only from the hub does the caller come back at once. gevent: {@code Greenlet.throw}.
   */
  @Override
  public Object throwInto(Throwable thrown) {
    if (!super.isStarted() && !ready) {
      if (!hub.isHere()) {
        throw new GreenletException("cannot throw into a greenlet of a different thread: " + this);
      }
      endUnstarted(thrown);
      return null;
    }
    return super.throwInto(thrown);
  }

  /** Kills it with a {@link GreenletExit} and waits until it has ended. */
  public void kill() {
    kill(new GreenletExit("killed"));
  }

  /** Kills it with this and waits until it has ended. */
  public void kill(Throwable thrown) {
    kill(thrown, true, null);
  }

  /** Kills it with a {@link GreenletExit}; waits until it has ended only if {@code block}. */
  public void kill(boolean block) {
    kill(new GreenletExit("killed"), block, null);
  }

  /**
   * Has the hub throw this in the greenlet, which may catch it and live on. One that hasn't run
   * never will, and its links are told. Harmless for one that has ended.
   *
   * <p>gevent: {@code Greenlet.kill}.
   *
   * @param block whether to wait until it has ended
   * @param timeout how long to wait; null: for as long as it takes. When it is up, this returns.
   */
  public void kill(Throwable thrown, boolean block, Duration timeout) {
    Objects.requireNonNull(thrown, "thrown");
    if (ready) {
      return;
    }
    if (!hub.isHere()) {
      hub.loop().runCallbackThreadsafe(() -> kill(thrown, false, null));
    } else if (!super.isStarted()) {
      endUnstarted(thrown);
      return;
    } else {
      Waiter<Void> done = new Waiter<>(hub);
      hub.loop().runCallback(() -> killNow(thrown, done));
      if (block) {
        done.get();
      }
    }
    if (block) {
      join(timeout);
    }
  }

  /** In the hub. */
  private void killNow(Throwable thrown, Waiter<Void> done) {
    try {
      if (!ready) {
        super.throwInto(thrown);
      }
    } finally {
      done.switchTo(null);
    }
  }

  // ---- waiting for it ----

  /** Waits until it has ended, however that was. */
  public boolean join() {
    return join(null);
  }

  /** As {@link #get(Duration)}, in seconds. */
  public T get(double seconds) throws InterruptedException, ExecutionException, TimeoutException {
    return get(Seconds.of(seconds));
  }

  /**
   * Waits until it has ended.
   *
   * @param timeout null: for as long as it takes
   * @return whether it has ended
   */
  public boolean join(Duration timeout) {
    return await(timeout, false);
  }

  private boolean await(Duration timeout, boolean interruptibly) {
    return ready || Joining.await(this, timeout, interruptibly);
  }

  /** As {@link #join(Duration)}, in seconds. */
  public boolean join(double seconds) {
    return join(Seconds.of(seconds));
  }

  /**
   * Waits until it has ended.
   *
   * @return its value
   * @throws ExecutionException with what it threw as the cause
   * @throws CancellationException with the {@link GreenletExit} as the cause, if that ended it
   */
  @Override
  public T get() throws InterruptedException, ExecutionException {
    requireUninterrupted();
    if (!await(null, true)) {
      requireUninterrupted();
    }
    return outcome();
  }

  /** As {@link #get()}. */
  public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
    requireUninterrupted();
    if (!await(timeout, true)) {
      requireUninterrupted();
      throw new TimeoutException("not ended within " + timeout + ": " + this);
    }
    return outcome();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return get(Duration.ofNanos(unit.toNanos(timeout)));
  }

  private static void requireUninterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private T outcome() throws ExecutionException {
    if (exception == null) {
      return value;
    }
    if (exception instanceof GreenletExit) {
      CancellationException cancelled = new CancellationException(exception.getMessage());
      cancelled.initCause(exception);
      throw cancelled;
    }
    throw new ExecutionException(exception);
  }

  /** As {@link #join()}: leaving a try block normally waits for the greenlet. */
  @Override
  public void close() {
    join();
  }

  // ---- its state ----

  /** Whether it has been started, or will be, and hasn't ended. */
  @Override
  public boolean isStarted() {
    return !ready && start != NOT_STARTED;
  }

  /** Whether it has ended, or was killed before it could start. */
  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public boolean isDead() {
    return ready || super.isDead();
  }

  /** Whether it has ended without an error; a {@link GreenletExit} is none. */
  public boolean successful() {
    return ready && (exception == null || exception instanceof GreenletExit);
  }

  /** What it returned; null if it hasn't. */
  public T value() {
    return ready ? value : null;
  }

  /** What it threw; null if it didn't. A {@link GreenletExit} is given by {@link #exit}. */
  public Throwable exception() {
    return ready && !(exception instanceof GreenletExit) ? exception : null;
  }

  /** The GreenletExit that has ended it, or null. gevent: then it is the value. */
  public GreenletExit exit() {
    return ready && exception instanceof GreenletExit ? (GreenletExit) exception : null;
  }

  @Override
  public boolean isDone() {
    return ready;
  }

  @Override
  public boolean isCancelled() {
    return exit() != null;
  }

  /** As {@code kill(false)}. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (ready) {
      return false;
    }
    kill(new GreenletExit("cancelled"), false, null);
    return true;
  }

  // ---- links ----

  private Links links() {
    Links made = links;
    return made != null ? made : makeLinks();
  }

  private synchronized Links makeLinks() {
    if (links == null) {
      links = new Links(this, hub);
    }
    return links;
  }

  @Override
  public void rawLink(Consumer<? super Linkable> callback) {
    links().add(callback, Links.RAW);
  }

  /**
   * Has the callback run with this greenlet, in a greenlet of its own, when this has ended. Links
   * are called in the order in which they were made; after the end, soon.
   */
  public void link(Consumer<? super Greenlet<T>> callback) {
    links().add(callback, Links.ANY);
  }

  /** As {@link #link}, only if it is {@link #successful}. */
  public void linkValue(Consumer<? super Greenlet<T>> callback) {
    links().add(callback, Links.VALUE);
  }

  /** As {@link #link}, only if it ends by an exception. */
  public void linkException(Consumer<? super Greenlet<T>> callback) {
    links().add(callback, Links.EXCEPTION);
  }

  @Override
  public void unlink(Consumer<?> callback) {
    if (links != null) {
      links.remove(callback);
    }
  }

  /** Takes back all links. Any thread. */
  public void unlinkAll() {
    if (links != null) {
      links.clear();
    }
  }

  /** Whether somebody is linked who hasn't been told. Any thread. */
  public boolean hasLinks() {
    return links != null && !links.isEmpty();
  }

  // ---- who it is ----

  Origin origin() {
    return origin;
  }

  /** The hub that it runs in. */
  public Hub hub() {
    return hub;
  }

  /** {@code Greenlet-} and its number, unless set. */
  public String name() {
    return name != null ? name : "Greenlet-" + minimalIdent();
  }

  public void setName(String name) {
    this.name = name;
  }

  /** A small number of its own among those of its hub that haven't ended. */
  public int minimalIdent() {
    if (ident < 0) {
      ident = hub.greenletIdents.take();
      if (ready) {
        hub.greenletIdents.giveBack(ident);
      }
    }
    return ident;
  }

  /** Shared by all greenlets that descend from one that was not spawned by a greenlet. */
  public Map<Object, Object> spawnTreeLocals() {
    return origin.locals();
  }

  /** The one that made it; null if that wasn't a Greenlet, or is gone. */
  public Greenlet<?> spawningGreenlet() {
    return origin.greenlet();
  }

  /**
   * Where it was made: the innermost {@link Config#SPAWNING_STACK_LIMIT} frames. Of greenlets made
   * with one and the same lambda expression, where the first of them was: what called the place of
   * the expression may be another for each. Empty unless {@link Config#TRACK_GREENLET_TREE}.
   */
  public StackTraceElement[] spawningStack() {
    return origin.stack();
  }

  /** Has this called with each greenlet that is started. Any thread. */
  public static void addSpawnCallback(Consumer<? super Greenlet<?>> callback) {
    SpawnCallbacks.add(callback);
  }

  /** Takes {@link #addSpawnCallback} back. */
  public static void removeSpawnCallback(Consumer<? super Greenlet<?>> callback) {
    SpawnCallbacks.remove(callback);
  }

  /** Its name, and its state. */
  @Override
  public String toString() {
    String state =
        ready
            ? exception == null ? "value=" + value : "exception=" + exception
            : super.isStarted()
                ? "running"
                : start == NOT_STARTED ? "not started" : "to be started";
    return name() + "[" + state + "]";
  }
}
