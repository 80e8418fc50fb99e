package basics;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Streams that share their work among threads. */
public class ParallelStreams {
  public static void main(String[] args) {
    long sum = LongStream.rangeClosed(1, 1_000_000).parallel().sum();
    Map<Integer, Long> byLastDigit =
        IntStream.range(0, 100_000)
            .parallel()
            .boxed()
            .collect(Collectors.groupingByConcurrent(n -> n % 10, Collectors.counting()));
    int[] sorted = IntStream.range(0, 100_000).map(n -> n * 7919 % 100_000).toArray();
    java.util.Arrays.parallelSort(sorted);
    boolean inOrder = IntStream.range(0, sorted.length).allMatch(i -> sorted[i] == i);
    System.out.println("ParallelStreams: " + sum + " " + byLastDigit.get(3) + " " + inOrder);
  }
}
