package io.gevent4j.contract;

/**
 * Where a contract is tried: what a task runs on, and how one sees that a task waits. The contracts
 * themselves know nothing else of it, so that each of them holds for threads and greenlets alike.
 */
interface World {
  /** A body that may throw anything. */
  @FunctionalInterface
  interface Body {
    void run() throws Throwable;
  }

  /** Runs a test in this world, and tidies up after it. */
  void run(Body test) throws Throwable;

  /** Starts a task. It may or may not have begun when this returns. */
  void start(Task<?> task);

  /** Returns when the task waits for something. Throws when it ends before. */
  void untilWaiting(Task<?> task) throws Exception;

  /** Lets the others go on for a moment. */
  void pause() throws InterruptedException;

  /** Errors that nobody catches are part of this test. */
  default void expectUncaught() {}
}
