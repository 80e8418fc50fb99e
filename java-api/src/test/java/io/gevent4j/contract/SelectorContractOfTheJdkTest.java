package io.gevent4j.contract;

import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Nested;

/** The JDK's selectors keep the contract of selectors. */
class SelectorContractOfTheJdkTest {
  @Nested
  class Selection extends SelectionContract {
    Selection() {
      super(new PlainWorld(), SelectorProvider.provider());
    }
  }

  @Nested
  class Waiting extends SelectorWaitContract {
    Waiting() {
      super(new PlainWorld(), SelectorProvider.provider());
    }
  }
}
