package io.gevent4j.torture;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a VM has to stand beside its work: collections, thread dumps, a JFR recording, and plain
 * threads that contend with the greenlets, interrupt and unpark them.
 */
final class Trouble {
  private static final Duration SAMPLING_PERIOD = Duration.ofMillis(10);
  private static final AtomicReferenceArray<Member> EXPOSED = new AtomicReferenceArray<>(64);

  private final List<Thread> threads = new ArrayList<>();
  private final boolean disturb;
  private final Recording recording;
  private volatile boolean stopped;

  Trouble(boolean disturb, boolean record) throws Exception {
    this.disturb = disturb;
    this.recording = record ? new Recording(Configuration.getConfiguration("profile")) : null;
  }

  /** Makes a member known to those who contend. */
  static void expose(Member member) {
    EXPOSED.set(ThreadLocalRandom.current().nextInt(EXPOSED.length()), member);
  }

  void start() {
    if (recording != null) {
      recording.enable("jdk.ExecutionSample").withPeriod(SAMPLING_PERIOD);
      recording.enable("jdk.NativeMethodSample").withPeriod(SAMPLING_PERIOD);
      recording.start();
    }
    if (disturb) {
      start("inspector", this::inspect);
      start("contender", this::contend);
    }
  }

  private void start(String name, Runnable run) {
    Thread thread = new Thread(run, name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (recording != null) {
      recording.stop();
    }
  }

  /** How often a stack was sampled by the recording, which has been stopped and must be whole. */
  long samples() throws IOException {
    Path file = Files.createTempFile("gevent4j-torture", ".jfr");
    long count = 0;
    try {
      recording.dump(file);
      try (RecordingFile events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          if (events.readEvent().getEventType().getName().endsWith("Sample")) {
            count++;
          }
        }
      }
    } finally {
      Files.delete(file);
    }
    return count;
  }

  private void inspect() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!stopped) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> System.gc();
        case 3 -> Thread.getAllStackTraces();
        case 4 -> ManagementFactory.getThreadMXBean().dumpAllThreads(true, true);
        case 5 -> ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        case 6 -> diagnose("threadPrint");
        default -> diagnose("gcClassHistogram");
      }
      LockSupport.parkNanos(random.nextInt(30_000_000));
    }
  }

  /** What jcmd does from outside. */
  private static void diagnose(String operation) {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              operation,
              new Object[] {new String[0]},
              new String[] {String[].class.getName()});
    } catch (JMException failure) {
      TortureWorkload.fail(operation, failure);
    }
  }

  private void contend() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Object[] garbage = new Object[1_000];
    while (!stopped) {
      Member member = EXPOSED.get(random.nextInt(EXPOSED.length()));
      if (member != null) {
        switch (random.nextInt(4)) {
          case 0 -> member.thread().interrupt();
          case 1 -> LockSupport.unpark(member.thread());
          case 2 -> member.contend();
          default -> member.thread().getStackTrace();
        }
      }
      for (int i = 0; i < 100; i++) {
        garbage[random.nextInt(garbage.length)] = new byte[random.nextInt(5_000)];
      }
      LockSupport.parkNanos(100_000);
    }
  }
}
