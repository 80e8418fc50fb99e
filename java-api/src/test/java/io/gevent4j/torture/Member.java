package io.gevent4j.torture;

import static io.gevent4j.torture.TortureWorkload.check;

import io.gevent4j.greenlet.GreenletExit;
import io.gevent4j.greenlet.RawGreenlet;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** What a greenlet of a {@link Crew} does: one random step after the other. */
final class Member implements Function<Object, Object> {
  private static final ThreadLocal<Member> SELF = new ThreadLocal<>();

  private final Crew crew;
  private final int slot;
  private final Random random;
  private final Chores chores;
  private final Object monitor = new Object();
  private int contended; // guarded by monitor
  private Thread thread;

  Member(Crew crew, int slot, Random random) {
    this.crew = crew;
    this.slot = slot;
    this.random = random;
    this.chores = new Chores(slot, random, this::leave);
  }

  /** Thrown into a member by main, which is to come out of whatever it is doing. */
  static final class Ping extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int slot;

    Ping(int slot) {
      this.slot = slot;
    }
  }

  /** Thrown by a member. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final int slot;

    Failure(int slot) {
      super("of " + slot);
      this.slot = slot;
    }
  }

  @Override
  public Object apply(Object first) {
    TortureWorkload.started.increment();
    try {
      checkReceived(first);
      check(SELF.get() == null, "a ThreadLocal of an earlier greenlet");
      SELF.set(this);
      thread = Thread.currentThread();
      Trouble.expose(this);
      return live();
    } catch (Throwable thrown) {
      if (thrown instanceof GreenletExit) {
        orphaned();
      }
      throw thrown;
    } finally {
      TortureWorkload.ended.increment();
    }
  }

  private Object live() {
    while (true) {
      try {
        step();
        leave();
        TortureWorkload.steps.increment();
        if (random.nextInt(300) == 0) {
          return new Crew.Ended(slot);
        }
        if (random.nextInt(600) == 0) {
          throw new Failure(slot);
        }
      } catch (Ping ping) {
        check(ping.slot == slot, "another's ping");
      } catch (ExceptionInInitializerError error) {
        if (!(error.getCause() instanceof Ping)) {
          throw Member.<RuntimeException>sneak(error.getCause());
        }
      }
      check(!Thread.holdsLock(monitor), "unwound, and still owns its monitor");
    }
  }

  /** The owner has ended: they come one at a time. */
  private void orphaned() {
    check(!crew.owner.isAlive(), "GreenletExit though the owner lives");
    check(crew.orphansAtWork.incrementAndGet() == 1, "two greenlets of a family at work");
    TortureWorkload.orphans.increment();
    check(SELF.get() == this, "another's ThreadLocal, orphaned");
    chores.allocate();
    chores.overflow();
    Thread.yield();
    crew.orphansAtWork.decrementAndGet();
  }

  // ---- switching, and being the same afterwards

  private void leave() {
    check(Thread.currentThread() == thread, "another's thread");
    checkReceived(crew.leave(random));
    check(Thread.currentThread() == thread, "another's thread");
  }

  private void checkReceived(Object received) {
    if (received instanceof Crew.Message && ((Crew.Message) received).to() == this) {
      return;
    }
    TortureWorkload.fail("member " + slot + " received " + received, new AssertionError());
  }

  /** Locals of each kind stay what they are, in each frame. */
  private void leaveAt(int depth) {
    if (depth == 0) {
      leave();
      return;
    }
    String text = "x" + depth;
    double real = depth * 0.5;
    long wide = 1L << 40 | depth;
    leaveAt(depth - 1);
    check(
        text.equals("x" + depth) && real == depth * 0.5 && wide == (1L << 40 | depth),
        "locals at depth " + depth);
  }

  // ---- steps

  private void step() {
    switch (random.nextInt(26)) {
      case 0 -> chores.useMap();
      case 1 -> chores.recurse(200);
      case 2 -> throwBelow();
      case 3 -> leaveInCatch();
      case 4 -> seldom(chores::overflow);
      case 5 -> leaveInMonitor();
      case 6 -> leaveInMonitors(random.nextInt(8));
      case 7 -> leaveAt(random.nextInt(100));
      case 8 -> check(SELF.get() == this, "another's ThreadLocal");
      case 9 -> Chores.lockShared();
      case 10 -> chores.allocate();
      case 11 -> chores.format();
      case 12 -> chores.leaveInLambda();
      case 13 -> chores.leaveInReflection();
      case 14 -> chores.leaveInMethodHandle();
      case 15 -> seldom(() -> EphemeralLoader.leaveInNewClass(this::leave));
      case 16 -> chores.compress();
      case 17 -> chores.leaveBesideReferences();
      case 18 -> seldom(this::block);
      case 19 -> generate();
      case 20 -> drop();
      case 21 -> chores.loop();
      case 22 -> chores.move();
      case 23 -> seldom(() -> crew.look(slot));
      case 24 -> seldom(Chores::exhaust);
      default -> leaveOften();
    }
  }

  private void seldom(Runnable step) {
    if (random.nextInt(20) == 0) {
      step.run();
    }
  }

  private void leaveOften() {
    for (int i = 0; i < 50; i++) {
      leave();
    }
  }

  private void throwBelow() {
    int depth = random.nextInt(30);
    try {
      throwAt(depth);
    } catch (Failure failure) {
      check(failure.slot == slot && failure.getMessage().equals("of " + slot), "another's failure");
      check(failure.getStackTrace().length >= depth, "stack trace of a failure");
    }
  }

  private void throwAt(int depth) {
    if (depth == 0) {
      leave();
      throw new Failure(slot);
    }
    Object own = new Object();
    synchronized (own) {
      throwAt(depth - 1);
    }
  }

  private void leaveInCatch() {
    try {
      throw new Failure(slot);
    } catch (Failure failure) {
      leave();
      check(failure.slot == slot, "another's failure");
    }
  }

  private void leaveInMonitor() {
    synchronized (monitor) {
      int before = contended;
      leaveAt(5);
      check(Thread.holdsLock(monitor), "monitor lost");
      check(contended == before, "somebody was in our monitor");
    }
  }

  private void leaveInMonitors(int depth) {
    if (depth == 0) {
      leave();
      return;
    }
    Object own = new Object();
    synchronized (own) {
      synchronized (own) {
        leaveInMonitors(depth - 1);
      }
      check(Thread.holdsLock(own), "monitor lost");
    }
    check(!Thread.holdsLock(own), "monitor kept");
  }

  /** A plain thread wants our monitor. */
  void contend() {
    synchronized (monitor) {
      contended++;
    }
  }

  Thread thread() {
    return thread;
  }

  /** For real: the kernel thread waits. An interrupt may cut it short. */
  private void block() {
    try {
      switch (random.nextInt(3)) {
        case 0 -> Thread.sleep(1);
        case 1 -> LockSupport.parkNanos(100_000);
        default -> {
          synchronized (monitor) {
            monitor.wait(1);
          }
        }
      }
    } catch (InterruptedException interrupted) {
      return; // by the contender, who may have done it once more by now
    }
  }

  /** A greenlet of our own, with us as its parent. */
  private void generate() {
    int limit = random.nextInt(10);
    RawGreenlet generator = new RawGreenlet(value -> count((int) value, limit));
    int sum = 0;
    while (!generator.isDead()) {
      TortureWorkload.switches.increment();
      sum += (int) generator.switchTo(sum);
      if (random.nextInt(10) == 0) {
        leave();
      }
    }
    check(sum == limit * (limit - 1) / 2, "sum of a generator");
  }

  private Object count(int first, int limit) {
    TortureWorkload.started.increment();
    try {
      check(first == 0 && SELF.get() == null, "a generator's start");
      for (int i = 0; i < limit; i++) {
        RawGreenlet.getCurrent().getParent().switchTo(i);
      }
      return 0;
    } finally {
      TortureWorkload.ended.increment();
    }
  }

  /** A greenlet that nobody holds once we are back. */
  private void drop() {
    TortureWorkload.dropped.increment();
    new RawGreenlet(value -> stay()).switchTo();
    crew.dropped++;
  }

  private Object stay() {
    TortureWorkload.started.increment();
    try {
      synchronized (new Object()) {
        return RawGreenlet.getCurrent().getParent().switchTo();
      }
    } finally {
      chores.overflow();
      crew.buried++;
      TortureWorkload.ended.increment();
    }
  }

  // ---- language

  @SuppressWarnings("unchecked")
  static <T extends Throwable> RuntimeException sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
