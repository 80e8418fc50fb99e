import io.gevent4j.Gevent;
import io.gevent4j.Greenlet;
import io.gevent4j.queue.Queue;

/** Two actors: greenlets with an inbox each, that know each other only by what they write. */
public class Actors {
  abstract static class Actor extends Greenlet<Void> {
    final Queue<String> inbox = new Queue<>();
    boolean running = true;

    @Override
    protected Void run() {
      while (running) {
        receive(inbox.get());
        Gevent.sleep(0);
      }
      return null;
    }

    abstract void receive(String message);
  }

  static class Pinger extends Actor {
    int left = 3;

    @Override
    void receive(String message) {
      System.out.println("pinger reads " + message);
      running = left-- > 0;
      ponger.inbox.put(running ? "ping" : "stop");
    }
  }

  static class Ponger extends Actor {
    @Override
    void receive(String message) {
      System.out.println("ponger reads " + message);
      running = !message.equals("stop");
      if (running) {
        pinger.inbox.put("pong");
      }
    }
  }

  static final Actor pinger = new Pinger();
  static final Actor ponger = new Ponger();

  public static void main(String[] args) {
    pinger.start();
    ponger.start();
    pinger.inbox.put("start");
    Gevent.joinAll(pinger, ponger);
  }
}
