import io.gevent4j.Gevent;
import io.gevent4j.pool.Pool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Ten tasks that pause equally long, in a pool of ten. Greenlets end in the same order on every
 * run; processes, in whatever order the operating system has them run.
 */
public class PoolDeterminism {
  static final int RUNS = 20;
  static final List<Integer> tasks = IntStream.range(0, 10).boxed().toList();

  public static void main(String[] args) throws Exception {
    System.out.println("greenlets: " + orders(PoolDeterminism::greenlets));
    System.out.println("processes: " + orders(PoolDeterminism::processes));
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

  static List<Integer> processes() throws IOException {
    List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (int task : tasks) {
      Process process = new ProcessBuilder("sleep", "0.001").start();
      ends.add(process.onExit().thenRun(() -> ended.add(task)));
    }
    ends.forEach(CompletableFuture::join);
    return ended;
  }
}
