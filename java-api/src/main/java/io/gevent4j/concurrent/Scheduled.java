package io.gevent4j.concurrent;

import io.gevent4j.Hub;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A job for later, once or again and again. */
final class Scheduled<T> extends Job<T> implements RunnableScheduledFuture<T> {
  private final Delays delays;
  private final long number; // among those that are due at the same time
  private final long period; // ns; from start to start, or, negative, from end to start; 0: once
  private long time; // System.nanoTime(); changed only while it is in no line

  Scheduled(Hub home, Delays delays, Callable<T> call, long time, long period, long number) {
    super(home, call);
    this.delays = delays;
    this.time = time;
    this.period = period;
    this.number = number;
  }

  long time() {
    return time;
  }

  @Override
  public boolean isPeriodic() {
    return period != 0;
  }

  @Override
  public void run() {
    if (period == 0) {
      super.run();
    } else if (!delays.mayGoOn(this)) {
      cancel(false);
    } else if (runAndReset()) {
      time = period > 0 ? time + period : System.nanoTime() - period;
      delays.addAgain(this);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    delays.remove(this);
    return cancelled;
  }

  @Override
  public long getDelay(TimeUnit unit) {
    return unit.convert(time - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    if (other instanceof Scheduled) {
      Scheduled<?> that = (Scheduled<?>) other;
      long later = time - that.time;
      return later != 0 ? Long.signum(later) : Long.compare(number, that.number);
    }
    return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
  }
}
