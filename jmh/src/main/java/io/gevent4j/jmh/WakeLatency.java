package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import io.gevent4j.greenlet.RawGreenlet;
import io.gevent4j.loop.Loop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long it takes from a thread that wakes somebody up until that one runs. Prints one line, as
 * {@link Latency#print} says.
 *
 * <p>Arguments: who is woken up; for how many seconds to measure, after as many to warm up:
 *
 * <ul>
 *   <li><i>callback</i>: of a hub that sleeps ({@link Loop#runCallbackThreadsafe});
 *   <li><i>greenlet</i>: made ready by such a callback;
 *   <li><i>callback-busy</i>: of a hub with 100 greenlets that let each other run;
 *   <li><i>platform</i>, <i>virtual</i>: a parked thread ({@link LockSupport#unpark});
 *   <li><i>virtual-busy</i>: while 100 virtual threads let each other run.
 * </ul>
 *
 * <p>Whoever wakes spins until the other one has run, and then pauses for so long that it surely
 * sleeps again; so this needs two processors.
 */
final class WakeLatency {
  private static final int BUSY = 100;
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long GIVE_UP = TimeUnit.SECONDS.toNanos(2);
  private static final String BUSY_SUFFIX = "-busy";

  private final Latency latency = new Latency();
  private final CountDownLatch prepared = new CountDownLatch(1);
  private Runnable wake; // set by whoever is woken up, before prepared
  private String loop = ""; // likewise
  private volatile long sent; // when; 0: nobody is to wake up

  private WakeLatency() {}

  public static void main(String[] args) throws InterruptedException {
    WakeLatency waking = new WakeLatency();
    boolean busy = args[0].endsWith(BUSY_SUFFIX);
    String kind = busy ? args[0].substring(0, args[0].length() - BUSY_SUFFIX.length()) : args[0];
    waking.start(kind, busy);
    waking.prepared.await();
    long nanos = (long) (Double.parseDouble(args[1]) * 1e9);
    waking.wakeFor(nanos);
    waking.latency.begin();
    waking.wakeFor(nanos);
    waking.latency.end();
    waking.latency.print("wake", args[0], waking.loop);
    System.exit(0); // the others go on and on
  }

  private void start(String kind, boolean busy) throws InterruptedException {
    switch (kind) {
      case "callback":
        startThread(() -> receiveInHub(busy));
        break;
      case "greenlet":
        startThread(() -> receiveInGreenlet(busy));
        break;
      case "platform":
        startThread(this::receiveInThread);
        break;
      case "virtual":
        VirtualThreads.start(this::receiveInThread);
        prepared.await(); // once the others spin, a new one may not get its turn
        for (int i = 0; busy && i < BUSY; i++) {
          VirtualThreads.start(() -> spin(Thread::yield));
        }
        break;
      default:
        throw new IllegalArgumentException("not callback, greenlet, platform or virtual: " + kind);
    }
  }

  private static void startThread(Runnable action) {
    Thread thread = new Thread(action, "receiver");
    thread.setDaemon(true);
    thread.start();
  }

  // ---- who wakes

  private void wakeFor(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE);
      long begun = System.nanoTime();
      sent = begun;
      wake.run();
      while (sent != 0) {
        if (System.nanoTime() - begun > GIVE_UP) {
          return;
        }
        Thread.onSpinWait();
      }
    }
  }

  // ---- who is woken up

  private void received() {
    latency.add(System.nanoTime() - sent);
    sent = 0;
  }

  private void prepare(Runnable wake) {
    this.wake = wake;
    prepared.countDown();
  }

  private void receiveInHub(boolean busy) {
    Loop loop = enterHub(busy);
    Runnable callback = this::received;
    prepare(() -> loop.runCallbackThreadsafe(callback));
    Gevent.sleep(TimeUnit.HOURS.toSeconds(1));
  }

  private void receiveInGreenlet(boolean busy) {
    Loop loop = enterHub(busy);
    RawGreenlet greenlet = Gevent.spawnRaw(this::receiveOnAndOn);
    Hub hub = Hub.get();
    Runnable callback = () -> hub.makeReady(greenlet);
    prepare(() -> loop.runCallbackThreadsafe(callback));
    Gevent.sleep(TimeUnit.HOURS.toSeconds(1));
  }

  private Loop enterHub(boolean busy) {
    for (int i = 0; busy && i < BUSY; i++) {
      Gevent.spawnRaw(() -> spin(() -> Gevent.sleep(0)));
    }
    Loop made = Hub.get().loop();
    loop = Latency.describe(made);
    return made;
  }

  private void receiveOnAndOn() {
    Hub hub = Hub.get();
    while (true) {
      while (sent == 0) {
        hub.switchOut();
      }
      received();
    }
  }

  private void receiveInThread() {
    Thread thread = Thread.currentThread();
    prepare(() -> LockSupport.unpark(thread));
    while (true) {
      while (sent == 0) {
        LockSupport.park();
      }
      received();
    }
  }

  private static void spin(Runnable letOthersRun) {
    while (true) {
      letOthersRun.run();
    }
  }
}
