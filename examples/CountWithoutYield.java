import io.gevent4j.Gevent;

/**
 * Three greenlets count to 3, one after the other: a greenlet runs until it waits, and none of
 * these ever does.
 */
public class CountWithoutYield {
  public static void main(String[] args) {
    Gevent.joinAll(
        Gevent.spawn(() -> count("a")),
        Gevent.spawn(() -> count("b")),
        Gevent.spawn(() -> count("c")));
  }

  static void count(String name) {
    for (int i = 1; i <= 3; i++) {
      System.out.println(name + " " + i);
    }
  }
}
