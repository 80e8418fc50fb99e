package io.gevent4j.server;

import io.gevent4j.event.AsyncResult;
import io.gevent4j.pool.Pool;
import io.gevent4j.socket.StreamSocket;
import io.gevent4j.socket.TcpListener;
import io.gevent4j.waiting.Seconds;
import io.gevent4j.waiting.Throwables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Several kernel threads, each with a hub: as many greenlets run at a time. Each greenlet stays in
 * the hub that it was started in.
 *
 * <pre>{@code
 * try (HubGroup hubs = new HubGroup("web", 4)) {
 *   hubs.serve(":8080", socket -> ...);
 *   hubs.join();
 * }
 * }</pre>
 *
 * <p>A group serves an address by {@link #serve}: the system deals the connections out. Or one
 * server, of any hub, accepts all of them, and {@code server.setSpawn(hubs::spawn)} deals out: for
 * unix sockets, for instance, or where connections live long and are to be spread evenly.
 *
 * <p>If something like {@link OutOfMemoryError} ends one of the hubs, the others go on; what ended
 * it goes to the handler of uncaught exceptions, and {@link #join} and {@link #stop} throw it.
 *
 * <p><b>Thread rule:</b> any thread. {@link #join} and {@link #stop} don't wait for a hub of the
 * group that calls them.
 *
 * <p>gevent has a process for each hub in its place, as gunicorn starts them.
 */
public final class HubGroup implements AutoCloseable {
  /** What is done once in each hub. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it, in a greenlet. The hubs count from 0. */
    T run(int number) throws Exception;
  }

  /** What makes the server of one hub. */
  @FunctionalInterface
  public interface ServerMaker {
    /** Makes it, not started. In its hub. */
    BaseServer make(TcpListener listener) throws IOException;
  }

  private final String name;
  private final List<HubThread> threads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Starts so many hubs, whose threads are {@code hubs-0} and so on. */
  public HubGroup(int size) {
    this("hubs", size);
  }

  /**
   * Starts so many hubs, whose threads have this name and a number.
   *
   * @throws IllegalArgumentException if it is none
   */
  public HubGroup(String name, int size) {
    this(name, size, number -> new int[0]);
  }

  /**
   * Starts a hub for each of these CPUs, whose kernel thread runs on that one only. The threads
   * that it starts inherit that. Where the baton serves, and each greenlet has a kernel thread of
   * its own, greenlets aren't pinned.
   *
   * @throws IllegalArgumentException if there is no such CPU
   * @throws UnsupportedOperationException on macOS
   */
  public static HubGroup pinned(String name, int... cpus) {
    return new HubGroup(name, cpus.length, number -> new int[] {cpus[number]});
  }

  private HubGroup(String name, int size, Function<Integer, int[]> cpus) {
    if (size < 1) {
      throw new IllegalArgumentException("a group can't have " + size + " hubs");
    }
    this.name = Objects.requireNonNull(name, "name");
    try {
      for (int i = 0; i < size; i++) {
        HubThread thread = new HubThread(name + "-" + i, cpus.apply(i));
        threads.add(thread);
        thread.start();
      }
      threads.forEach(HubThread::awaitHub);
    } catch (Throwable thrown) {
      threads.forEach(thread -> thread.end(Duration.ZERO));
      throw thrown;
    }
  }

  /** How many hubs there were at first. */
  public int size() {
    return threads.size();
  }

  // ---- work ----

  /**
   * Starts a greenlet in the next hub, by turns. What it throws goes to that hub's error handler.
   *
   * <p>If that hub fails before the greenlet has begun, the next one starts it; if none is left,
   * the handler of uncaught exceptions gets a {@link RejectedExecutionException}.
   *
   * @throws RejectedExecutionException if no hub is left
   */
  public void spawn(Runnable run) {
    deal(new Dealt(this, Objects.requireNonNull(run, "run")));
  }

  /** Starts it, also if it was dealt before, and not begun. */
  void deal(Dealt dealt) {
    for (int i = 0; i < threads.size(); i++) {
      if (next().spawn(dealt)) {
        return;
      }
    }
    throw new RejectedExecutionException("no hub is left: " + this);
  }

  private HubThread next() {
    return threads.get(Math.floorMod(next.getAndIncrement(), threads.size()));
  }

  /**
   * As {@link #spawn(Runnable)}; the result has what this returns or throws, and is cancelled if
   * its hub ends before it has begun.
   */
  public <T> AsyncResult<T> spawn(Callable<? extends T> call) {
    Objects.requireNonNull(call, "call");
    for (int i = 0; i < threads.size(); i++) {
      AsyncResult<T> result = next().spawn(call);
      if (result != null) {
        return result;
      }
    }
    throw new RejectedExecutionException("no hub is left: " + this);
  }

  /**
   * Does this in each hub, and waits until all have.
   *
   * @return what it returned in each
   * @throws ExecutionException with what it has thrown in the first of them in which it has
   * @throws RejectedExecutionException if a hub is missing
   * @throws CancellationException if one ends before it has begun there
   */
  public <T> List<T> run(Work<? extends T> work) throws ExecutionException, InterruptedException {
    Objects.requireNonNull(work, "work");
    List<AsyncResult<T>> results = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      int number = i;
      results.add(in(threads.get(i), () -> work.run(number)));
    }
    List<T> values = new ArrayList<>();
    for (AsyncResult<T> result : results) {
      values.add(result.get());
    }
    return values;
  }

  private <T> AsyncResult<T> in(HubThread thread, Callable<? extends T> call) {
    AsyncResult<T> result = thread.spawn(call);
    if (result == null) {
      throw ended(thread);
    }
    return result;
  }

  private RejectedExecutionException ended(HubThread thread) {
    return new RejectedExecutionException(thread.getName() + " has ended, of " + this);
  }

  // ---- serving ----

  /**
   * Serves an address of one of {@link StreamServer}'s forms for TCP, as {@link
   * #serve(InetSocketAddress, ServerMaker)} does, with a greenlet for each connection.
   *
   * @return the address that it listens at
   */
  public InetSocketAddress serve(String address, Handler<? super StreamSocket> handler)
      throws IOException {
    Objects.requireNonNull(handler, "handler");
    SocketAddress resolved = ListenAddress.resolve(ListenAddress.parse(address));
    if (!(resolved instanceof InetSocketAddress)) {
      throw new IllegalArgumentException("only one can listen at " + address);
    }
    return serve((InetSocketAddress) resolved, listener -> draining(listener, handler));
  }

  private static StreamServer draining(TcpListener listener, Handler<? super StreamSocket> handler)
      throws IOException {
    StreamServer server = new StreamServer(listener, handler);
    server.setSpawn(new Pool());
    return server;
  }

  /**
   * Makes a server in each hub, with a listener at this address, and starts it. The system deals
   * connections out to them, by the addresses from which they come. They are stopped with the
   * group.
   *
   * @param address with port 0 the system chooses one
   * @return the address that they listen at
   * @throws RejectedExecutionException if a hub is missing, or ends meanwhile
   */
  public InetSocketAddress serve(InetSocketAddress address, ServerMaker maker) throws IOException {
    Objects.requireNonNull(maker, "maker");
    List<TcpListener> listeners = new ArrayList<>();
    List<AsyncResult<BaseServer>> servers = new ArrayList<>();
    try {
      InetSocketAddress chosen = address;
      for (int i = 0; i < threads.size(); i++) {
        listeners.add(TcpListener.bind(chosen, TcpListener.BACKLOG, true));
        chosen = (InetSocketAddress) listeners.get(0).localAddress();
      }
      for (int i = 0; i < threads.size(); i++) {
        HubThread thread = threads.get(i);
        TcpListener listener = listeners.get(i);
        servers.add(in(thread, () -> thread.serve(listener, maker)));
      }
      for (int i = 0; i < threads.size(); i++) {
        AsyncResult<BaseServer> server = servers.get(i);
        server.await();
        if (server.exception() != null) {
          throw Throwables.<IOException>sneak(server.exception());
        }
        if (server.isCancelled()) {
          throw ended(threads.get(i));
        }
      }
      return chosen;
    } catch (Throwable thrown) {
      servers.forEach(HubGroup::stopIfStarted);
      listeners.forEach(TcpListener::close);
      throw thrown;
    }
  }

  private static void stopIfStarted(AsyncResult<BaseServer> server) {
    BaseServer started = server.await();
    if (started != null) {
      started.stop(Duration.ZERO);
    }
  }

  // ---- the end ----

  /**
   * Waits until the hubs have ended: until another thread stops them.
   *
   * @throws IllegalStateException with what has ended a hub before it was stopped
   */
  public void join() {
    IllegalStateException failed = null;
    for (HubThread thread : threads) {
      Throwable failure = thread.isHere() ? null : thread.awaitEnd();
      if (failure != null && failed == null) {
        failed = new IllegalStateException(thread.getName() + " has failed, of " + this, failure);
      } else if (failure != null) {
        failed.addSuppressed(failure);
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /** As {@link #stop(Duration)}, with {@link BaseServer#STOP_TIMEOUT}. */
  public void stop() {
    stop(BaseServer.STOP_TIMEOUT);
  }

  /** As {@link #stop(Duration)}, in seconds. */
  public void stop(double timeout) {
    stop(Seconds.of(timeout));
  }

  /**
   * Stops the servers, lets greenlets that were spawned end, kills those that aren't done in time,
   * closes the hubs, and {@linkplain #join waits} for their threads. Harmless if it is stopped.
   *
   * @param timeout how long greenlets, and handlers of servers with a pool, have
   */
  public void stop(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    threads.forEach(thread -> thread.end(timeout));
    join();
  }

  /** {@link #stop()}. */
  @Override
  public void close() {
    stop();
  }

  @Override
  public String toString() {
    return "HubGroup[" + name + " " + threads.size() + "]";
  }
}
