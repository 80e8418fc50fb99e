import io.gevent4j.greenlet.RawGreenlet;

/**
 * Where does a greenlet go when it ends? To its parent, with its result.
 *
 * <p>Prints 12, 56, 78, 34. The parent of {@code second} is {@code first}: whoever switches to it,
 * its end goes on in {@code first}, and the end of that in main.
 */
public class ParentChain {
  static RawGreenlet first;
  static RawGreenlet second;

  public static void main(String[] args) {
    RawGreenlet main = RawGreenlet.getCurrent();
    first =
        new RawGreenlet(
            value -> {
              System.out.println(12);
              Object result = second.switchTo();
              System.out.println(result);
              return null;
            });
    second =
        new RawGreenlet(
            value -> {
              System.out.println(56);
              main.switchTo(); // anybody may be switched to, not only the parent
              System.out.println(78);
              return 34;
            },
            first);
    first.switchTo(); // 12, 56
    second.switchTo(); // 78, and its result goes to first: 34
  }
}
