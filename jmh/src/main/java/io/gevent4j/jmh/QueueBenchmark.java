package io.gevent4j.jmh;

import io.gevent4j.queue.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.openjdk.jmh.annotations.Param;

/**
 * An item put and taken: through a queue with room for one, where both wait for each other; {@link
 * Talk#LAP} at a time through one without a limit; and by one who never has to wait.
 */
public class QueueBenchmark extends TalkBenchmark {
  @Param({"one", "laps", "alone"})
  String how;

  @Override
  Talk betweenGreenlets() {
    switch (how) {
      case "one":
        return Talk.oneWay(new Queue<>(1));
      case "laps":
        return Talk.laps(new Queue<>(), new Queue<>());
      default:
        return Talk.alone(new Queue<>());
    }
  }

  @Override
  Talk betweenThreads() {
    switch (how) {
      case "one":
        return Talk.oneWay(new ArrayBlockingQueue<>(1));
      case "laps":
        return Talk.laps(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
      default:
        return Talk.alone(new LinkedBlockingQueue<>());
    }
  }
}
