import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;

/**
 * Runs for ever, until control and C, or {@code kill}, ends the process. The virtual machine then
 * runs its shutdown hooks, in threads of their own, and one of them kills the greenlet and waits
 * until it has cleaned up.
 */
public class RunForever {
  public static void main(String[] args) {
    Greenlet<Void> server = Gevent.spawn(RunForever::serve);
    Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
    server.join();
  }

  static void serve() {
    try {
      System.out.println("ready, process " + ProcessHandle.current().pid());
      while (true) {
        Gevent.sleep(0.001);
      }
    } finally {
      System.out.println("cleaned up");
    }
  }
}
