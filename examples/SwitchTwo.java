import io.gevent4j.greenlet.RawGreenlet;

/**
 * Two functions, each with a stack of its own, hand the processor to each other.
 *
 * <p>Prints 12, 56, 34. When {@code first} ends, main goes on, because main made it; nobody comes
 * back to {@code second}, so 78 is never printed.
 */
public class SwitchTwo {
  static RawGreenlet first;
  static RawGreenlet second;

  public static void main(String[] args) {
    first =
        new RawGreenlet(
            value -> {
              System.out.println(12);
              second.switchTo();
              System.out.println(34);
              return null;
            });
    second =
        new RawGreenlet(
            value -> {
              System.out.println(56);
              first.switchTo(); // on, right after its second.switchTo()
              System.out.println(78);
              return null;
            });
    first.switchTo();
  }
}
