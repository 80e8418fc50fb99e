import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.event.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * Five greenlets wait for an event, which a sixth sets after a pause: all go on, in their order.
 */
public class EventSetter {
  static final Event event = new Event();

  public static void main(String[] args) {
    List<Greenlet<?>> greenlets = new ArrayList<>();
    greenlets.add(Gevent.spawn(EventSetter::setter));
    for (int i = 1; i <= 5; i++) {
      int number = i;
      greenlets.add(Gevent.spawn(() -> waiter(number)));
    }
    Gevent.joinAll(greenlets);
  }

  static void setter() {
    System.out.println("setter pauses");
    Gevent.sleep(0.05);
    System.out.println("setter sets the event");
    event.set();
  }

  static void waiter(int number) {
    System.out.println("waiter " + number + " waits");
    event.await();
    System.out.println("waiter " + number + " goes on");
  }
}
