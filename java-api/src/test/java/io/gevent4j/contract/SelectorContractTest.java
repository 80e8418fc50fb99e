package io.gevent4j.contract;

import io.gevent4j.select.GeventSelectorProvider;
import org.junit.jupiter.api.Nested;

/** The selectors of {@link GeventSelectorProvider} keep the contract of the JDK's. */
class SelectorContractTest {
  @Nested
  class SelectionOfThreads extends SelectionContract {
    SelectionOfThreads() {
      super(new PlainWorld(), new GeventSelectorProvider());
    }
  }

  @Nested
  class SelectionOfGreenlets extends SelectionContract {
    SelectionOfGreenlets() {
      super(new GreenletWorld(), new GeventSelectorProvider());
    }
  }

  @Nested
  class WaitingOfThreads extends SelectorWaitContract {
    WaitingOfThreads() {
      super(new PlainWorld(), new GeventSelectorProvider());
    }
  }

  @Nested
  class WaitingOfGreenlets extends SelectorWaitContract {
    WaitingOfGreenlets() {
      super(new GreenletWorld(), new GeventSelectorProvider());
    }
  }

  @Nested
  class WaitingOfBoth extends SelectorWaitContract {
    WaitingOfBoth() {
      super(new MixedWorld(), new GeventSelectorProvider());
    }
  }
}
