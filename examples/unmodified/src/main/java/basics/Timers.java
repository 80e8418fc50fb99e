package basics;

import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A timer with tasks that come in another order than they were told, one again and again. */
public class Timers {
  public static void main(String[] args) throws Exception {
    LinkedBlockingQueue<String> order = new LinkedBlockingQueue<>();
    CountDownLatch ticks = new CountDownLatch(5);
    Timer timer = new Timer();
    timer.schedule(task(() -> order.add("late")), 200);
    timer.schedule(task(() -> order.add("soon")), 20);
    timer.schedule(task(() -> order.add("never")), 60_000);
    timer.scheduleAtFixedRate(task(ticks::countDown), 0, 10);
    List<String> came = List.of(order.take(), order.take());
    ticks.await();
    timer.cancel();
    System.out.println("Timers: " + came + " and 5 ticks");
  }

  static TimerTask task(Runnable body) {
    return new TimerTask() {
      @Override
      public void run() {
        body.run();
      }
    };
  }
}
