package io.gevent4j.jmh;

import java.util.concurrent.BlockingQueue;

/**
 * Two that talk with each other: what each of them does in one turn. The second one is null where
 * the first is alone.
 */
record Talk(Turn first, Turn second) {
  /** In a turn that is made up of many. */
  static final int LAP = 100;

  /** What one does. */
  interface Turn {
    void take() throws Exception;
  }

  void runFirst(int turns) {
    run(first, turns);
  }

  void runSecond(int turns) {
    run(second, turns);
  }

  private static void run(Turn turn, int turns) {
    try {
      for (int i = 0; i < turns; i++) {
        turn.take();
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // nobody interrupts it
    }
  }

  /** The first says something, the second hears it and says something, the first hears that. */
  static Talk thereAndBack(Turn say, Turn hear, Turn sayBack, Turn hearBack) {
    return new Talk(
        () -> {
          say.take();
          hearBack.take();
        },
        () -> {
          hear.take();
          sayBack.take();
        });
  }

  /** {@link #LAP} times the one and then the other, without ever waiting. */
  static Talk alone(Turn one, Turn other) {
    return new Talk(
        () -> {
          for (int i = 0; i < LAP; i++) {
            one.take();
            other.take();
          }
        },
        null);
  }

  // ---- through queues

  /** An item from the first to the second. */
  static Talk oneWay(BlockingQueue<Object> queue) {
    return new Talk(() -> queue.put(Boolean.TRUE), queue::take);
  }

  /** An item, and then one back. */
  static Talk thereAndBack(BlockingQueue<Object> there, BlockingQueue<Object> back) {
    return thereAndBack(
        () -> there.put(Boolean.TRUE), there::take, () -> back.put(Boolean.TRUE), back::take);
  }

  /** {@link #LAP} items, and one back when all have arrived. */
  static Talk laps(BlockingQueue<Object> there, BlockingQueue<Object> back) {
    return new Talk(
        () -> {
          for (int i = 0; i < LAP; i++) {
            there.put(Boolean.TRUE);
          }
          back.take();
        },
        () -> {
          for (int i = 0; i < LAP; i++) {
            there.take();
          }
          back.put(Boolean.TRUE);
        });
  }

  /** {@link #LAP} items that one puts and takes. */
  static Talk alone(BlockingQueue<Object> queue) {
    return alone(() -> queue.put(Boolean.TRUE), queue::take);
  }
}
