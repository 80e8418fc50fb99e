package atonce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The same task on many threads at once. */
public final class AtOnce {
  /** A task, which is told how many were started before it. */
  public interface Task {
    void run(int number) throws Exception;
  }

  /** How long all of them took, and how many each kernel thread has run to their end. */
  public record Took(double seconds, Map<String, LongAdder> tasks) {
    /** The largest number first: "0.12 s, by kernel thread 60 40". */
    @Override
    public String toString() {
      return "%.2f s, by kernel thread %s".formatted(seconds, shares(tasks));
    }
  }

  private AtOnce() {}

  /** Runs it so many times. It throws what a task has thrown, once all of them have ended. */
  public static Took run(int times, Task task) throws Exception {
    Map<String, LongAdder> kernelThreads = new ConcurrentHashMap<>();
    AtomicReference<Exception> failed = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(times);
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      int number = i;
      threads()
          .execute(
              () -> {
                try {
                  task.run(number);
                  count(kernelThreads);
                } catch (Exception e) {
                  failed.set(e);
                } finally {
                  ended.countDown();
                }
              });
    }
    ended.await();
    if (failed.get() != null) {
      throw failed.get();
    }
    return new Took((System.nanoTime() - start) / 1e9, kernelThreads);
  }

  /** The same so many times over. Returns the quickest: the others met a busy machine. */
  public static Took best(int rounds, int times, Task task) throws Exception {
    Took best = run(times, task);
    for (int i = 1; i < rounds; i++) {
      Took next = run(times, task);
      best = next.seconds < best.seconds ? next : best;
    }
    return best;
  }

  /** Notes that the kernel thread that runs the caller now has run a task. */
  public static void count(Map<String, LongAdder> tasks) throws IOException {
    String kernelThread = Files.readSymbolicLink(Path.of("/proc/thread-self")).toString();
    tasks.computeIfAbsent(kernelThread, first -> new LongAdder()).increment();
  }

  /** How many each has run, the largest number first. */
  public static String shares(Map<String, LongAdder> tasks) {
    return tasks.values().stream()
        .map(LongAdder::sum)
        .sorted(Comparator.reverseOrder())
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  /** A thread for each task; with {@code -Dvirtual=true} a virtual one, which JDK 17 has not. */
  public static Executor threads() throws ReflectiveOperationException {
    return Boolean.getBoolean("virtual") ? virtualThreads() : task -> new Thread(task).start();
  }

  private static Executor virtualThreads() throws ReflectiveOperationException {
    Class<?> executors = Executors.class;
    return (Executor) executors.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
