import io.gevent4j.Gevent;

/** Three greenlets count to 3, and let the others run after each step: they alternate. */
public class CountWithYield {
  public static void main(String[] args) {
    Gevent.joinAll(
        Gevent.spawn(() -> count("a")),
        Gevent.spawn(() -> count("b")),
        Gevent.spawn(() -> count("c")));
  }

  static void count(String name) {
    for (int i = 1; i <= 3; i++) {
      System.out.println(name + " " + i);
      Gevent.sleep(0);
    }
  }
}
