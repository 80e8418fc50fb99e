package io.gevent4j.monkey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A thread that does something, how one sees that it waits, and what has become of it. */
final class Actor {
  private static final int PATIENCE_MS = 20_000;

  /** What it does. */
  @FunctionalInterface
  interface Part {
    void play() throws Throwable;
  }

  final Thread thread;
  private volatile Throwable thrown;

  private Actor(String name, Part part) {
    thread =
        new Thread(
            () -> {
              try {
                part.play();
              } catch (Throwable failure) {
                thrown = failure;
              }
            },
            name);
    thread.setDaemon(true);
  }

  static Actor start(Part part) {
    return start("actor", part);
  }

  static Actor start(String name, Part part) {
    Actor actor = new Actor(name, part);
    actor.thread.start();
    return actor;
  }

  static List<Actor> startMany(int count, Part part) {
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      actors.add(start(part));
    }
    return actors;
  }

  /** Returns once it is in this state. */
  Actor await(Thread.State state) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
    while (thread.getState() != state) {
      failAfter(end, state.toString());
      Thread.sleep(1);
    }
    return this;
  }

  /** Returns once it is in a native method, or just below one, of this name; or of one of these. */
  Actor awaitIn(String... methods) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_MS * 1_000_000L;
    for (int seen = 0; seen < 3; seen = isIn(methods) ? seen + 1 : 0) {
      failAfter(end, Arrays.toString(methods));
      Thread.sleep(1);
    }
    return this;
  }

  boolean isIn(String... methods) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 1
        && (Arrays.asList(methods).contains(stack[0].getMethodName())
            || Arrays.asList(methods).contains(stack[1].getMethodName()));
  }

  private void failAfter(long end, String awaited) {
    if (System.nanoTime() - end > 0 || !thread.isAlive()) {
      AssertionError error =
          new AssertionError("never " + awaited + " but " + thread.getState(), thrown);
      if (thread.isAlive()) {
        error.setStackTrace(thread.getStackTrace());
      }
      throw error;
    }
  }

  /** Returns what it threw, or null, once it has ended. */
  Throwable outcome() throws InterruptedException {
    thread.join(PATIENCE_MS);
    if (thread.isAlive()) {
      AssertionError error = new AssertionError("it never ends: " + thread);
      error.setStackTrace(thread.getStackTrace());
      throw error;
    }
    return thrown;
  }

  /** Returns once it has ended well. */
  void join() throws InterruptedException {
    Throwable failure = outcome();
    if (failure != null) {
      throw new AssertionError(failure);
    }
  }

  /** Returns once all have ended well. */
  static void joinAll(List<Actor> actors) throws InterruptedException {
    for (Actor actor : actors) {
      actor.join();
    }
  }
}
