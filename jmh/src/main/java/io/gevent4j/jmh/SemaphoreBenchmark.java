package io.gevent4j.jmh;

import io.gevent4j.lock.Semaphore;
import org.openjdk.jmh.annotations.Param;

/** A semaphore that is free whenever it is taken, and two of which each is always waited for. */
public class SemaphoreBenchmark extends TalkBenchmark {
  @Param({"free", "contended"})
  String how;

  @Override
  Talk betweenGreenlets() {
    if (how.equals("free")) {
      Semaphore semaphore = new Semaphore(1);
      return Talk.alone(semaphore::acquire, semaphore::release);
    }
    Semaphore there = new Semaphore(0);
    Semaphore back = new Semaphore(0);
    return Talk.thereAndBack(there::release, there::acquire, back::release, back::acquire);
  }

  @Override
  Talk betweenThreads() {
    if (how.equals("free")) {
      var semaphore = new java.util.concurrent.Semaphore(1);
      return Talk.alone(semaphore::acquire, semaphore::release);
    }
    var there = new java.util.concurrent.Semaphore(0);
    var back = new java.util.concurrent.Semaphore(0);
    return Talk.thereAndBack(there::release, there::acquire, back::release, back::acquire);
  }
}
