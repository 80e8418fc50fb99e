package basics;

import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Two threads that swap values ten thousand times; then one that finds nobody. */
public class Exchanging {
  static final int TIMES = 10_000;

  public static void main(String[] args) throws Exception {
    Exchanger<Integer> exchanger = new Exchanger<>();
    int[] sums = new int[2];
    Thread other = new Thread(() -> sums[1] = swap(exchanger, 2));
    other.start();
    sums[0] = swap(exchanger, 1);
    other.join();
    String alone;
    try {
      alone = "met " + exchanger.exchange(0, 50, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      alone = "nobody";
    }
    System.out.println("Exchanging: " + sums[0] + " " + sums[1] + " " + alone);
  }

  static int swap(Exchanger<Integer> exchanger, int mine) {
    int sum = 0;
    try {
      for (int i = 0; i < TIMES; i++) {
        sum += exchanger.exchange(mine);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return sum;
  }
}
