package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * Two greenlets that talk through something of ours, and threads through its like. <b>One op:</b>
 * one turn of each.
 */
public abstract class TalkBenchmark extends ThreadsTalkBenchmark {
  private Talk talk; // null before the first batch

  /** What greenlets do. Called by one. */
  abstract Talk betweenGreenlets();

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void greenlets(OwnHub hub) {
    if (talk == null) {
      talk = betweenGreenlets();
      if (talk.second() != null) {
        Gevent.spawnRaw(this::talkOnAndOn);
      }
    }
    talk.runFirst(BATCH);
  }

  /** In laps, so as to reach compiled code without being replaced on the stack. */
  private void talkOnAndOn() {
    while (true) {
      talk.runSecond(Talk.LAP);
    }
  }
}
