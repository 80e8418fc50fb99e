package io.gevent4j.server;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.event.Event;
import io.gevent4j.pool.Group;
import io.gevent4j.pool.Pool;
import io.gevent4j.socket.BaseSocket;
import io.gevent4j.socket.Errno;
import io.gevent4j.socket.SocketClosedException;
import io.gevent4j.waiting.Seconds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * What servers have in common: they are started and stopped, take what comes in, and have it
 * handled.
 *
 * <p>A server takes nothing more while its pool is full. When it can't take something, or can't
 * start a handler, it reports that to its hub's error handler and takes nothing for a while: 10 ms,
 * twice as long after each further failure, at most 1 s. Each accept that succeeds makes that 10 ms
 * again, though its handler can't be started. When its descriptor is no listener any more, it
 * closes.
 *
 * <p><b>Thread rule:</b> it belongs to the hub in which it is started, which isn't idle while it
 * accepts; {@link #stop}, {@link #close}, {@link #closeListener}, {@link #serveForever} of one that
 * is started, and all questions are for any thread.
 *
 * <p>gevent: {@code gevent.baseserver.BaseServer}.
 */
public abstract class BaseServer implements AutoCloseable {
  /** How long {@link #stop()} waits for the handlers. gevent: {@code stop_timeout}. */
  public static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private static final Set<Integer> FATAL = Set.of(Errno.EBADF, Errno.EINVAL, Errno.ENOTSOCK);

  /** Something that came in, to be handled once. */
  abstract static class Job implements Runnable {
    /** It isn't going to be handled. */
    abstract void drop();
  }

  private final Event stopped = new Event();
  private final Runnable hubCloser = this::hubClosed;
  private volatile SocketAddress address;
  private volatile BaseSocket socket; // null: not opened
  private UnixFile file; // null: not made
  private volatile boolean closed;
  private volatile Acceptor acceptor; // null: neither started nor closed
  private Spawn spawn = Spawn.GREENLET;
  private PoolSpawn pooled; // the same; null: another policy
  private Duration minDelay = Duration.ofMillis(10);
  private Duration maxDelay = Duration.ofSeconds(1);
  private int maxAccept = 100;

  /**
   * A server that isn't started.
   *
   * @param socket null: it is opened by the start
   */
  BaseServer(SocketAddress address, BaseSocket socket) {
    this.address = Objects.requireNonNull(address, "address");
    this.socket = socket;
  }

  // ---- what the kinds of servers do ----

  /** Opens what it listens with. */
  abstract BaseSocket open(SocketAddress address) throws IOException;

  /** The first that has come in; null if there is none. In the hub. */
  abstract Job next() throws IOException;

  /** For {@link #toString}: what handles; may be null. */
  abstract Object shownHandler();

  // ---- settings ----

  /** Has each handler started in this way; {@link Spawn#GREENLET} unless it is set. */
  public final void setSpawn(Spawn spawn) {
    requireNotStarted("set the spawn of");
    this.spawn = Objects.requireNonNull(spawn, "spawn");
    pooled = null;
  }

  /**
   * Has handlers run in this pool, which may serve others too. While it is full nothing is
   * accepted; {@link #stop} waits for its greenlets, and kills them.
   */
  public final void setSpawn(Group pool) {
    requireNotStarted("set the pool of");
    pooled = new PoolSpawn(Objects.requireNonNull(pool, "pool"));
    spawn = pooled;
  }

  /** Has handlers run in a pool of this size. */
  public final void setSpawn(int poolSize) {
    setSpawn(new Pool(poolSize));
  }

  /**
   * For how long it accepts nothing after a failure.
   *
   * @param first after one that follows a success. gevent: {@code min_delay}
   * @param most each further time is twice as long, up to this. gevent: {@code max_delay}
   * @throws IllegalArgumentException if the first isn't positive, or longer than the most
   */
  public final void setDelays(Duration first, Duration most) {
    if (first.isZero() || first.isNegative() || most.compareTo(first) < 0) {
      throw new IllegalArgumentException("not delays: " + first + " to " + most);
    }
    requireNotStarted("set the delays of");
    minDelay = first;
    maxDelay = most;
  }

  /**
   * How much it takes before others have their turn; 100 unless it is set. If several processes
   * share a listener, 1 is fairer. gevent: {@code max_accept}.
   */
  public final void setMaxAccept(int maxAccept) {
    if (maxAccept < 1) {
      throw new IllegalArgumentException("can't accept " + maxAccept + " at a time");
    }
    requireNotStarted("set maxAccept of");
    this.maxAccept = maxAccept;
  }

  final void requireNotStarted(String operation) {
    if (isStarted() || closed) {
      throw new IllegalStateException(
          "cannot " + operation + " " + this + ": it is " + (closed ? "closed" : "started"));
    }
  }

  // ---- starting ----

  /**
   * Begins to listen, unless it was made with something that does, and to accept, in the hub of the
   * caller, which goes on. Harmless if it is started.
   *
   * @throws IOException if it can't listen there, and then it may be started again
   * @throws IllegalStateException if it is closed, or started in another hub
   */
  public final void start() throws IOException {
    Hub here = Hub.get();
    SocketAddress resolved = ListenAddress.resolve(address); // others may run meanwhile
    if (closed) {
      throw new IllegalStateException("cannot start " + this + ": it is closed");
    }
    if (isStarted()) {
      startAccepting();
      return;
    }
    if (socket == null) {
      socket = openWithFile(resolved);
    }
    try {
      address = socket.localAddress();
      acceptor = new Acceptor(this, here, socket.fileno());
      acceptor.begin();
    } catch (Throwable thrown) {
      release();
      throw thrown;
    }
    here.onClose(hubCloser);
  }

  /** As {@link #serveForever(Duration)}; handlers have {@link #STOP_TIMEOUT} in the end. */
  public final void serveForever() throws IOException {
    serveForever(null);
  }

  /** As {@link #serveForever(Duration)}, in seconds. */
  public final void serveForever(double stopTimeout) throws IOException {
    serveForever(Seconds.of(stopTimeout));
  }

  /**
   * Starts it if it isn't, waits until it is stopped, and stops it when the caller is killed.
   *
   * @param stopTimeout as that of {@link #stop(Duration)}
   */
  public final void serveForever(Duration stopTimeout) throws IOException {
    if (!isStarted()) {
      start();
    }
    try {
      stopped.await();
    } finally {
      if (acceptor.hub().isHere()) {
        // In another greenlet: whatever ends the caller mustn't end the stop.
        Gevent.spawn(() -> stop(stopTimeout)).join();
      } else {
        stop(stopTimeout);
      }
    }
  }

  /** Goes on accepting, after {@link #stopAccepting}. In the hub. */
  public final void startAccepting() {
    requireHere("accept by").begin();
  }

  /** Accepts nothing until {@link #startAccepting}, and goes on listening. In the hub. */
  public final void stopAccepting() {
    requireHere("stop accepting by").end();
  }

  private Acceptor requireHere(String operation) {
    Acceptor acceptor = this.acceptor;
    if (!isStarted() || !acceptor.hub().isHere()) {
      throw new IllegalStateException(
          "cannot "
              + operation
              + " "
              + this
              + (isStarted() ? ": it belongs to " + acceptor.hub() : ": it isn't started"));
    }
    return acceptor;
  }

  // ---- stopping ----

  /** As {@link #stop(Duration)}, with {@link #STOP_TIMEOUT}. */
  public final void stop() {
    stop(null);
  }

  /**
   * Stops accepting and closes what it listens with. If it has a pool, waits for the handlers that
   * run, and kills those that aren't done in time; if it has none, they run on. It can't be started
   * again. Harmless if it is stopped, or isn't started.
   *
   * @param timeout how long handlers have; null: {@link #STOP_TIMEOUT}
   */
  public final void stop(Duration timeout) {
    inHub(
        () -> {
          closeHere();
          if (pooled != null) {
            pooled.stop(timeout == null ? STOP_TIMEOUT : timeout, this + " has stopped");
          }
        });
  }

  /** As {@link #stop(Duration)}, in seconds. */
  public final void stop(double timeout) {
    stop(Seconds.of(timeout));
  }

  /** {@link #stop()}. gevent: the end of {@code with server}. */
  @Override
  public final void close() {
    stop();
  }

  /** Stops accepting and closes what it listens with; handlers run on. gevent: {@code close}. */
  public final void closeListener() {
    inHub(this::closeHere);
  }

  private void closeHere() {
    if (acceptor != null && !closed) {
      acceptor.close();
      acceptor.hub().forgetOnClose(hubCloser);
    }
    release();
  }

  /** Its greenlets neither begin nor tell of their ends any more. */
  private void hubClosed() {
    try {
      release();
    } finally {
      if (pooled != null) {
        pooled.dropWaiting();
      }
    }
  }

  /** Any thread: nobody accepts any more. */
  private void release() {
    closed = true;
    if (socket != null) {
      socket.close();
      deleteFile();
    }
    stopped.set();
  }

  /** What it leaves at a path is the server's too. */
  private BaseSocket openWithFile(SocketAddress address) throws IOException {
    BaseSocket opened = open(address);
    try {
      if (address instanceof UnixDomainSocketAddress) {
        file = new UnixFile((UnixDomainSocketAddress) address);
      }
      return opened;
    } catch (Throwable thrown) {
      opened.close();
      throw thrown;
    }
  }

  private void deleteFile() {
    UnixFile made = file;
    file = null;
    if (made != null) {
      made.delete();
    }
  }

  /** In a greenlet of its hub, and returns when it is done; at once where the hub is gone. */
  private void inHub(Runnable run) {
    Acceptor acceptor = this.acceptor;
    if (acceptor == null || acceptor.hub().isHere()) {
      run.run();
      return;
    }
    Hub hub = acceptor.hub();
    Event done = new Event();
    Runnable tell = done::set;
    hub.onClose(tell);
    if (hub.runInHub(() -> Gevent.spawn(run).rawLink(ended -> done.set()))) {
      done.await();
    }
    hub.forgetOnClose(tell);
  }

  // ---- for the acceptor ----

  final Duration minDelay() {
    return minDelay;
  }

  final Duration maxDelay() {
    return maxDelay;
  }

  final int maxAccept() {
    return maxAccept;
  }

  final Spawn spawn() {
    return spawn;
  }

  /** Null: none. */
  final Group pool() {
    return pooled == null ? null : pooled.pool;
  }

  /** Whether what it listens with is no use any more. gevent: {@code fatal_errors}. */
  final boolean isFatal(Throwable thrown) {
    return thrown instanceof SocketClosedException || FATAL.contains(Errno.of(thrown));
  }

  // ---- questions ----

  /**
   * Whether it accepts nothing now. For those who have a limit of their own, and call {@link
   * #startAccepting} when there is room again; else it asks again after the {@linkplain #setDelays
   * delays} of failures.
   */
  public boolean full() {
    return pooled != null && pooled.pool.full();
  }

  /** Whether it was started, and not stopped. */
  public final boolean isStarted() {
    return acceptor != null && !closed;
  }

  /** Whether it was stopped. */
  public final boolean isClosed() {
    return closed;
  }

  /** Where it listens; before the start, where it is going to. */
  public final SocketAddress address() {
    return address;
  }

  /** The IP address of {@link #address}, or the host; null for a unix socket. */
  public final String serverHost() {
    SocketAddress address = this.address;
    return address instanceof InetSocketAddress ? host((InetSocketAddress) address) : null;
  }

  private static String host(InetSocketAddress address) {
    return address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
  }

  /** The port of {@link #address}; -1 for a unix socket. */
  public final int serverPort() {
    SocketAddress address = this.address;
    return address instanceof InetSocketAddress ? ((InetSocketAddress) address).getPort() : -1;
  }

  /** Says its descriptor, its address and its handler. */
  @Override
  public String toString() {
    BaseSocket socket = this.socket;
    Object handler = shownHandler();
    return getClass().getSimpleName()
        + "@"
        + Integer.toHexString(hashCode())
        + (closed ? "[closed " : socket == null ? "[" : "[fd=" + socket.fileno() + " ")
        + address
        + (handler == null ? "]" : " handler=" + handler + "]");
  }
}
