package io.gevent4j.torture;

import io.gevent4j.monkey.Monkey;
import io.gevent4j.monkey.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Guests that are within JNI critical sections, for longer than their hub has patience with who
 * runs on, while others of the hub want a collection: it waits for them, or they for it.
 */
@Tag("torture")
class CriticalSectionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int SECONDS = 1;

  /** Prints {@code ok} where everybody went on, and nothing was mixed up. */
  static final class Application {
    private static final int SIZE = 1 << 17; // compressed in one section, of 10 ms or more

    private final long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final AtomicLong sections = new AtomicLong();
    private volatile Throwable failure;
    private volatile Object garbage;

    public static void main(String[] arguments) throws Exception {
      Monkey.patchAll(Options.defaults().hubs(Integer.parseInt(arguments[0])));
      new Application().run();
      System.exit(0);
    }

    private interface Chore {
      void run() throws Exception;
    }

    private void run() throws Exception {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        threads.add(repeat(this::compress));
        threads.add(repeat(this::check));
        threads.add(repeat(this::litter));
      }
      threads.add(repeat(this::collect));
      threads.add(repeat(this::tick));
      for (Thread thread : threads) {
        thread.join();
      }
      if (failure != null) {
        throw new AssertionError(failure);
      }
      if (ticks.get() == 0 || collections.get() == 0 || sections.get() == 0) {
        throw new AssertionError("somebody never went on: " + this);
      }
      System.out.println("ok " + this);
    }

    private Thread repeat(Chore chore) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  do {
                    chore.run();
                  } while (System.nanoTime() < end && failure == null);
                } catch (Throwable thrown) {
                  failure = thrown;
                }
              });
      thread.start();
      return thread;
    }

    private void compress() throws DataFormatException {
      byte[] plain = new byte[SIZE];
      for (int i = 0; i < SIZE; i++) {
        plain[i] = (byte) (ThreadLocalRandom.current().nextInt(16) + i % 7);
      }
      byte[] packed = new byte[SIZE];
      Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
      deflater.setInput(plain);
      deflater.finish();
      int length = deflater.deflate(packed);
      deflater.end();
      Thread.yield();
      byte[] back = new byte[SIZE];
      Inflater inflater = new Inflater();
      inflater.setInput(packed, 0, length);
      int size = inflater.inflate(back);
      inflater.end();
      if (size != SIZE || !Arrays.equals(plain, back)) {
        throw new AssertionError("what was packed is something else");
      }
      sections.addAndGet(2);
    }

    private void check() {
      byte[] bytes = new byte[ThreadLocalRandom.current().nextInt(SIZE)];
      CRC32 crc = new CRC32();
      crc.update(bytes);
      long before = crc.getValue();
      Thread.yield();
      crc.reset();
      crc.update(bytes);
      if (crc.getValue() != before) {
        throw new AssertionError("the sum of the same bytes is another");
      }
      sections.addAndGet(2);
    }

    /** Has the VM collect because there is no room. */
    private void litter() {
      for (int i = 0; i < 50; i++) {
        garbage = new byte[100_000];
      }
      Thread.yield();
    }

    private void collect() throws InterruptedException {
      System.gc();
      collections.incrementAndGet();
      Thread.sleep(1);
    }

    private void tick() throws InterruptedException {
      Thread.sleep(1);
      ticks.incrementAndGet();
    }

    @Override
    public String toString() {
      return sections + " sections, " + collections + " collections, " + ticks + " ticks";
    }
  }

  private record Way(String collector, int hubs) {
    String option() {
      return "-XX:+Use" + collector + "GC";
    }
  }

  private static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (String collector : List.of("G1", "Parallel", "Serial", "Z", "Shenandoah")) {
      ways.add(new Way(collector, 1));
      ways.add(new Way(collector, 2));
    }
    return ways;
  }

  @TestFactory
  Stream<DynamicTest> shouldCollectThoughGuestsAreInCriticalSections() {
    return Jdk.each(
        "shouldCollectThoughGuestsAreInCriticalSections",
        ways(),
        (jdk, way) ->
            new Child(jdk, Application.class)
                .options("-Xmx128m", way.option())
                .arguments(way.hubs())
                .run(PATIENCE)
                .assertOk());
  }
}
