import io.gevent4j.Gevent;
import io.gevent4j.Timeout;
import java.time.Duration;

/** A time limit for a block of code, in four ways. */
public class TimeoutBlock {
  static final Duration LIMIT = Duration.ofMillis(50);

  static class TooLong extends RuntimeException {}

  public static void main(String[] args) throws Exception {
    // With an exception of one's own. It would be cancelled at the end of the block.
    try (Timeout timeout = Timeout.startNew(LIMIT, new TooLong())) {
      Gevent.sleep(10);
    } catch (TooLong e) {
      System.out.println("too long");
    }

    // For a call.
    try {
      Gevent.withTimeout(LIMIT, TimeoutBlock::answer);
    } catch (Timeout timeout) {
      System.out.println("no answer within " + timeout.seconds() + " s");
    }

    // For a call that has a substitute.
    System.out.println(Gevent.withTimeout(LIMIT, TimeoutBlock::answer, "no answer"));

    // Silently: the block ends, and it goes on behind it.
    Timeout.silent(LIMIT).run(() -> Gevent.sleep(10));
    System.out.println("went on");
  }

  static String answer() {
    Gevent.sleep(10);
    return "an answer";
  }
}
