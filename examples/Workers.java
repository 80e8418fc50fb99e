import io.gevent4j.Gevent;
import io.gevent4j.queue.Queue;

/**
 * Three workers share the tasks of one queue. Each takes one, and lets the others run: so they take
 * turns, and each gets every third task.
 */
public class Workers {
  static final Queue<Integer> tasks = new Queue<>();

  public static void main(String[] args) {
    Gevent.spawn(Workers::boss).join();
    Gevent.joinAll(
        Gevent.spawn(() -> worker("steve")),
        Gevent.spawn(() -> worker("john")),
        Gevent.spawn(() -> worker("nancy")));
  }

  static void boss() {
    for (int task = 1; task <= 24; task++) {
      tasks.putNowait(task);
    }
  }

  static void worker(String name) {
    while (!tasks.isEmpty()) {
      System.out.println(name + " got task " + tasks.get());
      Gevent.sleep(0);
    }
    System.out.println(name + " quits");
  }
}
