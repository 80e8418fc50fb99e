import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.Timeout;

/** Main gives a greenlet a tenth of a second, and then waits no longer. */
public class TimeoutJoin {
  public static void main(String[] args) {
    Greenlet<Void> slow = Gevent.spawn(() -> Gevent.sleep(10));
    try (Timeout timeout = Timeout.startNew(0.1)) {
      slow.join();
    } catch (Timeout timeout) {
      System.out.println("Could not complete");
    }
    System.out.println(
        "ready: " + slow.ready()); // the timeout was main's, and the greenlet sleeps on
  }
}
