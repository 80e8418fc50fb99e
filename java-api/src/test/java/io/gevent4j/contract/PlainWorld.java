package io.gevent4j.contract;

import java.util.ArrayList;
import java.util.List;

/** Tasks are threads of the kernel's, and there is no hub. */
final class PlainWorld implements World {
  private static final int SURE = 3; // how often in a row a thread is to be seen waiting

  private final List<Thread> threads = new ArrayList<>();

  @Override
  public void run(Body test) throws Throwable {
    try {
      test.run();
    } finally {
      threads.forEach(Thread::interrupt); // those that a failed test has left behind
    }
  }

  @Override
  public void start(Task<?> task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  @Override
  public void untilWaiting(Task<?> task) throws InterruptedException {
    while (!isWaiting(task)) {
      pause();
    }
  }

  /** Whether it is seen waiting a few times in a row. Throws when it has ended. */
  boolean isWaiting(Task<?> task) throws InterruptedException {
    for (int seen = 0; seen < SURE; seen++) {
      if (task.isDone()) {
        throw new AssertionError("doesn't wait: " + task, task.thrown());
      }
      if (task.thread() == null || !waits(task.thread())) {
        return false;
      }
      Thread.sleep(0, 50_000);
    }
    return true;
  }

  private static boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING
        || state == Thread.State.TIMED_WAITING
        || state == Thread.State.RUNNABLE && polls(thread);
  }

  /** To Java, who waits in a system call runs. */
  private static boolean polls(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0
        && stack[0].isNativeMethod()
        && stack[0].toString().matches(".*(oll|read0).*"); // EPoll.wait, Net.poll, gv_pollset_poll
  }

  @Override
  public void pause() throws InterruptedException {
    Thread.sleep(0, 100_000);
  }
}
