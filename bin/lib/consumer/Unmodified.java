import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows nothing of greenlets. Says whether a few kernel threads run all its own: two, and one more
 * for each that the VM has kept waiting, or that a busy machine has kept from going on.
 */
public class Unmodified {
  public static void main(String[] args) throws Exception {
    Set<Path> kernelThreads = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  Thread.sleep(10);
                  kernelThreads.add(Files.readSymbolicLink(Path.of("/proc/thread-self")));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    String count = kernelThreads.size() < 10 ? "a few" : kernelThreads.size() + " kernel threads";
    System.out.println(threads.size() + " threads slept on " + count);
  }
}
