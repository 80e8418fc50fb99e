package basics;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Futures that are combined, come too late, or fail. */
public class Futures {
  public static void main(String[] args) {
    List<CompletableFuture<Integer>> squares =
        IntStream.range(0, 100)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> slowly(n * n)))
            .toList();
    int sum = squares.stream().mapToInt(CompletableFuture::join).sum();
    String late =
        CompletableFuture.supplyAsync(() -> "slow")
            .thenCombine(new CompletableFuture<String>(), String::concat)
            .completeOnTimeout("too late", 50, TimeUnit.MILLISECONDS)
            .join();
    String failed =
        CompletableFuture.<String>supplyAsync(
                () -> {
                  throw new CompletionException(new IllegalStateException("failed"));
                })
            .handle((value, failure) -> failure.getCause().getMessage())
            .join();
    System.out.println("Futures: " + sum + ", " + late + ", " + failed);
  }

  static int slowly(int value) {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return value;
  }
}
