package io.gevent4j.jmh;

import io.gevent4j.queue.Channel;
import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Param;

/** An item from hand to hand: always in the same direction, or there and back. */
public class ChannelBenchmark extends TalkBenchmark {
  @Param({"oneWay", "thereAndBack"})
  String way;

  @Override
  Talk betweenGreenlets() {
    return way.equals("oneWay")
        ? Talk.oneWay(new Channel<>())
        : Talk.thereAndBack(new Channel<>(), new Channel<>());
  }

  @Override
  Talk betweenThreads() {
    return way.equals("oneWay")
        ? Talk.oneWay(new SynchronousQueue<>())
        : Talk.thereAndBack(new SynchronousQueue<>(), new SynchronousQueue<>());
  }
}
