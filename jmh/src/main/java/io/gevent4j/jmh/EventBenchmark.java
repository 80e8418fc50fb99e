package io.gevent4j.jmh;

import io.gevent4j.event.Event;
import java.util.concurrent.locks.LockSupport;

/** From setting until whoever waited goes on, there and back. */
public class EventBenchmark extends TalkBenchmark {
  @Override
  Talk betweenGreenlets() {
    Event there = new Event();
    Event back = new Event();
    return Talk.thereAndBack(
        there::set, () -> awaitAndClear(there), back::set, () -> awaitAndClear(back));
  }

  private static void awaitAndClear(Event event) {
    event.await();
    event.clear();
  }

  @Override
  Talk betweenThreads() {
    Flag there = new Flag();
    Flag back = new Flag();
    return Talk.thereAndBack(there::set, there::awaitAndClear, back::set, back::awaitAndClear);
  }

  /** The JDK has no such thing that can be set again: this is the least that does. */
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
}
