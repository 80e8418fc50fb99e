package basics;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;

/** Fibonacci's numbers, by forking and joining. */
public class ForkJoin {
  static final class Fibonacci extends RecursiveTask<Integer> {
    private final int number;

    Fibonacci(int number) {
      this.number = number;
    }

    @Override
    protected Integer compute() {
      if (number < 2) {
        return number;
      }
      Fibonacci smaller = new Fibonacci(number - 2);
      smaller.fork();
      return new Fibonacci(number - 1).compute() + smaller.join();
    }
  }

  public static void main(String[] args) {
    ForkJoinPool four = new ForkJoinPool(4);
    int ofFour = four.invoke(new Fibonacci(20));
    four.shutdown();
    int ofCommon = ForkJoinPool.commonPool().invoke(new Fibonacci(20));
    System.out.println("ForkJoin: " + ofFour + " " + ofCommon);
  }
}
