package io.gevent4j.torture;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.gevent4j.monkey.Monkey;
import io.gevent4j.monkey.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads of a program that knows of no greenlets, each with chores at random: monitors, locks,
 * queues, parking, sleep, sockets, threads that come and go, deep stacks, garbage, and loops that
 * don't wait. Beside them is {@link Trouble}. Prints {@code ok} where nothing was lost.
 *
 * <p>Arguments: how many seconds, and how many kernel threads run them.
 */
final class GuestsWorkload {
  private static final int THREADS = 60;

  private final long end;
  private final ServerSocket server =
      new ServerSocket(0, THREADS, InetAddress.getLoopbackAddress());
  private final Object monitor = new Object();
  private final ReentrantLock lock = new ReentrantLock();
  private final BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(3);
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong chores = new AtomicLong();
  private long counted; // guarded by the monitor
  private long locked; // guarded by the lock
  private final AtomicLong expectedCounted = new AtomicLong();
  private final AtomicLong expectedLocked = new AtomicLong();
  private volatile Throwable failure;
  private volatile boolean waved;

  private GuestsWorkload(double seconds) throws IOException {
    end = System.nanoTime() + (long) (seconds * 1e9);
  }

  public static void main(String[] arguments) throws Exception {
    Trouble trouble = new Trouble(true, true);
    trouble.start(); // by threads that stay plain
    Monkey.patchAll(Options.defaults().hubs(Integer.parseInt(arguments[1])));
    GuestsWorkload workload = new GuestsWorkload(Double.parseDouble(arguments[0]));
    workload.run();
    trouble.stop();
    System.out.println("ok " + workload.chores);
    System.exit(0); // the echoing thread accepts for ever
  }

  private void run() throws Exception {
    Thread echo = new Thread(this::serve, "echo");
    echo.setDaemon(true);
    echo.start();
    for (int i = 0; i < THREADS; i++) {
      threads.add(new Thread(this::work, "guest-" + i));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure != null) {
      throw new AssertionError(failure);
    }
    if (counted != expectedCounted.get() || locked != expectedLocked.get()) {
      throw new AssertionError(counted + " of " + expectedCounted + ", " + locked);
    }
  }

  private void work() {
    try {
      while (System.nanoTime() < end && failure == null) {
        chore(ThreadLocalRandom.current());
        chores.incrementAndGet();
      }
    } catch (Throwable thrown) {
      failure = thrown;
    }
  }

  private void chore(ThreadLocalRandom random) throws Exception {
    switch (random.nextInt(12)) {
      case 0 -> countInMonitor(random);
      case 1 -> countInLock(random);
      case 2 -> queue.offer(random.nextInt(), 1, MILLISECONDS);
      case 3 -> queue.poll(1, MILLISECONDS);
      case 4 -> LockSupport.parkNanos(random.nextInt(2_000_000));
      case 5 -> LockSupport.unpark(threads.get(random.nextInt(THREADS)));
      case 6 -> Thread.sleep(random.nextInt(3));
      case 7 -> talk(random);
      case 8 -> startAndJoin();
      case 9 -> fall(random.nextInt(200));
      case 10 -> Thread.yield();
      default -> spin(random);
    }
  }

  private void countInMonitor(ThreadLocalRandom random) throws InterruptedException {
    synchronized (monitor) {
      long before = counted;
      if (random.nextBoolean()) {
        Thread.yield(); // with the monitor
      }
      counted = before + 1;
      expectedCounted.incrementAndGet();
      monitor.notify();
      if (random.nextInt(4) == 0) {
        monitor.wait(1);
      }
    }
  }

  private void countInLock(ThreadLocalRandom random) throws InterruptedException {
    lock.lock();
    try {
      long before = locked;
      if (random.nextBoolean()) {
        Thread.sleep(0);
      }
      locked = before + 1;
      expectedLocked.incrementAndGet();
    } finally {
      lock.unlock();
    }
  }

  private void talk(ThreadLocalRandom random) throws IOException {
    try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      int sent = random.nextInt(256);
      socket.getOutputStream().write(sent);
      int back = socket.getInputStream().read();
      if (back != sent) {
        throw new AssertionError(sent + " came back as " + back);
      }
    }
  }

  private void serve() {
    try {
      for (; ; ) {
        Socket socket = server.accept();
        new Thread(() -> answer(socket), "answer").start();
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      socket.getOutputStream().write(socket.getInputStream().read());
    } catch (IOException e) {
      failure = e;
    }
  }

  private void startAndJoin() throws InterruptedException {
    boolean[] ran = new boolean[1];
    Thread thread =
        new Thread(
            () -> {
              Thread.yield();
              ran[0] = true;
            });
    thread.start();
    thread.join();
    if (!ran[0]) {
      throw new AssertionError("it has not run");
    }
  }

  /** A deep stack with garbage on it, out of which something is thrown. */
  private static void fall(int depth) {
    try {
      dig(depth, new byte[1024]);
    } catch (IllegalStateException e) {
      if (e.getStackTrace().length < depth) {
        throw e;
      }
    }
  }

  private static int dig(int depth, byte[] garbage) {
    if (depth == 0) {
      Thread.yield();
      throw new IllegalStateException();
    }
    return dig(depth - 1, new byte[garbage.length]) + garbage.length;
  }

  /** Now and then for so long that the hub is relieved of it. */
  private void spin(ThreadLocalRandom random) {
    long until = System.nanoTime() + (random.nextInt(200) == 0 ? 40_000_000 : 10_000);
    while (System.nanoTime() < until) {
      waved = !waved;
    }
  }
}
