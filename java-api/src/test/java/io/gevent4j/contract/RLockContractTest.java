package io.gevent4j.contract;

import io.gevent4j.lock.RLock;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Nested;

/** {@link RLock} and its conditions keep the contracts of Lock and Condition. */
class RLockContractTest {
  abstract static class Locks extends LockContract {
    Locks(World world) {
      super(world);
    }

    @Override
    Lock lock() {
      return new RLock();
    }

    @Override
    boolean isOwned() {
      return true;
    }

    @Override
    boolean isFair() {
      return true;
    }
  }

  abstract static class Conditions extends ConditionContract {
    Conditions(World world) {
      super(world);
    }

    @Override
    Lock lock() {
      return new RLock();
    }

    @Override
    boolean isReentrant() {
      return true;
    }

    /** Threads that were woken together compete for the lock. */
    @Override
    boolean isFair() {
      return world instanceof GreenletWorld;
    }
  }

  @Nested
  class OfThreads extends Locks {
    OfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class OfGreenlets extends Locks {
    OfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class OfBoth extends Locks {
    OfBoth() {
      super(new MixedWorld());
    }
  }

  @Nested
  class ConditionsOfThreads extends Conditions {
    ConditionsOfThreads() {
      super(new PlainWorld());
    }
  }

  @Nested
  class ConditionsOfGreenlets extends Conditions {
    ConditionsOfGreenlets() {
      super(new GreenletWorld());
    }
  }

  @Nested
  class ConditionsOfBoth extends Conditions {
    ConditionsOfBoth() {
      super(new MixedWorld());
    }
  }
}
