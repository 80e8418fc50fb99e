package io.gevent4j.contract;

import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** The JDK's default thread factory keeps the contract. */
class ThreadFactoryContractOfTheJdkTest extends ThreadFactoryContract {
  ThreadFactoryContractOfTheJdkTest() {
    super(new PlainWorld());
  }

  @Override
  ThreadFactory factory() {
    return Executors.defaultThreadFactory();
  }
}
