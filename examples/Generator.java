import io.gevent4j.greenlet.RawGreenlet;

/**
 * A generator: a loop that stops at each value until it is asked for the next one. It is sent an
 * answer each time, as by Python's {@code answer = yield value}.
 */
public class Generator {
  public static void main(String[] args) {
    RawGreenlet numbers =
        new RawGreenlet(
            ignored -> {
              for (int i = 0; i < 5; i++) {
                Object answer = give(i);
                System.out.println(i + " " + answer);
              }
              return null;
            });
    numbers.switchTo(); // up to the first give
    System.out.println("begin send");
    while (!numbers.isDead()) {
      numbers.switchTo("OK");
    }
  }

  /** Gives a value to whoever asked for it, and waits for the answer. */
  static Object give(Object value) {
    return RawGreenlet.getCurrent().getParent().switchTo(value);
  }
}
