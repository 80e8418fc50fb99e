import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import java.util.concurrent.ExecutionException;

/**
 * What is known of a greenlet before and after its end. Its exception stays with it, and is printed
 * to the standard error; whoever wants it thrown asks by {@code get}.
 */
public class GreenletStates {
  public static void main(String[] args) throws InterruptedException {
    Greenlet<String> winner = Gevent.spawn(() -> "a prize");
    Greenlet<String> loser = Gevent.spawn(GreenletStates::fail);
    System.out.println("winner started: " + winner.isStarted());
    System.out.println("loser started: " + loser.isStarted());

    Gevent.joinAll(winner, loser); // throws nothing

    print("winner", winner);
    print("loser", loser);
    try {
      loser.get();
    } catch (ExecutionException e) {
      System.out.println("get threw: " + e.getCause().getMessage());
    }
  }

  static String fail() {
    throw new IllegalStateException("no luck");
  }

  static void print(String name, Greenlet<?> greenlet) {
    System.out.println(name + " started: " + greenlet.isStarted());
    System.out.println(name + " ready: " + greenlet.ready());
    System.out.println(name + " successful: " + greenlet.successful());
    System.out.println(name + " value: " + greenlet.value());
    System.out.println(name + " exception: " + greenlet.exception());
  }
}
