package io.gevent4j.jmh;

import java.util.concurrent.Exchanger;

/** An item there and one back at once, as an Exchanger has it. */
public class ExchangerBenchmark extends ThreadsTalkBenchmark {
  @Override
  Talk betweenThreads() {
    Exchanger<Object> exchanger = new Exchanger<>();
    return new Talk(() -> exchanger.exchange(Boolean.TRUE), () -> exchanger.exchange(Boolean.TRUE));
  }
}
