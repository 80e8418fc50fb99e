import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;

/** A greenlet as a class of its own, which overrides {@code run}. */
public class SubclassGreenlet {
  static class Greeter extends Greenlet<Integer> {
    private final String message;
    private final int times;

    Greeter(String message, int times) {
      this.message = message;
      this.times = times;
    }

    @Override
    protected Integer run() {
      for (int i = 0; i < times; i++) {
        System.out.println(message);
        Gevent.sleep(0.001);
      }
      return times;
    }
  }

  public static void main(String[] args) throws Exception {
    Greeter greeter = new Greeter("Hi there!", 3);
    greeter.start();
    System.out.println("greeted " + greeter.get() + " times");
  }
}
