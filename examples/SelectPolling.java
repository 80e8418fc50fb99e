import io.gevent4j.Gevent;
import io.gevent4j.select.Select;
import java.util.List;

/**
 * Two greenlets poll, for two seconds, for something that never comes; meanwhile the third works.
 */
public class SelectPolling {
  static final List<Integer> nothing = List.of();
  static long start;

  public static void main(String[] args) {
    start = System.nanoTime();
    Gevent.joinAll(
        Gevent.spawn(() -> poll("first")),
        Gevent.spawn(() -> poll("second")),
        Gevent.spawn(SelectPolling::work));
  }

  static void poll(String name) {
    say(name + " polls");
    Select.select(nothing, nothing, nothing, 2);
    say(name + " is done");
  }

  static void work() {
    say("the third works meanwhile");
    Gevent.sleep(1);
    say("the third is done");
  }

  static void say(String what) {
    System.out.printf("%s at %.1f s%n", what, (System.nanoTime() - start) / 1e9);
  }
}
