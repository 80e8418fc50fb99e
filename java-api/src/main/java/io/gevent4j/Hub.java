package io.gevent4j;

import io.gevent4j.binding.Native;
import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.Guests;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.greenlet.Scheduler;
import io.gevent4j.loop.ErrorHandler;
import io.gevent4j.loop.Loop;
import io.gevent4j.loop.LoopException;
import io.gevent4j.loop.TimerWatcher;
import io.gevent4j.loop.Watcher;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Throwables;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where a thread's greenlets wait: it has the loop, runs it, and knows who is ready. There is one
 * for each kernel thread that uses gevent4j, made at the first use.
 *
 * <p>A greenlet that waits switches straight to the next one that is ready, or else to the hub,
 * which asks the loop. However busy greenlets and callbacks are, the loop is asked every 0.1 ms
 * ({@link Config#SWITCH_INTERVAL}) at the next switch.
 *
 * <p>When its kernel thread ends, its suspended greenlets get a {@link GreenletExit}, one after the
 * other, each on a kernel thread of its own, and then the loop is closed. The hub of the thread
 * that runs {@code main} lives as long as the process, unless it is closed.
 *
 * <p><b>Thread rule:</b> the greenlets of its thread; from another one only {@link #loop} is of
 * use, for {@link Loop#runCallbackThreadsafe}.
 *
 * <p>gevent: {@code gevent.hub.Hub}.
 */
public final class Hub extends Scheduler implements AutoCloseable {
  /** Errors that are thrown on in main: who meets them can't go on. gevent: the same. */
  public static final List<Class<? extends Throwable>> SYSTEM_ERROR =
      List.of(SystemExit.class, OutOfMemoryError.class, InternalError.class, UnknownError.class);

  /** What ends a greenlet without being an error, and isn't printed. gevent: the same. */
  public static final List<Class<? extends Throwable>> NOT_ERROR =
      List.of(GreenletExit.class, SystemExit.class);

  private static final Duration PATIENCE = Duration.ofMillis(50);
  private static final Idents IDENTS = new Idents();

  final Idents greenletIdents = new Idents();
  final Living living = new Living();

  private final Loop loop;
  private final int ident = IDENTS.take();
  private ErrorReport report = new ErrorReport();
  private ErrorHandler errorHandler = report;
  double switchInterval = Config.SWITCH_INTERVAL.value();
  private RawGreenlet joiner; // main, while it waits for the loop to have nothing left
  private boolean joined; // and it has nothing left
  private boolean waitsForThreads = true;
  private final TimerWatcher patience;
  private boolean waitedInVain; // for all of this time nobody has come
  private final Set<Runnable> closers = ConcurrentHashMap.newKeySet(); // run once it is closed
  private boolean closing;
  private boolean closed;

  private Hub(Loop loop) {
    super(loop.ptr());
    this.loop = loop;
    this.patience = loop.timer(PATIENCE);
    Native.gv_hub_set_interval(loop.ptr(), Math.round(switchInterval * 1e9));
    loop.setErrorHandler(this::handleError);
    launch();
    if (Loop.getDefault() == null) {
      loop.install();
    }
  }

  /**
   * The hub of the calling thread, made if there is none, with the loop that {@link Config} names.
   *
   * @throws io.gevent4j.greenlet.GreenletException on a virtual thread
   */
  public static Hub get() {
    Scheduler here = Scheduler.here();
    return here != null ? (Hub) here : createWithLoop();
  }

  private static Hub createWithLoop() {
    Loop loop = newLoop();
    try {
      return create(loop);
    } catch (Throwable thrown) {
      if (getIfExists() == null) {
        loop.close();
      }
      throw thrown;
    }
  }

  /** The hub of the calling thread, or null. */
  public static Hub getIfExists() {
    return (Hub) Scheduler.here();
  }

  /**
   * A hub for the calling thread, over a loop of its own, which it closes with itself.
   *
   * @throws IllegalStateException if the thread has one
   */
  public static Hub create(Loop loop) {
    Hub existing = getIfExists();
    if (existing != null) {
      throw new IllegalStateException("this thread has a hub already: " + existing);
    }
    return new Hub(Objects.requireNonNull(loop, "loop"));
  }

  private static Loop newLoop() {
    String name = Config.LOOP.value();
    String backend = Config.BACKEND.value();
    return new Loop(name, name.equals("libev") && !backend.equals("none") ? backend : null);
  }

  /** The loop that this hub runs. Any thread. */
  public Loop loop() {
    return loop;
  }

  // ---- running ----

  @Override
  protected void run() {
    while (!closed) {
      try {
        if (!loop.run()) {
          return;
        }
        nothingLeft();
      } catch (Throwable thrown) { // most likely there is no memory to run callbacks
        if (isOrphaned()) { // or main's thread has ended after a LoopExit
          return;
        }
        main().throwInto(thrown);
      }
    }
  }

  @Override
  protected void ending() {
    living.abandon(new HubDestroyed(this));
  }

  @Override
  protected void ended() {
    closed = true;
    if (!owner().isAlive()) { // else main closes the loop
      closeLoop();
    }
  }

  private void nothingLeft() {
    boolean again = waitsForThreads && waitsForAnybody() && (!waitedInVain || hasCompany());
    waitedInVain = false;
    if (again) { // for a while: one that has just ended may have left something in the inbox
      patience.start(() -> waitedInVain = true);
    } else if (joiner != null && !joined) {
      joined = true;
      makeReady(joiner);
    } else {
      LoopExit exit = new LoopExit(living.describe(this));
      exit.setStackTrace(main().getStackTrace());
      main().throwInto(exit);
    }
  }

  /** As {@link #join(Duration)}, for as long as it takes. */
  public void join() {
    join(null);
  }

  /**
   * Waits until all greenlets have ended or wait for nothing that could happen, and no timer or
   * other watcher counts any more.
   *
   * <p>gevent: {@code hub.join}.
   *
   * @param timeout null: none
   * @return false when the time was up
   * @throws IllegalStateException unless the caller is the thread's main greenlet
   */
  public boolean join(Duration timeout) {
    requireMain("wait for the hub");
    TimerWatcher timer = null;
    joiner = main();
    joined = false;
    boolean[] late = new boolean[1];
    try {
      if (timeout != null) {
        timer = loop.timer(timeout);
        timer.setRef(false);
        timer.start(
            () -> {
              late[0] = true;
              makeReady(main());
            });
      }
      while (!joined && !late[0]) {
        switchOut();
      }
      return joined;
    } finally {
      joiner = null;
      if (timer != null) {
        timer.close();
      }
    }
  }

  /** As {@link #join(Duration)}, in seconds. */
  public boolean join(double seconds) {
    return join(Seconds.of(seconds));
  }

  private void requireMain(String operation) {
    if (!isHere() || RawGreenlet.getCurrent() != main()) {
      throw new IllegalStateException("only main can " + operation + ": " + this);
    }
  }

  // ---- waiting ----

  /**
   * Suspends the caller until a stopped watcher has news; starts and stops it. Allocates nothing.
   *
   * <p>gevent: {@code hub.wait}.
   *
   * @return the watcher's events
   * @throws BlockingSwitchOutError in the hub
   * @throws IllegalStateException if the watcher is active, or not of this hub's loop
   */
  public int waitFor(Watcher watcher) {
    if (watcher.isActive()) {
      throw new ConcurrentObjectUseError("somebody else uses this watcher: " + watcher);
    }
    return switchOutFor(watcher.ptr());
  }

  /**
   * Runs something that blocks its kernel thread, for as long as it likes, while the greenlets of
   * this hub go on. It runs on the calling greenlet's own kernel thread, as the same thread with
   * its monitors and ThreadLocals; called by main, in another greenlet, since main's kernel thread
   * is the hub's. Meanwhile it can't use the hub; what is thrown into it is thrown when it is done.
   *
   * <p>gevent: the nearest is {@code hub.threadpool.apply}.
   *
   * @return what the call returns
   * @throws Exception what the call throws
   */
  public <T> T blocking(Callable<T> call) throws Exception {
    Objects.requireNonNull(call, "call");
    if (closed) {
      throw closed();
    }
    if (isAway()) {
      return call.call();
    }
    if (RawGreenlet.getCurrent() == main()) {
      return blockingForMain(call);
    }
    try {
      return runAway(call);
    } finally {
      if (closing && awayCount() == 0) {
        loop.runCallback(this::endAll);
      }
    }
  }

  private <T> T blockingForMain(Callable<T> call) throws Exception {
    Outcome<T> outcome = new Outcome<>();
    Waiter<Outcome<T>> waiter = new Waiter<>(this);
    Gevent.spawnRaw(
        () -> {
          try {
            outcome.value = runAway(call);
          } catch (Throwable thrown) {
            outcome.thrown = thrown;
          }
          waiter.switchTo(outcome);
        });
    waiter.get();
    if (outcome.thrown != null) {
      throw Throwables.<Exception>sneak(outcome.thrown);
    }
    return outcome.value;
  }

  private static final class Outcome<T> {
    T value;
    Throwable thrown;
  }

  /** In the hub: starts one that it is the parent of. */
  void enter(RawGreenlet pending) {
    if (!closing) {
      begin(pending);
    }
  }

  @Override
  protected RuntimeException strayed(Object value) {
    return new InvalidSwitchError(value);
  }

  @Override
  protected Error blockingInRunner() {
    return new BlockingSwitchOutError();
  }

  @Override
  protected Error closed() {
    return new HubDestroyed(this);
  }

  @Override
  protected RuntimeException failed(int status) {
    return new LoopException(
        "cannot wait: " + Native.gv_status_text(status), Native.GV_ESYSTEM - status);
  }

  /**
   * Whether a wait for something that any thread may bring about, such as an event, keeps main from
   * a {@link LoopExit}, and {@link #join} from returning, for as long as the program has other
   * threads; it does. gevent counts no other threads.
   */
  public void setWaitsForThreads(boolean waits) {
    waitsForThreads = waits;
  }

  @Override
  public boolean runInHub(Runnable run) {
    try {
      if (isHere()) {
        loop.runCallback(run);
      } else {
        loop.runCallbackThreadsafe(
            () -> {
              patience.stop(); // somebody has come
              waitedInVain = false;
              run.run();
            });
      }
      return true;
    } catch (IllegalStateException e) {
      if (!loop.isClosed()) {
        throw e;
      }
      return false;
    }
  }

  // ---- errors ----

  /**
   * What becomes of something that nobody else catches: a {@link #SYSTEM_ERROR} is thrown in main,
   * a {@link #NOT_ERROR} ignored, and the rest printed, unless another handler is set. It never
   * throws.
   *
   * <p>gevent: {@code hub.handle_error}.
   *
   * @param context the greenlet, watcher or callback that failed; null has it thrown in main
   */
  public void handleError(Object context, Throwable thrown) {
    if (context == null || isOneOf(SYSTEM_ERROR, thrown)) {
      throwInMain(thrown);
    } else if (!isOneOf(NOT_ERROR, thrown)) {
      try {
        errorHandler.handleError(context, thrown);
      } catch (Throwable worse) {
        worse.addSuppressed(thrown);
        report.handleError(errorHandler, worse);
      }
    }
  }

  static boolean isOneOf(List<Class<? extends Throwable>> classes, Throwable thrown) {
    for (Class<?> type : classes) {
      if (type.isInstance(thrown)) {
        return true;
      }
    }
    return false;
  }

  private void throwInMain(Throwable thrown) {
    if (!closed) {
      loop.runCallback(() -> main().throwInto(thrown));
    }
  }

  @Override
  protected void escaped(Throwable thrown) {
    handleError(this, thrown);
  }

  /** Who gets errors in place of the hub's own printing; null: it prints them again. */
  public void setErrorHandler(ErrorHandler handler) {
    errorHandler = handler == null ? report : handler;
  }

  /** Where errors are printed, by default {@link System#err}; null: nowhere. */
  public void setExceptionStream(PrintStream stream) {
    boolean replaced = errorHandler != report;
    report = new ErrorReport(stream);
    errorHandler = replaced ? errorHandler : report;
  }

  // ---- the end ----

  /**
   * Closes the hub: its greenlets get a {@link HubDestroyed}, those that haven't started never do,
   * and the loop is closed. Callbacks that are ready run first; greenlets that are away are waited
   * for. The thread can have another hub afterwards. Harmless when it is closed.
   *
   * <p>gevent: {@code hub.destroy(destroy_loop=True)}.
   *
   * @throws IllegalStateException unless the caller is the thread's main greenlet, and no threads
   *     run as greenlets of the hub
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    requireMain("close the hub");
    int guests = Guests.count(this);
    if (guests > 0) {
      throw new IllegalStateException(
          guests + " threads run as greenlets of the hub, which can't be closed: " + this);
    }
    Guests.removeHub(this);
    closing = true;
    refuse();
    loop.runCallback(this::endAll);
    while (getIfExists() == this) { // a greenlet may switch back here, out of a callback
      switchToRunner();
    }
    closeLoop();
  }

  /** In the hub. One who catches the exception and waits again gets another. */
  private void endAll() {
    try {
      HubDestroyed destroyed = new HubDestroyed(this);
      living.endAll(destroyed);
      while (awayCount() == 0 && waiting() != null) { // else blocking() comes back to here
        waiting().throwInto(destroyed);
      }
    } finally {
      if (awayCount() == 0) {
        loop.breakLoop();
      }
    }
  }

  boolean isClosing() {
    return closing;
  }

  private void closeLoop() {
    closed = true;
    loop.close();
    IDENTS.giveBack(ident);
    runClosers();
  }

  /**
   * Has this run once the hub is closed, by the thread that closes it, or at once if it is so
   * already. It must not wait. Any thread.
   */
  public void onClose(Runnable closer) {
    closers.add(closer);
    if (isClosed()) {
      loop.close(); // another thread may be about to
      runClosers();
    }
  }

  /**
   * Has this run once, soon in the hub, or when that is closed before: as {@link #onClose}. Any
   * thread.
   */
  public void runInHubOrOnClose(Runnable run) {
    Runnable closer = run::run;
    onClose(closer);
    runInHub(
        () -> {
          if (closers.remove(closer)) {
            run.run();
          }
        });
  }

  /** Takes an {@link #onClose} of the same object back. Harmless if there is none. Any thread. */
  public void forgetOnClose(Runnable closer) {
    closers.remove(closer);
  }

  private void runClosers() {
    for (Runnable closer : closers) {
      if (closers.remove(closer)) {
        try {
          closer.run();
        } catch (Throwable thrown) {
          report.handleError(this, thrown);
        }
      }
    }
  }

  /** Whether it is closed, or its thread has ended. Any thread. */
  public boolean isClosed() {
    return loop.isClosed();
  }

  // ---- names ----

  /** A small number, of its own among the hubs that are open. gevent: {@code minimal_ident}. */
  public int minimalIdent() {
    return ident;
  }

  /** {@code Hub-} and its number. */
  public String name() {
    return "Hub-" + ident;
  }

  @Override
  public String toString() {
    return name() + "[" + owner().getName() + " " + loop + "]";
  }
}
