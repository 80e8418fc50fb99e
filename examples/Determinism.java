import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.List;
import java.util.stream.IntStream;

/** Ten greenlets pause equally long. On every run they end in the order in which they began. */
public class Determinism {
  public static void main(String[] args) {
    List<Integer> first = run();
    System.out.println(first);
    for (int i = 1; i < 100; i++) {
      List<Integer> other = run();
      if (!other.equals(first)) {
        System.out.println("but this time " + other);
      }
    }
    System.out.println("100 runs");
  }

  /** What the greenlets return, the first to end first. */
  static List<Integer> run() {
    List<Greenlet<Integer>> greenlets =
        IntStream.range(0, 10).mapToObj(i -> Gevent.spawn(() -> echo(i))).toList();
    return Gevent.waitAll(greenlets).stream().map(Greenlet::value).toList();
  }

  static int echo(int i) {
    Gevent.sleep(0.001);
    return i;
  }
}
