package basics;

import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;

/** Writers, readers and optimistic readers of a pair whose halves are always equal. */
public class Stamps {
  static final StampedLock LOCK = new StampedLock();
  static long left;
  static long right;

  public static void main(String[] args) throws Exception {
    long[] unequal = new long[8];
    Thread[] threads =
        IntStream.range(0, 8)
            .mapToObj(i -> new Thread(i < 4 ? Stamps::write : () -> unequal[i] = read(i)))
            .toArray(Thread[]::new);
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(
        "Stamps: " + left + ", unequal " + IntStream.range(0, 8).mapToLong(i -> unequal[i]).sum());
  }

  static void write() {
    for (int i = 0; i < 5000; i++) {
      long stamp = LOCK.writeLock();
      left++;
      Thread.yield(); // so that others come and wait
      right++;
      LOCK.unlockWrite(stamp);
    }
  }

  static long read(int reader) {
    long unequal = 0;
    for (int i = 0; i < 5000; i++) {
      long stamp = reader % 2 == 0 ? LOCK.tryOptimisticRead() : 0;
      long difference = left - right;
      if (stamp == 0 || !LOCK.validate(stamp)) {
        stamp = LOCK.readLock();
        difference = left - right;
        LOCK.unlockRead(stamp);
      }
      unequal += Math.abs(difference);
    }
    return unequal;
  }
}
