package basics;

import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;

/** Twenty threads that go through a hundred phases together. */
public class Phases {
  public static void main(String[] args) {
    Phaser phaser = new Phaser(1);
    AtomicInteger steps = new AtomicInteger();
    AtomicInteger tooEarly = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      phaser.register();
      new Thread(
              () -> {
                for (int phase = 0; phase < 100; phase++) {
                  steps.incrementAndGet();
                  phaser.arriveAndAwaitAdvance();
                  if (steps.get() < (phase + 1) * 20) {
                    tooEarly.incrementAndGet();
                  }
                }
                phaser.arriveAndDeregister();
              })
          .start();
    }
    for (int phase = 0; phase < 100; phase++) {
      phaser.arriveAndAwaitAdvance();
    }
    phaser.arriveAndDeregister();
    phaser.awaitAdvance(100);
    System.out.println(
        "Phases: " + steps + " steps, " + tooEarly + " too early, over " + phaser.isTerminated());
  }
}
