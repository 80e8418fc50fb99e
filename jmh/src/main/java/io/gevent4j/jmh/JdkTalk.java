package io.gevent4j.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Exchanger;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What two threads do with each other by the JDK's means alone, and some things that each does by
 * itself. They know nothing of greenlets.
 */
public enum JdkTalk {
  PARK("park and unpark, one way", 2),
  MONITOR("synchronized, held by the other", 2),
  WAIT("Object.wait and notify, one way", 2),
  LOCK("ReentrantLock, fair, held by the other", 2),
  CONDITION("Condition, one way", 2),
  SEMAPHORE("Semaphore, one way", 2),
  ARRAY_QUEUE("ArrayBlockingQueue(1), an item", 1),
  LINKED_QUEUE("LinkedBlockingQueue, one way", 2),
  SYNCHRONOUS_QUEUE("SynchronousQueue, an item", 1),
  EXCHANGER("Exchanger, there and back", 1),
  FUTURE("CompletableFuture made, completed and waited for", 2),
  TASK("FutureTask run by the other, and its result", 1),
  YIELD("Thread.yield", 2),
  SLEEP("Thread.sleep(0)", 2),
  START("Thread started and joined", 1),
  SOCKET("java.net.Socket, 64 B, one way", 2);

  private static final int MESSAGE = 64; // bytes

  final String title;
  final int perTurn; // so many of what the title says make up a turn of each

  JdkTalk(String title, int perTurn) {
    this.title = title;
    this.perTurn = perTurn;
  }

  /** Threads that are needed besides are started by {@code start}. */
  Talk between(Function<Runnable, Thread> start) throws IOException {
    switch (this) {
      case PARK:
        return flags(new Flag(), new Flag());
      case MONITOR:
        return byMonitor(new Object());
      case WAIT:
        return byTurns(new WaitingTurns());
      case LOCK:
        return byLock(new ReentrantLock(true));
      case CONDITION:
        return byTurns(new ConditionTurns());
      case SEMAPHORE:
        return bySemaphores(new Semaphore(0), new Semaphore(0));
      case ARRAY_QUEUE:
        return Talk.oneWay(new ArrayBlockingQueue<>(1));
      case LINKED_QUEUE:
        return Talk.thereAndBack(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
      case SYNCHRONOUS_QUEUE:
        return Talk.oneWay(new SynchronousQueue<>());
      case EXCHANGER:
        return byExchanger(new Exchanger<>());
      case FUTURE:
        return new Futures().talk();
      case TASK:
        return byTasks(new LinkedBlockingQueue<>());
      case YIELD:
        return new Talk(Thread::yield, Thread::yield);
      case SLEEP:
        return new Talk(() -> Thread.sleep(0), () -> Thread.sleep(0));
      case START:
        return new Talk(() -> start.apply(() -> {}).join(), null);
      default:
        return bySockets();
    }
  }

  // ---- parking

  private static Talk flags(Flag there, Flag back) {
    return Talk.thereAndBack(there::set, there::awaitAndClear, back::set, back::awaitAndClear);
  }

  /** The least that can be set again. */
  private static final class Flag {
    private volatile boolean set;
    private volatile Thread waiting;

    void set() {
      set = true;
      LockSupport.unpark(waiting);
    }

    void awaitAndClear() {
      waiting = Thread.currentThread();
      while (!set) {
        LockSupport.park(this);
      }
      set = false;
    }
  }

  // ---- locks: who holds one lets the other come to it; who has freed it lets the other take it

  private static Talk byMonitor(Object monitor) {
    Talk.Turn turn =
        () -> {
          synchronized (monitor) {
            Thread.yield();
          }
          Thread.yield();
        };
    return new Talk(turn, turn);
  }

  private static Talk byLock(ReentrantLock lock) {
    Talk.Turn turn =
        () -> {
          lock.lock();
          try {
            Thread.yield();
          } finally {
            lock.unlock();
          }
        };
    return new Talk(turn, turn);
  }

  // ---- turns

  /** Whose turn it is, who waits for it, and who is told. */
  private interface Turns {
    void take(boolean mine) throws InterruptedException;
  }

  private static Talk byTurns(Turns turns) {
    return new Talk(() -> turns.take(false), () -> turns.take(true));
  }

  private static final class WaitingTurns implements Turns {
    private boolean turn;

    @Override
    public synchronized void take(boolean mine) throws InterruptedException {
      while (turn != mine) {
        wait();
      }
      turn = !mine;
      notify();
    }
  }

  private static final class ConditionTurns implements Turns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean turn;

    @Override
    public void take(boolean mine) throws InterruptedException {
      lock.lock();
      try {
        while (turn != mine) {
          changed.await();
        }
        turn = !mine;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  private static Talk bySemaphores(Semaphore there, Semaphore back) {
    return Talk.thereAndBack(there::release, there::acquire, back::release, back::acquire);
  }

  // ---- values

  private static Talk byExchanger(Exchanger<Object> exchanger) {
    return new Talk(
        () -> exchanger.exchange(Boolean.TRUE), () -> exchanger.exchange(Boolean.FALSE));
  }

  private static Talk byTasks(BlockingQueue<FutureTask<Object>> tasks) {
    return new Talk(
        () -> {
          FutureTask<Object> task = new FutureTask<>(() -> Boolean.TRUE);
          tasks.put(task);
          task.get();
        },
        () -> tasks.take().run());
  }

  /** Before one is completed, the one is made that whoever gets it will complete. */
  private static final class Futures {
    private CompletableFuture<Object> question = new CompletableFuture<>();
    private CompletableFuture<Object> answer;

    Talk talk() {
      return new Talk(
          () -> {
            answer = new CompletableFuture<>();
            question.complete(Boolean.TRUE);
            answer.get();
          },
          () -> {
            question.get();
            question = new CompletableFuture<>();
            answer.complete(Boolean.TRUE);
          });
    }
  }

  // ---- sockets

  private static Talk bySockets() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      End one = new End(new Socket(listener.getInetAddress(), listener.getLocalPort()));
      End other = new End(listener.accept());
      return Talk.thereAndBack(one::send, other::receive, other::send, one::receive);
    }
  }

  private static final class End {
    private final Socket socket;
    private final byte[] buffer = new byte[MESSAGE];

    End(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
    }

    void send() throws IOException {
      socket.getOutputStream().write(buffer);
    }

    void receive() throws IOException {
      if (socket.getInputStream().readNBytes(buffer, 0, MESSAGE) < MESSAGE) {
        throw new EOFException();
      }
    }
  }
}
