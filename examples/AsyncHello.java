import io.gevent4j.Gevent;
import io.gevent4j.event.AsyncResult;

/** An event that brings a value: whoever asks for it waits until it has been set. */
public class AsyncHello {
  static final AsyncResult<String> greeting = new AsyncResult<>();

  public static void main(String[] args) {
    Gevent.joinAll(Gevent.spawn(AsyncHello::setter), Gevent.spawn(AsyncHello::waiter));
  }

  static void setter() {
    Gevent.sleep(0.05);
    greeting.set("Hello,world.");
  }

  static void waiter() {
    System.out.println(greeting.await());
  }
}
