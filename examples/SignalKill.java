import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.SignalHandler;

/**
 * Sleeps for ever, until a signal has the greenlet killed: {@code SIGQUIT} (control and backslash),
 * or the one that is given. The process then has nothing left to do, and ends.
 */
public class SignalKill {
  public static void main(String[] args) {
    String signal = args.length > 0 ? args[0] : "SIGQUIT";
    Greenlet<Void> sleeper = Gevent.spawn(SignalKill::sleepForever);
    try (SignalHandler handler = Gevent.signalHandler(signal, sleeper::kill)) {
      System.out.println("ready, process " + ProcessHandle.current().pid());
      sleeper.join();
    }
    System.out.println("terminated");
  }

  static void sleepForever() {
    while (true) {
      Gevent.sleep(1000);
    }
  }
}
