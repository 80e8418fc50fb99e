import io.gevent4j.greenlet.RawGreenlet;

/** Two greenlets play with a counter. Neither knows about main, and main only starts the game. */
public class PingPong {
  static RawGreenlet ping;
  static RawGreenlet pong;

  public static void main(String[] args) {
    ping = new RawGreenlet(ball -> play("ping", pong, ball));
    pong = new RawGreenlet(ball -> play("pong", ping, ball));
    System.out.println(ping.switchTo(1));
  }

  /** Hits the ball, and waits until it comes back. What is returned here goes to main. */
  static Object play(String name, RawGreenlet other, Object ball) {
    int count = (Integer) ball;
    while (count <= 6) {
      System.out.println(name + " " + count);
      count = (Integer) other.switchTo(count + 1);
    }
    return "done";
  }
}
