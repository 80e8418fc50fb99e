import io.gevent4j.Gevent;
import io.gevent4j.pool.Pool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Ten tasks that pause equally long, in a pool of ten. Greenlets end in the same order on every
 * run; threads, in whatever order the operating system has them run.
 */
public class PoolDeterminism {
  static final int RUNS = 50;
  static final List<Integer> tasks = IntStream.range(0, 10).boxed().toList();

  public static void main(String[] args) throws Exception {
    System.out.println("greenlets: " + orders(PoolDeterminism::greenlets));
    System.out.println("threads: " + orders(PoolDeterminism::threads));
  }

  static String orders(Callable<List<Integer>> way) throws Exception {
    Set<List<Integer>> orders = new HashSet<>();
    for (int i = 0; i < RUNS; i++) {
      orders.add(way.call());
    }
    return orders.size() == 1
        ? "always " + orders.iterator().next()
        : orders.size() + " orders in " + RUNS + " runs";
  }

  static List<Integer> greenlets() {
    List<Integer> ended = new ArrayList<>();
    for (int task : new Pool(10).imapUnordered(PoolDeterminism::echo, tasks)) {
      ended.add(task);
    }
    return ended;
  }

  static int echo(int task) {
    Gevent.sleep(0.001);
    return task;
  }

  static List<Integer> threads() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(10);
    CompletionService<Integer> results = new ExecutorCompletionService<>(executor);
    tasks.forEach(
        task ->
            results.submit(
                () -> {
                  Thread.sleep(1);
                  return task;
                }));
    List<Integer> ended = new ArrayList<>();
    while (ended.size() < tasks.size()) {
      ended.add(results.take().get());
    }
    executor.shutdown();
    return ended;
  }
}
