import io.gevent4j.Gevent;
import io.gevent4j.queue.Empty;
import io.gevent4j.queue.Queue;
import java.time.Duration;

/**
 * The queue has room for three tasks: the boss waits whenever it is full, and the workers whenever
 * it is empty. Those who have waited too long quit.
 */
public class BossAndWorkers {
  static final Queue<Integer> tasks = new Queue<>(3);

  public static void main(String[] args) {
    Gevent.joinAll(
        Gevent.spawn(BossAndWorkers::boss),
        Gevent.spawn(() -> worker("steve")),
        Gevent.spawn(() -> worker("john")),
        Gevent.spawn(() -> worker("bob")));
  }

  static void boss() {
    for (int task = 1; task <= 9; task++) {
      tasks.put(task);
    }
    System.out.println("assigned 1 to 9");
    for (int task = 10; task <= 19; task++) {
      tasks.put(task);
    }
    System.out.println("assigned 10 to 19");
  }

  static void worker(String name) {
    try {
      while (true) {
        int task = tasks.get(Duration.ofMillis(50));
        System.out.println(name + " got task " + task);
        Gevent.sleep(0);
      }
    } catch (Empty e) {
      System.out.println("Quitting time!");
    }
  }
}
