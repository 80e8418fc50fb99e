import io.gevent4j.Gevent;
import io.gevent4j.lock.Semaphore;

/**
 * Two greenlets want a semaphore three times each. Who releases it and takes it again at once is
 * first, however long the other has waited; who lets the other run in between takes turns with it.
 */
public class SemaphoreTurns {
  static final Semaphore semaphore = new Semaphore(1);

  public static void main(String[] args) {
    Gevent.joinAll(Gevent.spawn(() -> greedy("A")), Gevent.spawn(() -> greedy("B")));
    System.out.println();
    Gevent.joinAll(Gevent.spawn(() -> polite("A")), Gevent.spawn(() -> polite("B")));
    System.out.println();
  }

  static void greedy(String name) {
    for (int i = 0; i < 3; i++) {
      work(name);
    }
  }

  static void polite(String name) {
    for (int i = 0; i < 3; i++) {
      work(name);
      Gevent.sleep(0);
    }
  }

  static void work(String name) {
    semaphore.acquire();
    try {
      System.out.print(name);
      Gevent.sleep(0);
    } finally {
      semaphore.release();
    }
  }
}
