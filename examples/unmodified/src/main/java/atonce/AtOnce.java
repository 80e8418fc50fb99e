package atonce;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/** The same task on many threads at once. */
public final class AtOnce {
  /** A task, which is told how many were started before it. */
  public interface Task {
    void run(int number) throws Exception;
  }

  /** How long all of them took, and on how many kernel threads they were when they ended. */
  public record Took(double seconds, int kernelThreads) {
    @Override
    public String toString() {
      return "%.2f s on %d kernel threads".formatted(seconds, kernelThreads);
    }
  }

  private AtOnce() {}

  /** Runs it so many times. It throws what a task has thrown, once all of them have ended. */
  public static Took run(int times, Task task) throws Exception {
    Set<String> kernelThreads = ConcurrentHashMap.newKeySet();
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
                  kernelThreads.add(kernelThread());
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
    return new Took((System.nanoTime() - start) / 1e9, kernelThreads.size());
  }

  /** What the kernel calls the thread that runs the caller now. */
  public static String kernelThread() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self")).toString();
  }

  /** A thread for each task; with {@code -Dvirtual=true} a virtual one, which JDK 17 has not. */
  public static Executor threads() throws ReflectiveOperationException {
    return Boolean.getBoolean("virtual") ? virtualThreads() : task -> new Thread(task).start();
  }

  private static Executor virtualThreads() throws ReflectiveOperationException {
    Class<?> executors = java.util.concurrent.Executors.class;
    return (Executor) executors.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
