import io.gevent4j.Gevent;
import io.gevent4j.Hub;

/**
 * A greenlet that runs for ever doesn't keep the process: when main closes its hub, the greenlet is
 * killed, and cleans up.
 */
public class KillOnShutdown {
  static int ticks;

  public static void main(String[] args) {
    try (Hub hub = Gevent.getHub()) {
      Gevent.spawn(KillOnShutdown::runForever);
      while (ticks < 3) {
        Gevent.sleep(0.001);
      }
      System.out.println("shutting down");
    }
    System.out.println("bye");
  }

  static void runForever() {
    try {
      while (true) {
        ticks++;
        Gevent.sleep(0);
      }
    } finally {
      System.out.println("killed");
    }
  }
}
