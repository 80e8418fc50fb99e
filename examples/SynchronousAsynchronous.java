import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The same ten tasks, one after the other and all at once. Each pauses for a random while: the
 * first way takes as long as all pauses together, the second as long as the longest.
 */
public class SynchronousAsynchronous {
  static final List<Double> pauses =
      new Random().doubles(10, 0.02, 0.2).boxed().toList(); // seconds

  public static void main(String[] args) {
    double sum = pauses.stream().mapToDouble(pause -> pause).sum();
    double longest = pauses.stream().mapToDouble(pause -> pause).max().getAsDouble();
    Gevent.getHub(); // is made here, and not while the clock runs

    System.out.println("synchronous");
    report(secondsOf(SynchronousAsynchronous::synchronous), "all pauses", sum);
    System.out.println("asynchronous");
    report(secondsOf(SynchronousAsynchronous::asynchronous), "the longest pause", longest);
  }

  static void synchronous() {
    for (int i = 0; i < pauses.size(); i++) {
      task(i);
    }
  }

  static void asynchronous() {
    List<Greenlet<?>> tasks = new ArrayList<>();
    for (int i = 0; i < pauses.size(); i++) {
      int number = i;
      tasks.add(Gevent.spawn(() -> task(number)));
    }
    Gevent.joinAll(tasks);
  }

  static void task(int number) {
    Gevent.sleep(pauses.get(number));
    System.out.println("task " + number + " done");
  }

  static double secondsOf(Runnable way) {
    long start = System.nanoTime();
    way.run();
    return (System.nanoTime() - start) / 1e9;
  }

  static void report(double seconds, String what, double pause) {
    System.out.printf("%.3f s, and %s took %.3f s%n", seconds, what, pause);
  }
}
