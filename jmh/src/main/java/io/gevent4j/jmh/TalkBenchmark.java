package io.gevent4j.jmh;

import io.gevent4j.Gevent;
import io.gevent4j.event.Event;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * Two greenlets that talk through something of ours, and threads through its like. <b>One op:</b>
 * one turn of each.
 */
public abstract class TalkBenchmark extends ThreadsTalkBenchmark {
  private Talk talk; // null before the first batch
  private Event begun; // a batch is
  private Event done; // and it is

  /** What greenlets do. Called by one. */
  abstract Talk betweenGreenlets();

  /** Main only waits: to be told of its interruption costs it more than other greenlets. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void greenlets(OwnHub hub) {
    if (talk == null) {
      begin();
    }
    begun.set();
    done.await();
    done.clear();
  }

  private void begin() {
    talk = betweenGreenlets();
    begun = new Event();
    done = new Event();
    Gevent.spawnRaw(this::talkInBatches);
    if (talk.second() != null) {
      Gevent.spawnRaw(this::answerOnAndOn);
    }
  }

  private void talkInBatches() {
    while (true) {
      begun.await();
      begun.clear();
      talk.runFirst(BATCH);
      done.set();
    }
  }

  /** In laps, so as to reach compiled code without being replaced on the stack. */
  private void answerOnAndOn() {
    while (true) {
      talk.runSecond(Talk.LAP);
    }
  }
}
