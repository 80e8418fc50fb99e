import io.gevent4j.Gevent;
import io.gevent4j.Hub;
import java.util.concurrent.FutureTask;

/**
 * Two threads have a hub each. Greenlets take turns within their thread only: while those of the
 * one sleep, those of the other run, and neither knows of the other.
 */
public class TwoHubs {
  public static void main(String[] args) throws Exception {
    FutureTask<Hub> one = start("one");
    FutureTask<Hub> two = start("two");
    System.out.println("the same hub: " + (one.get() == two.get()));
  }

  static FutureTask<Hub> start(String thread) {
    FutureTask<Hub> task = new FutureTask<>(() -> work(thread));
    new Thread(task, thread).start();
    return task;
  }

  /** Has two greenlets take turns in the calling thread. */
  static Hub work(String thread) {
    StringBuilder turns = new StringBuilder();
    Gevent.joinAll(Gevent.spawn(() -> take(turns, " a")), Gevent.spawn(() -> take(turns, " b")));
    System.out.println(thread + ":" + turns);
    return Gevent.getHub();
  }

  static void take(StringBuilder turns, String turn) {
    for (int i = 0; i < 3; i++) {
      turns.append(turn);
      Gevent.sleep(0.001);
    }
  }
}
