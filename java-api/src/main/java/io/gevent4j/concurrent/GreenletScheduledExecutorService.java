package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * As {@link GreenletExecutorService}, with the hub's timers: tasks run after a while, or again and
 * again, each time in a greenlet of its own.
 *
 * <p>It does as {@link java.util.concurrent.ScheduledThreadPoolExecutor}: what is due at the same
 * time runs in the order in which it was given; runs of one periodic task never overlap, late ones
 * follow at once; one that throws ends it. After {@link #shutdown}, tasks that run once still do,
 * and periodic ones are cancelled, unless it is set otherwise. A task that is cancelled is
 * forgotten at once. The loop isn't idle while there is a task whose time will come.
 *
 * <p><b>Thread rule:</b> any thread, with or without a hub.
 *
 * <p>gevent: there is none; the nearest is {@code gevent.spawn_later}.
 */
public final class GreenletScheduledExecutorService extends CrewExecutorService
    implements ScheduledExecutorService {
  private static final long LATEST = Long.MAX_VALUE >> 2; // ns, so that times can be compared

  private Delays delays;

  /** In the calling thread's hub, with no limit. */
  public GreenletScheduledExecutorService() {
    this(Hub.get());
  }

  /** In this hub, with no limit. */
  public GreenletScheduledExecutorService(Hub hub) {
    this(hub, Integer.MAX_VALUE);
  }

  /**
   * In this hub, with so many greenlets at most at the same time.
   *
   * @throws IllegalArgumentException unless the limit is positive
   */
  public GreenletScheduledExecutorService(Hub hub, int limit) {
    super(hub, limit);
    delays.setCrew(crew);
  }

  @Override
  Crew.Backlog backlog() {
    delays = new Delays(hub);
    return delays;
  }

  @Override
  void start(Crew.Turn turn) {
    GreenletExecutorService.spawn(hub, turn);
  }

  // ---- scheduling ----

  @Override
  public void execute(Runnable command) {
    delays.enqueueDue();
    super.execute(command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(command), unit.toNanos(delay), 0);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return schedule(Objects.requireNonNull(callable, "callable"), unit.toNanos(delay), 0);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    requirePositive(period);
    return schedule(Executors.callable(command), unit.toNanos(initialDelay), unit.toNanos(period));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    requirePositive(delay);
    return schedule(Executors.callable(command), unit.toNanos(initialDelay), -unit.toNanos(delay));
  }

  private static void requirePositive(long period) {
    if (period <= 0) {
      throw new IllegalArgumentException("can't run something each " + period);
    }
  }

  private <V> ScheduledFuture<V> schedule(Callable<V> call, long delay, long period) {
    long time = System.nanoTime() + Math.min(Math.max(delay, 0), LATEST);
    long bounded = Math.max(Math.min(period, LATEST), -LATEST);
    Scheduled<V> job = new Scheduled<>(hub, delays, call, time, bounded, delays.nextNumber());
    delays.add(job);
    return job;
  }

  // ---- the end ----

  @Override
  public void shutdown() {
    super.shutdown();
    delays.cancelThoseThatMayNotGoOn();
  }

  /** As always; what is returned has those that weren't due in front. */
  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> never = new ArrayList<>(super.shutdownNow());
    never.addAll(0, delays.drain());
    crew.tryTerminate();
    return never;
  }

  /** Whether tasks that run once still do after {@link #shutdown}; at first they do. */
  public void setExecuteExistingDelayedTasksAfterShutdownPolicy(boolean value) {
    delays.setDelayedGoOn(value);
  }

  /** As set; at first true. */
  public boolean getExecuteExistingDelayedTasksAfterShutdownPolicy() {
    return delays.delayedGoOn();
  }

  /** Whether periodic tasks go on after {@link #shutdown}; at first they don't. */
  public void setContinueExistingPeriodicTasksAfterShutdownPolicy(boolean value) {
    delays.setPeriodicGoOn(value);
  }

  /** As set; at first false. */
  public boolean getContinueExistingPeriodicTasksAfterShutdownPolicy() {
    return delays.periodicGoOn();
  }
}
