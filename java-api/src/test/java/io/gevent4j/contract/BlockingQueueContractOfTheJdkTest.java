package io.gevent4j.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;

/** The JDK's queues keep the contract: it asks for nothing that is out of place. */
class BlockingQueueContractOfTheJdkTest {
  abstract static class Plain extends BlockingQueueContract {
    Plain() {
      super(new PlainWorld());
    }

    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return null;
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return null;
    }

    @Override
    boolean isFair() {
      return false;
    }

    @Override
    List<Integer> badCapacities() {
      return List.of(0, -1, Integer.MIN_VALUE);
    }
  }

  @Nested
  class OfArrays extends Plain {
    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new ArrayBlockingQueue<>(capacity, true);
    }

    /** It tells nobody. */
    @Override
    boolean letsInByBulk() {
      return false;
    }

    @Override
    boolean isFair() {
      return true;
    }
  }

  @Nested
  class OfLinks extends Plain {
    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new LinkedBlockingQueue<>(capacity);
    }

    @Override
    BlockingQueue<Integer> unbounded() {
      return new LinkedBlockingQueue<>();
    }
  }

  @Nested
  class OfTransfers extends Plain {
    @Override
    BlockingQueue<Integer> unbounded() {
      return new LinkedTransferQueue<>();
    }

    @Override
    boolean isFair() {
      return true;
    }
  }

  @Nested
  class ByPriority extends Plain {
    @Override
    BlockingQueue<Integer> unbounded() {
      return new PriorityBlockingQueue<>();
    }

    @Override
    List<Integer> outOrder(List<Integer> in) {
      return in.stream().sorted().toList();
    }

    @Override
    boolean showsOrder() {
      return false;
    }
  }

  @Nested
  class LastInFirstOut extends Plain {
    @Override
    BlockingQueue<Integer> bounded(int capacity) {
      return new Stack(capacity);
    }

    @Override
    List<Integer> outOrder(List<Integer> in) {
      List<Integer> out = new ArrayList<>(in);
      Collections.reverse(out);
      return out;
    }
  }

  /** A deque of which only one end is used. */
  private static final class Stack extends LinkedBlockingDeque<Integer> {
    private static final long serialVersionUID = 1;

    Stack(int capacity) {
      super(capacity);
    }

    @Override
    public void putLast(Integer element) throws InterruptedException {
      putFirst(element);
    }

    @Override
    public boolean offerLast(Integer element) {
      return offerFirst(element);
    }

    @Override
    public boolean offerLast(Integer element, long timeout, TimeUnit unit)
        throws InterruptedException {
      return offerFirst(element, timeout, unit);
    }

    @Override
    public boolean addAll(Collection<? extends Integer> elements) {
      if (elements == this) {
        throw new IllegalArgumentException();
      }
      elements.forEach(this::addFirst);
      return !elements.isEmpty();
    }
  }
}
